/*
 * The parts of reading a check.yml, for codec/check.c and its neighbours only. Knows no file.
 */
#ifndef OPSDECK_CODEC_CHECK_PARTS_H
#define OPSDECK_CODEC_CHECK_PARTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "codec/check.h"
#include "codec/doc.h"
#include "codec/load.h"

#define CHECK_NAME_WANT "a name of a-z, 0-9, '.', '_' and '-'"

struct check_reading {
	struct load l;
	struct check *c;
	check_file_fn *file;
	void *arg;
	struct buf hashed; /* check.yml and scripts, for the digest */
};

/* `commands`: into the check. */
int check_read_commands(struct check_reading *r, const struct doc *top) WARN_UNUSED;
/* `read: KIND` or `read: {kind: KIND, ...}` of the map d. */
int check_read_kind(const struct check_reading *r, const struct doc *d, const char *what,
	enum read_kind *out) WARN_UNUSED;
/* facts, rules, items, metrics, baseline: their shape; the programs stay text. */
int check_read_judgement(struct check_reading *r, const struct doc *top) WARN_UNUSED;
/* A jq program under `key`; only that it is a text. */
int check_read_program(const struct check_reading *r, const struct doc *d, const char *what,
	const char *key, bool required) WARN_UNUSED;
/* `detect`: its shape. */
int check_read_detect(const struct check_reading *r, const struct doc *top) WARN_UNUSED;

/* A word of an argv may hold "{name}" or "{name|default}"; a brace after '{', '%' or '$' is text.
 */
int check_read_word(const struct check_reading *r, const struct doc *at, const char *what,
	const char *word, bool sudo) WARN_UNUSED;

#endif
