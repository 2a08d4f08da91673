/*
 * CHECK.except.yml beside a tree reference: what may differ, and why. Only for flow/compare*.c.
 *
 *   - {path: etc/sudoers.d/README, reason: comes with the package}
 *   - {path: "etc/app/[a-z]*.conf", ignore: [mode, owner], reason: the installer sets them}
 *   - {path: etc/motd, lines: ["Last update: *"], reason: written each night}
 */
#ifndef OPSDECK_FLOW_COMPARE_EXCEPT_H
#define OPSDECK_FLOW_COMPARE_EXCEPT_H

#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"

struct buf;

enum {
	EXCEPT_CONTENT = 1,
	EXCEPT_MODE = 2,
	EXCEPT_OWNER = 4,
	EXCEPT_EXTRA = 8,    /* on the host only */
	EXCEPT_MISSING = 16, /* in the reference only */
	EXCEPT_ALL = 31,
};

struct except {
	char *path; /* glob, fnmatch(3) without special slashes */
	unsigned ignore;
	struct strs lines; /* globs of lines that are left out on both sides */
};

struct excepts {
	struct except *v;
	size_t n, cap;
};

void excepts_finish(struct excepts *x);
int excepts_read(struct excepts *out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;
/* The first that matches; NULL when none does. */
const struct except *excepts_find(const struct excepts *x, const char *path);
/* Appends the text without the lines that the exception (may be NULL) leaves out. */
void except_filter(struct buf *out, const struct except *x, const char *s, size_t n);

#endif
