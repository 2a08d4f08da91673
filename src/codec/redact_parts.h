/*
 * The parts of the redactor among themselves.
 */
#ifndef OPSDECK_CODEC_REDACT_PARTS_H
#define OPSDECK_CODEC_REDACT_PARTS_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

#include "codec/redact.h"

struct redact_text {
	const struct redact *redact;
	struct buf *out;
	const char *s;
	size_t n;
	size_t at;   /* next byte to read */
	size_t done; /* bytes that went to out, as they are or replaced */
	bool replaced;
};

/* Everything up to `from` goes out as it is, [from, to) as a token between quotes (or ""). */
void redact_replace(struct redact_text *t, size_t from, size_t to, const char *quote);

/* What is no secret even under a secret's name: nothing, switches, paths, references, structure. */
bool redact_is_harmless(const char *s, size_t n);
static inline bool redact_is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}
/* Without regard to case; words end with NULL. */
bool redact_is_one_of(const char *s, size_t n, const char *const *words);

size_t redact_line_end(const struct redact_text *t, size_t at);
/* Of a value without quotes, which has all of the line when its name begins it. */
size_t redact_bare_end(const struct redact_text *t, size_t at, bool whole_line);

/* Each: whether a secret of this form began at t->at, and was replaced. */
/* -----BEGIN x PRIVATE KEY----- (RFC 7468) */
bool redact_private_key(struct redact_text *t);
bool redact_url(struct redact_text *t);
bool redact_password_hash(struct redact_text *t);
/* Where a word begins with one of these bytes; the others begin with the byte they tell of. */
#define REDACT_WORDS "gxAsehtBb"
bool redact_known_form(struct redact_text *t);
bool redact_authorization(struct redact_text *t);

#endif
