/*
 * The values that expressions work on: immutable to whoever shares them, changed in place by a sole
 * owner. Knows no syntax.
 *
 * A function takes the values it is given unless its parameters are const pointers; what it returns
 * is the caller's.
 */
#ifndef OPSDECK_JQ_VAL_H
#define OPSDECK_JQ_VAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct doc;

/* In the order in which values of different kinds are sorted. */
enum val_kind { VAL_NULL, VAL_FALSE, VAL_TRUE, VAL_NUMBER, VAL_STRING, VAL_ARRAY, VAL_OBJECT };

struct val_string {
	size_t refs;
	uint32_t hash; /* 0 until it is asked for */
	size_t len;
	char s[]; /* and a NUL behind it */
};

struct val {
	enum val_kind kind;
	union {
		double number;
		struct val_string *string;
		struct val_array *array;
		struct val_object *object;
	} u;
};

struct val_array {
	size_t refs, n, cap;
	struct val *v;
};

struct val_pair {
	struct val_string *key;
	struct val v;
};

/* Pairs in the order in which they came. */
struct val_object {
	size_t refs, n, cap;
	struct val_pair *pairs;
	uint32_t *index; /* when it is large: number of the pair + 1 by hash; 0 is free */
	size_t slots;
};

static inline struct val val_null(void)
{
	return (struct val){.kind = VAL_NULL};
}
static inline struct val val_bool(bool b)
{
	return (struct val){.kind = b ? VAL_TRUE : VAL_FALSE};
}
static inline struct val val_number(double v)
{
	return (struct val){.kind = VAL_NUMBER, .u.number = v};
}
static inline bool val_truthy(const struct val *v)
{
	return v->kind > VAL_FALSE;
}

struct val val_copy(const struct val *v);
void val_free(struct val v);
const char *val_kind_name(const struct val *v); /* as jq's `type` says it */

/* -1, 0, 1 in the order of jq's `sort`; arrays by their elements, objects by their keys first. */
int val_compare(const struct val *a, const struct val *b);
bool val_equal(const struct val *a, const struct val *b);

/* ---- strings ---- */
struct val val_str(const char *s);
struct val val_strn(const char *s, size_t n);
struct val val_take_buf(struct buf *b); /* its bytes; the buffer is empty afterwards */
uint32_t val_hash(struct val_string *s);

/* ---- arrays ---- */
struct val val_array(size_t room);
size_t val_len(const struct val *array);
const struct val *val_at(const struct val *array, size_t i);
struct val val_push(struct val array, struct val v);
/* Element i becomes v; what lies between the end and i becomes null. */
struct val val_set_at(struct val array, size_t i, struct val v);
struct val val_slice(const struct val *array, size_t from, size_t to);
/* An array that nobody else holds, to change in place. */
struct val val_own_array(struct val array);

/* ---- objects ---- */
struct val val_object(void);
const struct val *val_get(const struct val *object, const struct val_string *key);
const struct val *val_get_str(const struct val *object, const char *key);
struct val val_set(struct val object, const struct val_string *key, struct val v);
struct val val_set_str(struct val object, const char *key, struct val v);
struct val val_delete(struct val object, const struct val_string *key);
struct val val_keys(const struct val *object, bool sorted);
/* The value under key is taken out and null stands there: so that it has one owner. */
struct val val_take(struct val *object, const struct val_string *key);
struct val val_own_object(struct val object);

/* ---- to and from documents and text ---- */
struct val val_from_doc(const struct doc *d); /* NULL gives null */
/* What JSON cannot say (nan) becomes null; whole numbers become integers. Caller frees *out. */
int val_to_doc(struct doc **out, const struct val *v, struct err *e) WARN_UNUSED;
void val_json(struct buf *out, const struct val *v);
/* A number as JSON has it: the fewest digits that give the same number again. */
void val_number_text(struct buf *out, double v);

#endif
