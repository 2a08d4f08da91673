/*
 * A managed file on a host as it was found: what an approval binds. Knows no way of reading it.
 */
#ifndef OPSDECK_MODEL_TARGET_H
#define OPSDECK_MODEL_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

enum target_kind {
	TARGET_NONE, /* the step has no file on a host */
	TARGET_ABSENT,
	TARGET_FILE,
	TARGET_OTHER, /* link, folder, device: not replaced by opsdeck */
};

struct target {
	enum target_kind kind;
	char *host;
	char *path;
	unsigned mode;
	long uid, gid;
	char hash[SHA256_HEX]; /* of the content; "" unless a file */
	char *what;	       /* TARGET_OTHER: what it is, in words */
	char *content;	       /* NULL when secret or not a file */
	size_t content_len;
};

void target_release(struct target *t);
/* Same kind, content, mode, owner: what an approval binds. On a difference *why says it in words.
 */
bool target_same(const struct target *bound, const struct target *now, char **why);

#endif
