/*
 * Files and paths: bounded reads, atomic writes, name checks. Knows no format.
 */
#ifndef OPSDECK_BASE_FILE_H
#define OPSDECK_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"

/* Reads a whole regular file of at most max bytes (ERR_LIMIT past that; ERR_MISSING where there is
 * none). */
int file_read(struct buf *out, const char *path, size_t max, struct err *e) WARN_UNUSED;
/* Writes a new file beside it, fsyncs, renames over, fsyncs the folder. `mode` is exact, whatever
 * the umask. A symlink at `path` is replaced, not followed. */
int file_write(const char *path, const void *p, size_t n, mode_t mode, struct err *e) WARN_UNUSED;
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* mkdir -p; folders that are there already are left as they are. */
int dir_make(const char *path, mode_t mode, struct err *e) WARN_UNUSED;
/* Names in a folder but . and .., sorted. */
int dir_list(struct strs *out, const char *path, struct err *e) WARN_UNUSED;

/* "a/b", heap. */
char *path_join(const char *a, const char *b);
/* The last component; borrowed. */
const char *path_base(const char *path);
/* Everything before the last slash ("/" for "/x", "." where there is none); heap. */
char *path_dir(const char *path);
/* Absolute, no "." or "..", no empty or trailing component (so not "/" itself), no control byte, at
 * most 1024 bytes. */
bool path_is_clean_absolute(const char *path);
/* The same for a relative one: never leaves its root. */
bool path_is_clean_relative(const char *path);
/* A name for hosts, checks, groups: [a-z0-9][a-z0-9._-]{0,63}. */
bool name_is_valid(const char *name);

#endif
