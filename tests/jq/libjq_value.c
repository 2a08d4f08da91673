#include "config.h"

#include "libjq_value.h"

#include <limits.h>
#include <math.h>

#include "codec/doc.h"

#define DEPTH_MAX 200
#define EXACT_MAX 9007199254740992.0 /* 2^53: up to here a double holds every integer */

static jv string_from(const char *s, size_t n)
{
	return n > INT_MAX / 2 ? jv_string("") : jv_string_sized(s, (int)n);
}

static jv list_from(const struct doc *d)
{
	jv list = jv_array();

	for (size_t i = 0; i < doc_len(d); i++)
		list = jv_array_append(list, value_from_doc(doc_at(d, i)));
	return list;
}

static jv map_from(const struct doc *d)
{
	jv map = jv_object();

	for (size_t i = 0; i < doc_len(d); i++)
		map = jv_object_set(map, jv_string(doc_key(d, i)), value_from_doc(doc_value(d, i)));
	return map;
}

jv value_from_doc(const struct doc *d)
{
	switch (doc_kind(d)) {
	case DOC_NULL:
		break;
	case DOC_BOOL:
		return jv_bool(doc_bool(d));
	case DOC_INT:
		return jv_number((double)doc_int(d));
	case DOC_REAL:
		return jv_number(doc_real(d));
	case DOC_STRING:
		return string_from(doc_str(d), doc_str_len(d));
	case DOC_LIST:
		return list_from(d);
	case DOC_MAP:
		return map_from(d);
	}
	return jv_null();
}

static struct doc *number_to(double v)
{
	if (isnan(v) || isinf(v))
		return doc_new_null();
	if (v >= -EXACT_MAX && v <= EXACT_MAX && v == (double)(int64_t)v)
		return doc_new_int((int64_t)v);
	return doc_new_real(v);
}

static int to_doc(struct doc **out, jv v, int depth, struct err *e);

static int list_to(struct doc **out, jv v, int depth, struct err *e)
{
	int n = jv_array_length(jv_copy(v));

	*out = doc_new_list();
	for (int i = 0; i < n; i++) {
		struct doc *element = NULL;

		if (to_doc(&element, jv_array_get(jv_copy(v), i), depth + 1, e))
			return -1;
		doc_push(*out, element);
	}
	return 0;
}

static int map_to(struct doc **out, jv v, int depth, struct err *e)
{
	*out = doc_new_map();
	for (int i = jv_object_iter(v); jv_object_iter_valid(v, i); i = jv_object_iter_next(v, i)) {
		jv key = jv_object_iter_key(v, i);
		struct doc *value = NULL;

		if (to_doc(&value, jv_object_iter_value(v, i), depth + 1, e)) {
			jv_free(key);
			return -1;
		}
		doc_set(*out, jv_string_value(key), value);
		jv_free(key);
	}
	return 0;
}

/* Takes v. On failure *out is freed. */
static int to_doc(struct doc **out, jv v, int depth, struct err *e)
{
	int rc = 0;

	*out = NULL;
	switch (jv_get_kind(v)) {
	case JV_KIND_FALSE:
	case JV_KIND_TRUE:
		*out = doc_new_bool(jv_get_kind(v) == JV_KIND_TRUE);
		break;
	case JV_KIND_NUMBER:
		*out = number_to(jv_number_value(v));
		break;
	case JV_KIND_STRING:
		*out = doc_new_strn(jv_string_value(v), (size_t)jv_string_length_bytes(jv_copy(v)));
		break;
	case JV_KIND_ARRAY:
	case JV_KIND_OBJECT:
		if (depth == DEPTH_MAX)
			rc = err_set(e, ERR_LIMIT, "the result is nested too deep");
		else if (jv_get_kind(v) == JV_KIND_ARRAY)
			rc = list_to(out, v, depth, e);
		else
			rc = map_to(out, v, depth, e);
		break;
	case JV_KIND_INVALID:
	case JV_KIND_NULL:
		*out = doc_new_null();
		break;
	}
	jv_free(v);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}

int value_to_doc(struct doc **out, jv v, struct err *e)
{
	return to_doc(out, v, 0, e);
}
