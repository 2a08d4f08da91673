#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jq/eval_parts.h"
#include "jq/native.h"

static size_t characters(const struct val_string *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += ((unsigned char)s->s[i] & 0xC0) != 0x80;
	return n;
}

static int length(struct run *r, struct val in, struct val *args, struct val *out)
{
	switch (in.kind) {
	case VAL_NULL:
		*out = val_number(0);
		break;
	case VAL_NUMBER:
		*out = val_number(fabs(in.u.number));
		break;
	case VAL_STRING:
		*out = val_number((double)characters(in.u.string));
		break;
	case VAL_ARRAY:
		*out = val_number((double)val_len(&in));
		break;
	case VAL_OBJECT:
		*out = val_number((double)in.u.object->n);
		break;
	case VAL_FALSE:
	case VAL_TRUE:
		return native_refuse(r, in, args, 0, "boolean (%s) has no length", run_show(&in));
	}
	val_free(in);
	return 0;
}

/* ---- adding up ---- */

static int add_list(struct run *r, struct val in, struct val *out)
{
	struct val sum = val_null();

	for (size_t i = 0; i < val_len(&in); i++)
		if (native_binary(r, '+', sum, val_copy(val_at(&in, i)), &sum)) {
			val_free(in);
			return -1;
		}
	val_free(in);
	*out = sum;
	return 0;
}

static struct val values_of(struct val object)
{
	struct val list = val_array(object.u.object->n);

	for (size_t i = 0; i < object.u.object->n; i++)
		list = val_push(list, val_copy(&object.u.object->pairs[i].v));
	val_free(object);
	return list;
}

/* Texts in one go: one after the other would copy the sum each time. */
static bool add_texts(const struct val *list, struct val *out)
{
	struct buf sum = {0};

	for (size_t i = 0; i < val_len(list); i++)
		if (val_at(list, i)->kind != VAL_STRING)
			return false;
	if (!val_len(list))
		return false;
	for (size_t i = 0; i < val_len(list); i++)
		buf_add(&sum, val_at(list, i)->u.string->s, val_at(list, i)->u.string->len);
	*out = val_take_buf(&sum);
	return true;
}

static int add(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	if (in.kind == VAL_OBJECT)
		in = values_of(in);
	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, NULL, 0, "Cannot iterate over %s", val_kind_name(&in));
	if (add_texts(&in, out)) {
		val_free(in);
		return 0;
	}
	return add_list(r, in, out);
}

/* ---- flatten, transpose, reverse ---- */

static int reverse(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val back;
	size_t n;

	if (in.kind == VAL_NULL) {
		*out = val_array(0);
		return 0;
	}
	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 0, "Cannot reverse %s", val_kind_name(&in));
	n = val_len(&in);
	back = val_array(n);
	for (size_t i = n; i--;)
		back = val_push(back, val_copy(val_at(&in, i)));
	val_free(in);
	*out = back;
	return 0;
}

static struct val flatten_into(struct val list, const struct val *v, double depth)
{
	for (size_t i = 0; i < val_len(v); i++) {
		const struct val *at = val_at(v, i);

		if (at->kind == VAL_ARRAY && depth > 0)
			list = flatten_into(list, at, depth - 1);
		else
			list = val_push(list, val_copy(at));
	}
	return list;
}

static int flatten_depth(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (in.kind == VAL_OBJECT)
		in = values_of(in);
	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 1, "Cannot iterate over %s", val_kind_name(&in));
	if (args[0].kind != VAL_NUMBER || args[0].u.number < 0)
		return native_refuse(r, in, args, 1, "flatten depth must not be negative");
	*out = flatten_into(val_array(0), &in, args[0].u.number);
	val_free(in);
	return 0;
}

static int flatten(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val depth = val_number(1e9);

	(void)args;
	return flatten_depth(r, in, &depth, out);
}

static int transpose(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val rows = val_array(0);
	size_t most = 0;

	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 0, "Cannot iterate over %s", val_kind_name(&in));
	for (size_t i = 0; i < val_len(&in); i++) {
		const struct val *row = val_at(&in, i);

		if (row->kind != VAL_ARRAY)
			return native_refuse(
				r, in, args, 0, "Cannot index %s with number", val_kind_name(row));
		most = val_len(row) > most ? val_len(row) : most;
	}
	for (size_t k = 0; k < most; k++) {
		struct val row = val_array(val_len(&in));

		for (size_t i = 0; i < val_len(&in); i++) {
			const struct val *of = val_at(&in, i);

			row = val_push(row, k < val_len(of) ? val_copy(val_at(of, k)) : val_null());
		}
		rows = val_push(rows, row);
	}
	val_free(in);
	*out = rows;
	return 0;
}

