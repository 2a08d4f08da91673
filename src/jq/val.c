#include "config.h"

#include "jq/val.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct val val_copy(const struct val *v)
{
	switch (v->kind) {
	case VAL_STRING:
		v->u.string->refs++;
		break;
	case VAL_ARRAY:
		v->u.array->refs++;
		break;
	case VAL_OBJECT:
		v->u.object->refs++;
		break;
	case VAL_NULL:
	case VAL_FALSE:
	case VAL_TRUE:
	case VAL_NUMBER:
		break;
	}
	return *v;
}

static void string_free(struct val_string *s)
{
	if (!--s->refs)
		free(s);
}

static void array_free(struct val_array *a)
{
	if (--a->refs)
		return;
	for (size_t i = 0; i < a->n; i++)
		val_free(a->v[i]);
	free(a->v);
	free(a);
}

static void object_free(struct val_object *o)
{
	if (--o->refs)
		return;
	for (size_t i = 0; i < o->n; i++) {
		string_free(o->pairs[i].key);
		val_free(o->pairs[i].v);
	}
	free(o->pairs);
	free(o->index);
	free(o);
}

void val_free(struct val v)
{
	switch (v.kind) {
	case VAL_STRING:
		string_free(v.u.string);
		break;
	case VAL_ARRAY:
		array_free(v.u.array);
		break;
	case VAL_OBJECT:
		object_free(v.u.object);
		break;
	case VAL_NULL:
	case VAL_FALSE:
	case VAL_TRUE:
	case VAL_NUMBER:
		break;
	}
}

const char *val_kind_name(const struct val *v)
{
	static const char *const names[] = {
		"null", "boolean", "boolean", "number", "string", "array", "object"};

	return names[v->kind];
}

/* ---- order ---- */

static int compare_strings(const struct val_string *a, const struct val_string *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = memcmp(a->s, b->s, n);

	return c ? (c < 0 ? -1 : 1) : (a->len > b->len) - (a->len < b->len);
}

static int compare_arrays(const struct val *a, const struct val *b)
{
	size_t n = val_len(a), m = val_len(b);

	for (size_t i = 0; i < n && i < m; i++) {
		int c = val_compare(val_at(a, i), val_at(b, i));

		if (c)
			return c;
	}
	return (n > m) - (n < m);
}

static int compare_objects(const struct val *a, const struct val *b)
{
	struct val keys = val_keys(a, true), others = val_keys(b, true);
	int c = compare_arrays(&keys, &others);

	for (size_t i = 0; !c && i < val_len(&keys); i++) {
		const struct val_string *key = val_at(&keys, i)->u.string;

		c = val_compare(val_get(a, key), val_get(b, key));
	}
	val_free(keys);
	val_free(others);
	return c;
}

int val_compare(const struct val *a, const struct val *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	switch (a->kind) {
	case VAL_NUMBER:
		/* nan sorts below every number, itself included. */
		if (isnan(a->u.number))
			return -1;
		if (isnan(b->u.number))
			return 1;
		return (a->u.number > b->u.number) - (a->u.number < b->u.number);
	case VAL_STRING:
		return compare_strings(a->u.string, b->u.string);
	case VAL_ARRAY:
		return compare_arrays(a, b);
	case VAL_OBJECT:
		return compare_objects(a, b);
	case VAL_NULL:
	case VAL_FALSE:
	case VAL_TRUE:
		break;
	}
	return 0;
}

bool val_equal(const struct val *a, const struct val *b)
{
	return a->kind == b->kind && val_compare(a, b) == 0;
}

/* ---- strings ---- */

struct val val_strn(const char *s, size_t n)
{
	struct val_string *new = xmalloc(sizeof *new + n + 1);

	new->refs = 1;
	new->hash = 0;
	new->len = n;
	if (n)
		memcpy(new->s, s, n);
	new->s[n] = '\0';
	return (struct val){.kind = VAL_STRING, .u.string = new};
}

struct val val_str(const char *s)
{
	return val_strn(s, strlen(s));
}

struct val val_take_buf(struct buf *b)
{
	struct val v = val_strn(buf_str(b), b->len);

	buf_finish(b);
	return v;
}

/* FNV-1a, never 0. */
uint32_t val_hash(struct val_string *s)
{
	uint32_t h = 2166136261u;

	if (s->hash)
		return s->hash;
	for (size_t i = 0; i < s->len; i++)
		h = (h ^ (unsigned char)s->s[i]) * 16777619u;
	s->hash = h ? h : 1;
	return s->hash;
}

/* ---- arrays ---- */

struct val val_array(size_t room)
{
	struct val_array *a = xcalloc(1, sizeof *a);

	a->refs = 1;
	if (room) {
		a->cap = room;
		a->v = xmalloc(room * sizeof *a->v);
	}
	return (struct val){.kind = VAL_ARRAY, .u.array = a};
}

size_t val_len(const struct val *array)
{
	return array->u.array->n;
}

const struct val *val_at(const struct val *array, size_t i)
{
	return &array->u.array->v[i];
}

struct val val_slice(const struct val *array, size_t from, size_t to)
{
	struct val part = val_array(to - from);

	for (size_t i = from; i < to; i++)
		part.u.array->v[part.u.array->n++] = val_copy(val_at(array, i));
	return part;
}

struct val val_own_array(struct val array)
{
	struct val own;

	if (array.u.array->refs == 1)
		return array;
	own = val_slice(&array, 0, val_len(&array));
	val_free(array);
	return own;
}

struct val val_push(struct val array, struct val v)
{
	struct val_array *a;

	array = val_own_array(array);
	a = array.u.array;
	if (a->n == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 4;
		a->v = xreallocarray(a->v, a->cap, sizeof *a->v);
	}
	a->v[a->n++] = v;
	return array;
}

struct val val_set_at(struct val array, size_t i, struct val v)
{
	array = val_own_array(array);
	while (val_len(&array) <= i)
		array = val_push(array, val_null());
	val_free(array.u.array->v[i]);
	array.u.array->v[i] = v;
	return array;
}
