/*
 * A bounded reader of tar archives in memory (ustar, GNU and pax: POSIX.1-2008 pax, "tar(5)" of
 * libarchive). Refuses to write files and to follow anything.
 */
#ifndef OPSDECK_CODEC_TAR_H
#define OPSDECK_CODEC_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum tar_type {
	TAR_FILE,
	TAR_HARDLINK,
	TAR_SYMLINK,
	TAR_DIR,
	TAR_DEVICE, /* character or block */
	TAR_FIFO,
	TAR_TYPE_COUNT
};

#define TAR_PATH_MAX 4096
#define TAR_ENTRIES_MAX 100000

/* Everything is borrowed until the next tar_next or tar_finish. Paths are as the archive has them:
 * check them before use. */
struct tar_entry {
	const char *path; /* without a trailing slash */
	enum tar_type type;
	unsigned mode; /* permission bits, 07777 */
	int64_t uid, gid;
	int64_t mtime_s;
	const char *link; /* target of a symlink or hard link; NULL otherwise */
	const char *data; /* files: `size` bytes inside the archive */
	size_t size;
};

struct tar {
	const char *bytes; /* borrowed */
	size_t len, at;
	size_t entries;
	struct buf path, link;
};

void tar_init(struct tar *t, const void *bytes, size_t n);
void tar_finish(struct tar *t);
/* 1: an entry; 0: the end of the archive was reached properly (two zero blocks, or none and nothing
 * at all for empty input); -1: damaged, cut short, or of a kind that is not read (sparse,
 * multi-volume): the message names the byte. */
int tar_next(struct tar *t, struct tar_entry *out, struct err *e) WARN_UNUSED;

const char *tar_type_name(enum tar_type t);

#endif
