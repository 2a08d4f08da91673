/*
 * YAML 1.1 as libyaml reads it, to a doc with positions, and back. The only user of libyaml. No
 * I/O.
 */
#ifndef OPSDECK_CODEC_YAML_H
#define OPSDECK_CODEC_YAML_H

#include <stddef.h>

#include "base/err.h"

struct buf;
struct doc;

/* One document. Plain scalars become null, bool (true/false only), int, real or string by the JSON
 * schema of YAML 1.2 (so that `no`, `on` and `0440` stay what they look like: strings;
 * octal-looking numbers with a leading zero stay strings). Refused with file:line:col: duplicate
 * keys, anchors and aliases, tags, several documents, depth over 64, over 200,000 values, bytes
 * that are not UTF-8. An empty text gives a null value. Caller frees. */
int yaml_read(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;

/* The same for a text that is not ours: aliases stand for copies of what they name (which count),
 * "<<" merges, tags are passed over, of keys that come again the last one counts, and several
 * documents give a list of them. */
int yaml_read_foreign(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;

/* Block style, two blanks of indent, long or many-lined strings as literal blocks; reads back
 * equal. */
void yaml_write(struct buf *out, const struct doc *d);

/* In one line: a word as it is or quoted, a list in [], a map in {}. */
void yaml_write_word(struct buf *out, const char *s);
void yaml_write_flow(struct buf *out, const struct doc *d);

#endif
