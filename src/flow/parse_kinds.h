/*
 * The readers behind flow/parse.h, one a kind: text to a value. Only for the parse stage. Knows no
 * exit status and no sudo.
 */
#ifndef OPSDECK_FLOW_PARSE_KINDS_H
#define OPSDECK_FLOW_PARSE_KINDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/redact.h"

struct buf;
struct doc;

/* Bounds on what one sample may become: past them reading fails, nothing is left out silently. */
#define PARSE_FIELDS_MAX 4096
#define PARSE_ROWS_MAX 50000
#define PARSE_COLUMNS_MAX 64

/* The word behind `read:`, and the map of its options; NULL when it is just a word. */
const char *parse_kind(const struct doc *command);
const struct doc *parse_options(const struct doc *command);

/* `options` is the map behind `read:` (or NULL), `name` stands in messages. All of them: caller
 * frees *out. */
int parse_fields(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;
int parse_table(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;
int parse_lines(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;
/* A list of replies: {status, flags, question, asked, server, port, ms, records, authority, error},
 * what was printed of it; a record is {name, ttl, class, type, data}. */
int parse_dig(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;
int parse_json(struct doc **out, const char *s, size_t n, const struct doc *options,
	const char *name, struct err *e) WARN_UNUSED;
int parse_json_lines(struct doc **out, const char *s, size_t n, const struct doc *options,
	const char *name, struct err *e) WARN_UNUSED;
int parse_nagios(
	struct doc **out, const char *s, size_t n, int exit_status, struct err *e) WARN_UNUSED;
int parse_http(struct doc **out, const char *s, size_t n, const char *err, size_t err_len,
	int exit_status, struct err *e) WARN_UNUSED;
/* now_ms: when the lines were read, for times that do not say their year. */
int parse_log(struct doc **out, const char *s, size_t n, int64_t now_ms, struct err *e) WARN_UNUSED;
int parse_sections(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;
int parse_ini(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;
int parse_openmetrics(struct doc **out, const char *s, size_t n, const struct doc *options,
	struct err *e) WARN_UNUSED;

/* `value`: entries with redacted text; `raw`: the same with contents as they are; `text`: what may
 * be stored of it. */
int parse_tar(struct doc **value, struct doc **raw, struct buf *text, const char *s, size_t n,
	const struct doc *options, const struct redact *redact, struct err *e) WARN_UNUSED;

#endif
