/*
 * MANIFEST of a tree reference: one line for each file, folder and link with what git does not
 * keep. Knows no contents.
 *
 * A line is "PATH MODE UID GID TYPE LINK", blanks between, sorted by path: "etc/sudoers.d/luna 0440
 * 0 0 file -". In PATH and LINK every byte but printable ASCII, and blank and %, is written %XX.
 */
#ifndef OPSDECK_CODEC_MANIFEST_H
#define OPSDECK_CODEC_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;

struct manifest_entry {
	char *path; /* relative, clean */
	unsigned mode;
	int64_t uid, gid;
	char *type; /* "file", "dir", "symlink", "hardlink", "device", "fifo" (tar_type_name) */
	char *link; /* NULL = none */
};

struct manifest {
	struct manifest_entry *entries; /* sorted by path */
	size_t count, cap;
};

/* Relative, no component that is empty, "." or ".."; control bytes are allowed: hosts have them. */
bool manifest_path_ok(const char *path);

void manifest_finish(struct manifest *m);
/* `name` stands in messages. Blank lines and lines that begin with # are left out. */
int manifest_read(struct manifest *out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;
void manifest_write(struct buf *out, const struct manifest *m);
/* Adds an entry (strings are copied) in its place; one of that path is replaced. */
void manifest_put(struct manifest *m, const struct manifest_entry *entry);
void manifest_remove(struct manifest *m, const char *path);
/* Borrowed; NULL when there is none. */
const struct manifest_entry *manifest_get(const struct manifest *m, const char *path);

#endif
