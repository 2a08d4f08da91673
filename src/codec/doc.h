/*
 * A tree of values, as JSON and YAML have them, that remembers where each value stood. Knows no
 * syntax and does no I/O.
 */
#ifndef OPSDECK_CODEC_DOC_H
#define OPSDECK_CODEC_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"

enum doc_kind { DOC_NULL, DOC_BOOL, DOC_INT, DOC_REAL, DOC_STRING, DOC_LIST, DOC_MAP };

struct doc;

/* All of these are owned by the caller until set or pushed into a parent. Strings are copied. */
struct doc *doc_new_null(void);
struct doc *doc_new_bool(bool v);
struct doc *doc_new_int(int64_t v);
struct doc *doc_new_real(double v);
struct doc *doc_new_str(const char *s); /* NULL gives a null value */
struct doc *doc_new_strn(const char *s, size_t n);
struct doc *doc_new_list(void);
struct doc *doc_new_map(void);
void doc_free(struct doc *d);
struct doc *doc_copy(const struct doc *d);
/* The same one, held once more: nobody may change it any more. Freed by each holder. */
struct doc *doc_share(const struct doc *d);
bool doc_equal(const struct doc *a, const struct doc *b); /* order of keys does not matter */

/* Take ownership of v; a key that is there already is replaced. */
void doc_set(struct doc *map, const char *key, struct doc *v);
void doc_push(struct doc *list, struct doc *v);
void doc_set_str(struct doc *map, const char *key, const char *s);
void doc_set_int(struct doc *map, const char *key, int64_t v);
void doc_set_bool(struct doc *map, const char *key, bool v);
void doc_set_strs(struct doc *map, const char *key, const struct strs *s);
void doc_push_str(struct doc *list, const char *s);

/* NULL is treated as a null value by all of these. Returned pointers are borrowed. */
enum doc_kind doc_kind(const struct doc *d);
bool doc_bool(const struct doc *d);   /* false unless it is a bool that is true */
int64_t doc_int(const struct doc *d); /* 0 unless it is a number */
double doc_real(const struct doc *d);
const char *doc_str(const struct doc *d); /* NULL unless it is a string */
size_t doc_str_len(const struct doc *d);
size_t doc_len(const struct doc *d); /* of a list or map; 0 otherwise */
const struct doc *doc_at(const struct doc *list, size_t i);
const char *doc_key(const struct doc *map, size_t i);
const struct doc *doc_value(const struct doc *map, size_t i);
const struct doc *doc_get(const struct doc *map, const char *key); /* NULL when absent */

/* Shortcuts over doc_get with a default for "absent or of another kind". */
const char *doc_get_str(const struct doc *map, const char *key, const char *otherwise);
int64_t doc_get_int(const struct doc *map, const char *key, int64_t otherwise);
bool doc_get_bool(const struct doc *map, const char *key, bool otherwise);

/* Where the value began, from 1; 0 when it was not read from text. */
int doc_line(const struct doc *d);
int doc_col(const struct doc *d);
/* Where the key of map's i-th pair began. */
int doc_key_line(const struct doc *map, size_t i);
int doc_key_col(const struct doc *map, size_t i);
/* For readers: sets the position (of the key for the last pair added, when key is true). */
void doc_place(struct doc *d, int line, int col);
void doc_place_key(struct doc *map, size_t i, int line, int col);

/* "NAME:LINE:COL: text", ERR_INPUT, -1. */
int doc_err(struct err *e, const char *name, const struct doc *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for the key of map's i-th pair. */
int doc_key_err(struct err *e, const char *name, const struct doc *map, size_t i, const char *fmt,
	...) __attribute__((format(printf, 5, 6)));

/* "text", "a list", "a number": for messages. */
const char *doc_kind_name(enum doc_kind k);

/* Fails, naming the place and the nearest known key, when map has a key that is not in `known`
 * (NULL-terminated), or is no map at all. `what` says what is being read: "host web1". */
int doc_only_keys(const struct doc *map, const char *name, const char *what,
	const char *const *known, struct err *e) WARN_UNUSED;

#endif
