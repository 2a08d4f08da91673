#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jq/native.h"

#define REPEAT_MAX ((size_t)8 << 20)

static int refuse(struct run *r, struct val a, struct val b, const char *what)
{
	char left[64];

	snprintf(left, sizeof left, "%s", run_show(&a));
	run_fail(r, "%s (%s) and %s (%s) cannot be %s", val_kind_name(&a), left, val_kind_name(&b),
		run_show(&b), what);
	val_free(a);
	val_free(b);
	return -1;
}

static struct val join_texts(struct val a, struct val b)
{
	struct val_string *s;
	size_t n = a.u.string->len, m = b.u.string->len;

	if (a.u.string->refs == 1) {
		s = xrealloc(a.u.string, sizeof *s + n + m + 1);
		memcpy(s->s + n, b.u.string->s, m);
	} else {
		s = xmalloc(sizeof *s + n + m + 1);
		memcpy(s->s, a.u.string->s, n);
		memcpy(s->s + n, b.u.string->s, m);
		val_free(a);
	}
	val_free(b);
	s->refs = 1;
	s->hash = 0;
	s->len = n + m;
	s->s[n + m] = '\0';
	return (struct val){.kind = VAL_STRING, .u.string = s};
}

static struct val join_lists(struct val a, struct val b)
{
	a = val_own_array(a);
	for (size_t i = 0; i < val_len(&b); i++)
		a = val_push(a, val_copy(val_at(&b, i)));
	val_free(b);
	return a;
}

static struct val join_objects(struct val a, struct val b)
{
	for (size_t i = 0; i < b.u.object->n; i++)
		a = val_set(a, b.u.object->pairs[i].key, val_copy(&b.u.object->pairs[i].v));
	val_free(b);
	return a;
}

static int add(struct run *r, struct val a, struct val b, struct val *out)
{
	if (a.kind == VAL_NULL)
		*out = b;
	else if (b.kind == VAL_NULL)
		*out = a;
	else if (a.kind != b.kind)
		return refuse(r, a, b, "added");
	else if (a.kind == VAL_NUMBER)
		*out = val_number(a.u.number + b.u.number);
	else if (a.kind == VAL_STRING)
		*out = join_texts(a, b);
	else if (a.kind == VAL_ARRAY)
		*out = join_lists(a, b);
	else if (a.kind == VAL_OBJECT)
		*out = join_objects(a, b);
	else
		return refuse(r, a, b, "added");
	return 0;
}

static int subtract(struct run *r, struct val a, struct val b, struct val *out)
{
	struct val rest;

	if (a.kind == VAL_NUMBER && b.kind == VAL_NUMBER) {
		*out = val_number(a.u.number - b.u.number);
		return 0;
	}
	if (a.kind != VAL_ARRAY || b.kind != VAL_ARRAY)
		return refuse(r, a, b, "subtracted");
	rest = val_array(0);
	for (size_t i = 0; i < val_len(&a); i++) {
		bool gone = false;

		for (size_t k = 0; !gone && k < val_len(&b); k++)
			gone = val_equal(val_at(&a, i), val_at(&b, k));
		if (!gone)
			rest = val_push(rest, val_copy(val_at(&a, i)));
	}
	val_free(a);
	val_free(b);
	*out = rest;
	return 0;
}

/* Objects in objects are merged too. */
static struct val merge(struct val a, struct val b)
{
	for (size_t i = 0; i < b.u.object->n; i++) {
		const struct val_pair *pair = &b.u.object->pairs[i];
		const struct val *old = val_get(&a, pair->key);
		struct val new = val_copy(&pair->v);

		if (old && old->kind == VAL_OBJECT && new.kind == VAL_OBJECT)
			new = merge(val_copy(old), new);
		a = val_set(a, pair->key, new);
	}
	val_free(b);
	return a;
}

