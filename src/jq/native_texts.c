#include "config.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "jq/native.h"

/* ---- conversions ---- */

static int tojson(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct buf text = {0};

	(void)r;
	(void)args;
	val_json(&text, &in);
	val_free(in);
	*out = val_take_buf(&text);
	return 0;
}

static int tostring(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (in.kind != VAL_STRING)
		return tojson(r, in, args, out);
	*out = in;
	return 0;
}

static int fromjson(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (in.kind != VAL_STRING)
		return native_refuse(r, in, args, 0, "%s (%s) cannot be parsed as JSON",
			val_kind_name(&in), run_show(&in));
	/* jq's name for what JSON has no word for. */
	if (str_eq(in.u.string->s, "nan")) {
		*out = val_number(NAN);
	} else if (json_read(&d, in.u.string->s, in.u.string->len, "fromjson", &e)) {
		return native_refuse(r, in, args, 0, "%s", e.msg);
	} else {
		*out = val_from_doc(d);
	}
	doc_free(d);
	val_free(in);
	return 0;
}

int native_tonumber(struct run *r, struct val in, struct val *args, struct val *out)
{
	const char *s;
	char *end;
	double v;

	if (in.kind == VAL_NUMBER) {
		*out = in;
		return 0;
	}
	if (in.kind != VAL_STRING)
		return native_refuse(r, in, args, 0, "%s (%s) cannot be parsed as a number",
			val_kind_name(&in), run_show(&in));
	s = in.u.string->s;
	v = strtod(s, &end);
	/* No hexadecimal, no words, nothing before or behind. */
	if (end == s || *end || (size_t)(end - s) != in.u.string->len ||
		strspn(s, "0123456789+-.eE") != in.u.string->len)
		return native_refuse(
			r, in, args, 0, "Cannot be parsed as a number: %s", run_show(&in));
	val_free(in);
	*out = val_number(v);
	return 0;
}

static int type_of(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	(void)args;
	*out = val_str(val_kind_name(&in));
	val_free(in);
	return 0;
}

static int not(struct run * r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	(void)args;
	*out = val_bool(!val_truthy(&in));
	val_free(in);
	return 0;
}

/* ---- letters ---- */

static int change_case(
	struct run *r, struct val in, int (*change)(int), const char *name, struct val *out)
{
	struct val new;

	if (in.kind != VAL_STRING)
		return native_refuse(r, in, NULL, 0, "%s input must be a string", name);
	new = val_strn(in.u.string->s, in.u.string->len);
	for (size_t i = 0; i < new.u.string->len; i++)
		if ((unsigned char)new.u.string->s[i] < 0x80)
			new.u.string->s[i] = (char)change((unsigned char)new.u.string->s[i]);
	val_free(in);
	*out = new;
	return 0;
}

static int downcase(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return change_case(r, in, tolower, "ascii_downcase", out);
}

static int upcase(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return change_case(r, in, toupper, "ascii_upcase", out);
}

static uint32_t decode(const char *s, size_t n, size_t *used)
{
	unsigned char c = (unsigned char)s[0];
	size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	uint32_t v = want == 1 ? c : c & (0xFFu >> (want + 1));

	*used = want < n ? want : n;
	for (size_t i = 1; i < *used; i++)
		v = v << 6 | ((unsigned char)s[i] & 63);
	return v;
}

static int explode(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val list;
	size_t used;

	if (in.kind != VAL_STRING)
		return native_refuse(r, in, args, 0, "%s (%s) cannot be exploded",
			val_kind_name(&in), run_show(&in));
	list = val_array(in.u.string->len);
	for (size_t i = 0; i < in.u.string->len; i += used)
		list = val_push(
			list, val_number(decode(in.u.string->s + i, in.u.string->len - i, &used)));
	val_free(in);
	*out = list;
	return 0;
}

static int implode(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct buf text = {0};

	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 0, "implode input must be an array");
	for (size_t i = 0; i < val_len(&in); i++) {
		const struct val *at = val_at(&in, i);

		if (at->kind != VAL_NUMBER) {
			buf_finish(&text);
			return native_refuse(r, in, args, 0, "Unicode codepoint must be numeric");
		}
		buf_add_utf8(
			&text, at->u.number >= 0 && at->u.number < 0x110000 &&
					       !(at->u.number >= 0xD800 && at->u.number < 0xE000)
				       ? (uint32_t)at->u.number
				       : 0xFFFD);
	}
	val_free(in);
	*out = val_take_buf(&text);
	return 0;
}

