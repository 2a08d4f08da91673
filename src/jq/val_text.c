#include "config.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "jq/val.h"

#define DEPTH_MAX 200
#define EXACT_MAX 9007199254740992.0 /* 2^53: up to here a double holds every integer */

/* ---- numbers ---- */

/* The shortest digits that read back as v; *point is where the decimal point stands. */
static void shortest(char digits[32], int *point, double v)
{
	char text[40], *at;

	for (int n = 1; n <= 17; n += n == 1 ? 14 : 1) {
		snprintf(text, sizeof text, "%.*e", n - 1, v);
		if (strtod(text, NULL) == v)
			break;
	}
	at = digits;
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			*at++ = *p;
	while (at > digits + 1 && at[-1] == '0')
		at--;
	*at = '\0';
	*point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
}

static void add_decimal(struct buf *out, const char *digits, int point)
{
	int n = (int)strlen(digits);

	if (point <= 0) {
		buf_addf(out, "0.%.*s%s", -point, "000000", digits);
	} else if (point >= n) {
		buf_adds(out, digits);
		for (int i = n; i < point; i++)
			buf_addc(out, '0');
	} else {
		buf_addf(out, "%.*s.%s", point, digits, digits + point);
	}
}

void val_number_text(struct buf *out, double v)
{
	char digits[32];
	int point;

	if (isnan(v)) {
		buf_adds(out, "null");
		return;
	}
	if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v) {
		buf_addf(out, "%s%lld", v == 0 && signbit(v) ? "-" : "", (long long)v);
		return;
	}
	if (isinf(v))
		v = v > 0 ? DBL_MAX : -DBL_MAX;
	if (v < 0)
		buf_addc(out, '-');
	shortest(digits, &point, fabs(v));
	if (point <= -4 || point > (int)strlen(digits) + 15)
		buf_addf(out, "%c%s%se%c%02d", digits[0], digits[1] ? "." : "", digits + 1,
			point > 0 ? '+' : '-', abs(point - 1));
	else
		add_decimal(out, digits, point);
}

/* ---- documents ---- */

static struct val list_from(const struct doc *d)
{
	size_t n = doc_len(d);
	struct val list = val_array(n);

	for (size_t i = 0; i < n; i++)
		list = val_push(list, val_from_doc(doc_at(d, i)));
	return list;
}

static struct val map_from(const struct doc *d)
{
	struct val map = val_object();

	for (size_t i = 0; i < doc_len(d); i++)
		map = val_set_str(map, doc_key(d, i), val_from_doc(doc_value(d, i)));
	return map;
}

struct val val_from_doc(const struct doc *d)
{
	switch (doc_kind(d)) {
	case DOC_NULL:
		break;
	case DOC_BOOL:
		return val_bool(doc_bool(d));
	case DOC_INT:
		return val_number((double)doc_int(d));
	case DOC_REAL:
		return val_number(doc_real(d));
	case DOC_STRING:
		return val_strn(doc_str(d), doc_str_len(d));
	case DOC_LIST:
		return list_from(d);
	case DOC_MAP:
		return map_from(d);
	}
	return val_null();
}

static struct doc *number_to(double v)
{
	if (isnan(v) || isinf(v))
		return doc_new_null();
	if (v >= -EXACT_MAX && v <= EXACT_MAX && v == (double)(int64_t)v)
		return doc_new_int((int64_t)v);
	return doc_new_real(v);
}

static int to_doc(struct doc **out, const struct val *v, int depth, struct err *e);

static int children_to(struct doc **out, const struct val *v, int depth, struct err *e)
{
	bool list = v->kind == VAL_ARRAY;
	size_t n = list ? val_len(v) : v->u.object->n;

	*out = list ? doc_new_list() : doc_new_map();
	for (size_t i = 0; i < n; i++) {
		const struct val *at = list ? val_at(v, i) : &v->u.object->pairs[i].v;
		struct doc *child = NULL;

		if (to_doc(&child, at, depth + 1, e)) {
			doc_free(*out);
			*out = NULL;
			return -1;
		}
		if (list)
			doc_push(*out, child);
		else
			doc_set(*out, v->u.object->pairs[i].key->s, child);
	}
	return 0;
}

static int to_doc(struct doc **out, const struct val *v, int depth, struct err *e)
{
	*out = NULL;
	switch (v->kind) {
	case VAL_NULL:
		*out = doc_new_null();
		break;
	case VAL_FALSE:
	case VAL_TRUE:
		*out = doc_new_bool(v->kind == VAL_TRUE);
		break;
	case VAL_NUMBER:
		*out = number_to(v->u.number);
		break;
	case VAL_STRING:
		*out = doc_new_strn(v->u.string->s, v->u.string->len);
		break;
	case VAL_ARRAY:
	case VAL_OBJECT:
		if (depth == DEPTH_MAX)
			return err_set(e, ERR_LIMIT, "the result is nested too deep");
		return children_to(out, v, depth, e);
	}
	return 0;
}

int val_to_doc(struct doc **out, const struct val *v, struct err *e)
{
	return to_doc(out, v, 0, e);
}

/* ---- JSON ---- */

static void json(struct buf *out, const struct val *v, int depth);

static void json_children(struct buf *out, const struct val *v, int depth)
{
	bool list = v->kind == VAL_ARRAY;
	size_t n = list ? val_len(v) : v->u.object->n;

	buf_addc(out, list ? '[' : '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		if (!list) {
			const struct val_string *key = v->u.object->pairs[i].key;

			json_write_str(out, key->s, key->len);
			buf_addc(out, ':');
		}
		json(out, list ? val_at(v, i) : &v->u.object->pairs[i].v, depth + 1);
	}
	buf_addc(out, list ? ']' : '}');
}

static void json(struct buf *out, const struct val *v, int depth)
{
	static const char *const words[] = {"null", "false", "true"};

	switch (v->kind) {
	case VAL_NULL:
	case VAL_FALSE:
	case VAL_TRUE:
		buf_adds(out, words[v->kind]);
		break;
	case VAL_NUMBER:
		val_number_text(out, v->u.number);
		break;
	case VAL_STRING:
		json_write_str(out, v->u.string->s, v->u.string->len);
		break;
	case VAL_ARRAY:
	case VAL_OBJECT:
		if (depth >= DEPTH_MAX)
			buf_adds(out, "\"<nested too deep>\"");
		else
			json_children(out, v, depth);
		break;
	}
}

void val_json(struct buf *out, const struct val *v)
{
	json(out, v, 0);
}
