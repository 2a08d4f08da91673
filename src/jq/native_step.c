#include "config.h"

#include <math.h>

#include "jq/native.h"

/* ---- one step ---- */

int native_no_index(struct run *r, struct val a, struct val k)
{
	if (a.kind == VAL_OBJECT || k.kind != VAL_STRING)
		run_fail(r, "Cannot index %s with %s", val_kind_name(&a), val_kind_name(&k));
	else
		run_fail(r, "Cannot index %s with \"%s\"", val_kind_name(&a), k.u.string->s);
	val_free(a);
	val_free(k);
	return -1;
}

static struct val element(const struct val *a, double k)
{
	double i = floor(k), n = (double)val_len(a);

	if (i < 0)
		i += n;
	return i >= 0 && i < n ? val_copy(val_at(a, (size_t)i)) : val_null();
}

/* Where b stands in a, as a list. */
static struct val places(const struct val *a, const struct val *b)
{
	size_t n = val_len(a), m = val_len(b);
	struct val list = val_array(0);

	for (size_t i = 0; m && i + m <= n; i++) {
		size_t k = 0;

		while (k < m && val_equal(val_at(a, i + k), val_at(b, k)))
			k++;
		if (k == m)
			list = val_push(list, val_number((double)i));
	}
	return m ? list : (val_free(list), val_null());
}

bool native_is_slice(const struct val *k)
{
	return k->kind == VAL_OBJECT && val_get_str(k, "start") && val_get_str(k, "end");
}

int native_index(struct run *r, struct val a, struct val k, struct val *out)
{
	if (a.kind == VAL_OBJECT && k.kind == VAL_STRING) {
		const struct val *v = val_get(&a, k.u.string);

		*out = v ? val_copy(v) : val_null();
	} else if (a.kind == VAL_ARRAY && k.kind == VAL_NUMBER) {
		*out = isnan(k.u.number) ? val_null() : element(&a, k.u.number);
	} else if (native_is_slice(&k) &&
		   (a.kind == VAL_NULL || a.kind == VAL_ARRAY || a.kind == VAL_STRING)) {
		struct val from = val_copy(val_get_str(&k, "start")),
			   to = val_copy(val_get_str(&k, "end"));

		val_free(k);
		return native_slice(r, a, from, to, out);
	} else if (a.kind == VAL_ARRAY && k.kind == VAL_ARRAY) {
		*out = places(&a, &k);
	} else if (a.kind == VAL_NULL &&
		   (k.kind == VAL_STRING || k.kind == VAL_NUMBER || k.kind == VAL_NULL)) {
		*out = val_null();
	} else {
		return native_no_index(r, a, k);
	}
	val_free(a);
	val_free(k);
	return 0;
}

/* Byte offset of the i-th character. */
static size_t offset_of(const struct val_string *s, size_t i)
{
	size_t at = 0;

	while (at < s->len && i) {
		at++;
		while (at < s->len && ((unsigned char)s->s[at] & 0xC0) == 0x80)
			at++;
		i--;
	}
	return at;
}

static size_t characters(const struct val_string *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += ((unsigned char)s->s[i] & 0xC0) != 0x80;
	return n;
}

/* Both ends within 0..n, from <= to. */
void native_clamp(
	const struct val *from, const struct val *to, size_t n, size_t *start, size_t *end)
{
	double a = from->kind == VAL_NUMBER ? from->u.number : 0;
	double b = to->kind == VAL_NUMBER ? to->u.number : (double)n;

	a += a < 0 ? (double)n : 0;
	b += b < 0 ? (double)n : 0;
	a = a > 0 ? floor(a) : 0;
	b = ceil(b);
	*end = b > (double)n ? n : b > 0 ? (size_t)b : 0;
	*start = a > (double)*end ? *end : (size_t)a;
}

static bool is_end(const struct val *v)
{
	return v->kind == VAL_NULL || v->kind == VAL_NUMBER;
}

int native_slice(struct run *r, struct val a, struct val from, struct val to, struct val *out)
{
	size_t start, end;
	int rc = 0;

	if (!is_end(&from) || !is_end(&to)) {
		rc = run_fail(r, "Start and end indices of an array slice must be numbers");
	} else if (a.kind == VAL_NULL) {
		*out = val_null();
	} else if (a.kind == VAL_ARRAY) {
		native_clamp(&from, &to, val_len(&a), &start, &end);
		*out = val_slice(&a, start, end);
	} else if (a.kind == VAL_STRING) {
		native_clamp(&from, &to, characters(a.u.string), &start, &end);
		start = offset_of(a.u.string, start);
		end = offset_of(a.u.string, end);
		*out = val_strn(a.u.string->s + start, end - start);
	} else {
		rc = run_fail(r, "Cannot index %s with object", val_kind_name(&a));
	}
	val_free(a);
	val_free(from);
	val_free(to);
	return rc;
}