static int utf8bytelength(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (in.kind != VAL_STRING)
		return native_refuse(r, in, args, 0, "%s (%s) only strings have UTF-8 byte length",
			val_kind_name(&in), run_show(&in));
	*out = val_number((double)in.u.string->len);
	val_free(in);
	return 0;
}

/* ---- beginnings and ends ---- */

static bool begins(const struct val *s, const struct val *with)
{
	return s->u.string->len >= with->u.string->len &&
	       !memcmp(s->u.string->s, with->u.string->s, with->u.string->len);
}

static bool ends(const struct val *s, const struct val *with)
{
	size_t n = s->u.string->len, m = with->u.string->len;

	return n >= m && !memcmp(s->u.string->s + n - m, with->u.string->s, m);
}

static bool both_texts(const struct val *a, const struct val *b)
{
	return a->kind == VAL_STRING && b->kind == VAL_STRING;
}

static int startswith(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (!both_texts(&in, &args[0]))
		return native_refuse(r, in, args, 1, "startswith() requires string inputs");
	*out = val_bool(begins(&in, &args[0]));
	val_free(in);
	val_free(args[0]);
	return 0;
}

static int endswith(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (!both_texts(&in, &args[0]))
		return native_refuse(r, in, args, 1, "endswith() requires string inputs");
	*out = val_bool(ends(&in, &args[0]));
	val_free(in);
	val_free(args[0]);
	return 0;
}

static int ltrimstr(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	if (both_texts(&in, &args[0]) && begins(&in, &args[0])) {
		size_t m = args[0].u.string->len;

		*out = val_strn(in.u.string->s + m, in.u.string->len - m);
		val_free(in);
	} else {
		*out = in;
	}
	val_free(args[0]);
	return 0;
}

static int rtrimstr(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	if (both_texts(&in, &args[0]) && ends(&in, &args[0])) {
		*out = val_strn(in.u.string->s, in.u.string->len - args[0].u.string->len);
		val_free(in);
	} else {
		*out = in;
	}
	val_free(args[0]);
	return 0;
}

/* ---- taking apart and joining ---- */

static int split(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (!both_texts(&in, &args[0]))
		return native_refuse(r, in, args, 1, "split input and separator must be strings");
	*out = native_split(&in, &args[0]);
	val_free(in);
	val_free(args[0]);
	return 0;
}

/* null counts as an empty text, numbers and booleans as they are written. */
static int join(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct buf text = {0};

	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 1, "Cannot iterate over %s", val_kind_name(&in));
	if (args[0].kind != VAL_STRING && val_len(&in))
		return native_refuse(r, in, args, 1, "join's separator must be a string");
	for (size_t i = 0; i < val_len(&in); i++) {
		const struct val *at = val_at(&in, i);

		if (i)
			buf_add(&text, args[0].u.string->s, args[0].u.string->len);
		if (at->kind == VAL_STRING) {
			buf_add(&text, at->u.string->s, at->u.string->len);
		} else if (at->kind == VAL_ARRAY || at->kind == VAL_OBJECT) {
			buf_finish(&text);
			return native_refuse(
				r, in, args, 1, "string and %s cannot be added", val_kind_name(at));
		} else if (at->kind != VAL_NULL) {
			val_json(&text, at);
		}
	}
	val_free(in);
	val_free(args[0]);
	*out = val_take_buf(&text);
	return 0;
}

const struct native native_texts[] = {
	{"tojson", 0, tojson, NULL},
	{"fromjson", 0, fromjson, NULL},
	{"tostring", 0, tostring, NULL},
	{"tonumber", 0, native_tonumber, NULL},
	{"type", 0, type_of, NULL},
	{"not", 0, not, NULL},
	{"ascii_downcase", 0, downcase, NULL},
	{"ascii_upcase", 0, upcase, NULL},
	{"explode", 0, explode, NULL},
	{"implode", 0, implode, NULL},
	{"utf8bytelength", 0, utf8bytelength, NULL},
	{"startswith", 1, startswith, NULL},
	{"endswith", 1, endswith, NULL},
	{"ltrimstr", 1, ltrimstr, NULL},
	{"rtrimstr", 1, rtrimstr, NULL},
	{"split", 1, split, NULL},
	{"join", 1, join, NULL},
	{NULL, 0, NULL, NULL},
};