/* ---- contains, indices ---- */

static bool contains_value(const struct val *a, const struct val *b, bool *comparable);

static bool contains_list(const struct val *a, const struct val *b, bool *comparable)
{
	for (size_t i = 0; i < val_len(b); i++) {
		bool found = false;

		for (size_t k = 0; !found && k < val_len(a); k++) {
			const struct val *x = val_at(a, k), *y = val_at(b, i);

			found = x->kind == y->kind && contains_value(x, y, comparable);
		}
		if (!found)
			return false;
	}
	return true;
}

static bool contains_object(const struct val *a, const struct val *b, bool *comparable)
{
	for (size_t i = 0; i < b->u.object->n; i++) {
		const struct val_pair *pair = &b->u.object->pairs[i];
		const struct val *v = val_get(a, pair->key);

		if (!v || v->kind != pair->v.kind || !contains_value(v, &pair->v, comparable))
			return false;
	}
	return true;
}

static bool contains_value(const struct val *a, const struct val *b, bool *comparable)
{
	if (a->kind != b->kind &&
		!(a->kind <= VAL_TRUE && a->kind && b->kind <= VAL_TRUE && b->kind)) {
		*comparable = false;
		return false;
	}
	if (a->kind == VAL_ARRAY)
		return contains_list(a, b, comparable);
	if (a->kind == VAL_OBJECT)
		return contains_object(a, b, comparable);
	if (a->kind == VAL_STRING)
		return memmem(a->u.string->s, a->u.string->len, b->u.string->s, b->u.string->len) !=
		       NULL;
	return val_equal(a, b);
}

static int contains(struct run *r, struct val in, struct val *args, struct val *out)
{
	bool comparable = true, yes = contains_value(&in, &args[0], &comparable);

	if (!comparable)
		return native_refuse(r, in, args, 1,
			"%s and %s cannot have their containment checked", val_kind_name(&in),
			val_kind_name(&args[0]));
	val_free(in);
	val_free(args[0]);
	*out = val_bool(yes);
	return 0;
}

static struct val text_places(const struct val_string *s, const struct val_string *of)
{
	struct val list = val_array(0);

	for (size_t i = 0; of->len && i + of->len <= s->len; i++)
		if (!memcmp(s->s + i, of->s, of->len))
			list = val_push(list, val_number((double)i));
	return list;
}

/* Of texts: byte offsets, as jq 1.6 and 1.7 have them. */
static int indices(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (in.kind == VAL_NULL) {
		val_free(args[0]);
		*out = val_null();
		return 0;
	}
	if (in.kind == VAL_STRING && args[0].kind == VAL_STRING) {
		*out = args[0].u.string->len ? text_places(in.u.string, args[0].u.string)
					     : val_null();
		val_free(in);
		val_free(args[0]);
		return 0;
	}
	if (in.kind == VAL_ARRAY && args[0].kind != VAL_ARRAY) {
		struct val one = val_push(val_array(1), args[0]);

		return native_index(r, in, one, out);
	}
	return native_index(r, in, args[0], out);
}

static int index_first(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val list;

	if (indices(r, in, args, &list))
		return -1;
	*out = list.kind == VAL_ARRAY && val_len(&list) ? val_copy(val_at(&list, 0)) : val_null();
	val_free(list);
	return 0;
}

static int index_last(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val list;

	if (indices(r, in, args, &list))
		return -1;
	*out = list.kind == VAL_ARRAY && val_len(&list)
		       ? val_copy(val_at(&list, val_len(&list) - 1))
		       : val_null();
	val_free(list);
	return 0;
}

const struct native native_lists[] = {
	{"length", 0, length, NULL},
	{"add", 0, add, NULL},
	{"reverse", 0, reverse, NULL},
	{"flatten", 0, flatten, NULL},
	{"flatten", 1, flatten_depth, NULL},
	{"transpose", 0, transpose, NULL},
	{"contains", 1, contains, NULL},
	{"indices", 1, indices, NULL},
	{"_indices", 1, indices, NULL},
	{"index", 1, index_first, NULL},
	{"rindex", 1, index_last, NULL},
	{NULL, 0, NULL, NULL},
};