static int repeat(struct run *r, struct val text, double times, struct val *out)
{
	struct buf b = {0};
	size_t len = text.u.string->len;

	if (!(times > 0)) {
		*out = val_null();
	} else if (times * (double)len > (double)REPEAT_MAX) {
		val_free(text);
		return run_fail(r, "a text repeated so often is too long");
	} else {
		/* As jq 1.6: at least once, and begun repetitions count. */
		do
			buf_add(&b, text.u.string->s, len);
		while (--times > 0);
		*out = val_take_buf(&b);
	}
	val_free(text);
	return 0;
}

static int multiply(struct run *r, struct val a, struct val b, struct val *out)
{
	if (a.kind == VAL_NUMBER && b.kind == VAL_NUMBER) {
		*out = val_number(a.u.number * b.u.number);
		return 0;
	}
	if (a.kind == VAL_STRING && b.kind == VAL_NUMBER)
		return repeat(r, a, b.u.number, out);
	if (a.kind == VAL_NUMBER && b.kind == VAL_STRING)
		return repeat(r, b, a.u.number, out);
	if (a.kind != VAL_OBJECT || b.kind != VAL_OBJECT)
		return refuse(r, a, b, "multiplied");
	*out = merge(a, b);
	return 0;
}

struct val native_split(const struct val *text, const struct val *by)
{
	const char *s = text->u.string->s, *end = s + text->u.string->len;
	size_t m = by->u.string->len;
	struct val parts = val_array(0);

	if (!text->u.string->len)
		return parts;
	if (!m) {
		while (s < end) {
			size_t n = 1;

			while (s + n < end && ((unsigned char)s[n] & 0xC0) == 0x80)
				n++;
			parts = val_push(parts, val_strn(s, n));
			s += n;
		}
		return parts;
	}
	for (;;) {
		const char *at = memmem(s, (size_t)(end - s), by->u.string->s, m);

		parts = val_push(parts, val_strn(s, (size_t)((at ? at : end) - s)));
		if (!at)
			return parts;
		s = at + m;
	}
}

static int divide(struct run *r, struct val a, struct val b, struct val *out)
{
	if (a.kind == VAL_STRING && b.kind == VAL_STRING) {
		*out = native_split(&a, &b);
		val_free(a);
		val_free(b);
		return 0;
	}
	if (a.kind != VAL_NUMBER || b.kind != VAL_NUMBER)
		return refuse(r, a, b, "divided");
	if (b.u.number == 0)
		return refuse(r, a, b, "divided because the divisor is zero");
	*out = val_number(a.u.number / b.u.number);
	return 0;
}

static int64_t whole(double v)
{
	if (isnan(v))
		return 0;
	return v >= 9.2e18 ? INT64_MAX : v <= -9.2e18 ? INT64_MIN : (int64_t)v;
}

static int modulo(struct run *r, struct val a, struct val b, struct val *out)
{
	int64_t x, y;

	if (a.kind != VAL_NUMBER || b.kind != VAL_NUMBER)
		return refuse(r, a, b, "divided");
	x = whole(a.u.number);
	y = whole(b.u.number);
	if (!y)
		return refuse(r, a, b, "divided because the divisor is zero");
	/* Truncated, with the sign of the dividend. */
	*out = val_number(y == -1 ? 0 : (double)(x % y));
	return 0;
}

static bool holds(int op, int c)
{
	switch (op) {
	case '=':
		return c == 0;
	case '!':
		return c != 0;
	case '<':
		return c < 0;
	case '>':
		return c > 0;
	case 'l':
		return c <= 0;
	default:
		return c >= 0;
	}
}

int native_binary(struct run *r, int op, struct val a, struct val b, struct val *out)
{
	switch (op) {
	case '+':
		return add(r, a, b, out);
	case '-':
		return subtract(r, a, b, out);
	case '*':
		return multiply(r, a, b, out);
	case '/':
		return divide(r, a, b, out);
	case '%':
		return modulo(r, a, b, out);
	default:
		*out = val_bool(holds(op, val_compare(&a, &b)));
		val_free(a);
		val_free(b);
		return 0;
	}
}
