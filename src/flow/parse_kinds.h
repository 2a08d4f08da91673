/*
 * The readers behind flow/parse.h, one a kind: text to a value. Only for the parse stage. Knows no
 * exit status and no sudo.
 */
#ifndef OPSDECK_FLOW_PARSE_KINDS_H
#define OPSDECK_FLOW_PARSE_KINDS_H

#include <stddef.h>

#include "base/err.h"
#include "codec/redact.h"

struct buf;
struct doc;

/* Bounds on what one sample may become: past them reading fails, nothing is left out silently. */
#define PARSE_FIELDS_MAX 4096
#define PARSE_ROWS_MAX 50000
#define PARSE_COLUMNS_MAX 64

/* `options` is the map behind `read:` (or NULL). All of them: caller frees *out. */
int parse_fields(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;
int parse_table(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;
int parse_lines(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;
int parse_json_lines(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;
/* A list of replies: {status, flags, question, server, port, ms, records, authority, error}, what
 * was printed of it; a record is {name, ttl, class, type, data}. */
int parse_dig(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;
int parse_nagios(
	struct doc **out, const char *s, size_t n, int exit_status, struct err *e) WARN_UNUSED;

/* `value`: entries with redacted text; `raw`: the same with contents as they are; `text`: what may
 * be stored of it. */
int parse_tar(struct doc **value, struct doc **raw, struct buf *text, const char *s, size_t n,
	const struct redact *redact, struct err *e) WARN_UNUSED;

#endif
