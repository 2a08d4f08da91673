/*
 * JSON text (RFC 8259) to a doc and back. The only user of jansson. No I/O.
 */
#ifndef OPSDECK_CODEC_JSON_H
#define OPSDECK_CODEC_JSON_H

#include <stddef.h>

#include "base/err.h"

struct buf;
struct doc;

/* `name` stands in messages ("proposal.json"). Duplicate keys, depth over 64 and trailing bytes are
 * errors; strings may hold \u0000. Integers outside int64 become reals. Caller frees. */
int json_read(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;
/* As json_read, but of a key that comes again the last counts, as jq has it: for events of other
 * programs, where one odd field may not hide the others. */
int json_read_foreign(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;

/* One line, no blanks, keys in their order, non-ASCII as UTF-8, control characters escaped; bytes
 * that are not UTF-8 become U+FFFD. */
void json_write(struct buf *out, const struct doc *d);
/* As json_write, keys sorted by bytes: the form that is hashed. */
void json_write_canonical(struct buf *out, const struct doc *d);
/* Two blanks of indent and a final newline: for --json output. */
void json_write_pretty(struct buf *out, const struct doc *d);
/* The text as one JSON string with its quotes. */
void json_write_str(struct buf *out, const char *s, size_t n);

#endif
