#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"
#include "jq/native.h"

static void escape_html(struct buf *out, const struct val_string *s)
{
	for (size_t i = 0; i < s->len; i++) {
		const char *known = s->s[i] ? strchr("<>&'\"", s->s[i]) : NULL;
		static const char *const words[] = {"&lt;", "&gt;", "&amp;", "&#39;", "&quot;"};
		static const char signs[] = "<>&'\"";

		if (known)
			buf_adds(out, words[strchr(signs, s->s[i]) - signs]);
		else
			buf_addc(out, s->s[i]);
	}
}

static void escape_uri(struct buf *out, const struct val_string *s)
{
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->s[i];

		if (c < 0x80 && (isalnum(c) || strchr("-_.~", c)) && c)
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

static void add_base64(struct buf *out, const struct val_string *s)
{
	static const char signs[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s->len; i += 3) {
		uint32_t v = 0;
		size_t n = s->len - i < 3 ? s->len - i : 3;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < n ? (unsigned char)s->s[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_addc(out, k <= n ? signs[v >> (18 - 6 * k) & 63] : '=');
	}
}

static int from_base64(struct run *r, struct val in, struct val *out)
{
	struct buf text = {0};
	uint32_t v = 0;
	int bits = 0;

	for (size_t i = 0; i < in.u.string->len && in.u.string->s[i] != '='; i++) {
		unsigned char c = (unsigned char)in.u.string->s[i];
		int d = c >= 'A' && c <= 'Z'   ? c - 'A'
			: c >= 'a' && c <= 'z' ? c - 'a' + 26
			: c >= '0' && c <= '9' ? c - '0' + 52
			: c == '+'	       ? 62
			: c == '/'	       ? 63
					       : -1;

		if (d < 0) {
			buf_finish(&text);
			return native_refuse(r, in, NULL, 0, "string (%s) is not valid base64 data",
				run_show(&in));
		}
		v = v << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(&text, (char)(v >> bits & 255));
		}
	}
	val_free(in);
	*out = val_take_buf(&text);
	return 0;
}

static void add_quoted(struct buf *out, const struct val_string *s, char quote, const char *twice)
{
	buf_addc(out, quote);
	for (size_t i = 0; i < s->len; i++) {
		if (s->s[i] == quote)
			buf_adds(out, twice);
		else
			buf_addc(out, s->s[i]);
	}
	buf_addc(out, quote);
}

static void add_tsv(struct buf *out, const struct val_string *s)
{
	static const char from[] = "\t\n\r\\", to[] = "tnr\\";

	for (size_t i = 0; i < s->len; i++) {
		const char *known = s->s[i] ? strchr(from, s->s[i]) : NULL;

		if (known)
			buf_addf(out, "\\%c", to[known - from]);
		else
			buf_addc(out, s->s[i]);
	}
}

/* A row of @csv, @tsv or @sh. */
static int row(struct run *r, const char *format, struct val in, struct val *out)
{
	struct buf text = {0};
	char kind = format[1] == 's' ? 's' : format[1];

	if (in.kind != VAL_ARRAY && kind == 's')
		in = val_push(val_array(1), in);
	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, NULL, 0,
			"%s (%s) cannot be %s-formatted, only an array can be", val_kind_name(&in),
			run_show(&in), format + 1);
	for (size_t i = 0; i < val_len(&in); i++) {
		const struct val *at = val_at(&in, i);

		if (i)
			buf_addc(&text, kind == 'c' ? ',' : kind == 't' ? '\t' : ' ');
		if (at->kind == VAL_ARRAY || at->kind == VAL_OBJECT) {
			buf_finish(&text);
			return native_refuse(r, in, NULL, 0, "%s cannot stand in a %s row",
				val_kind_name(at), format + 1);
		}
		if (at->kind == VAL_STRING && kind == 'c')
			add_quoted(&text, at->u.string, '"', "\"\"");
		else if (at->kind == VAL_STRING && kind == 's')
			add_quoted(&text, at->u.string, '\'', "'\\''");
		else if (at->kind == VAL_STRING)
			add_tsv(&text, at->u.string);
		else if (at->kind != VAL_NULL || kind == 's')
			val_json(&text, at);
	}
	val_free(in);
	*out = val_take_buf(&text);
	return 0;
}

static int as_json(struct val v, struct val *out)
{
	struct buf text = {0};

	val_json(&text, &v);
	val_free(v);
	*out = val_take_buf(&text);
	return 0;
}

int native_format(struct run *r, const char *format, struct val v, struct val *out)
{
	struct buf text = {0};

	if (str_eq(format, "@json"))
		return as_json(v, out);
	if (str_eq(format, "@csv") || str_eq(format, "@tsv") || str_eq(format, "@sh"))
		return row(r, format, v, out);
	if (v.kind != VAL_STRING)
		as_json(v, &v);
	if (str_eq(format, "@text")) {
		*out = v;
		return 0;
	}
	if (str_eq(format, "@base64d"))
		return from_base64(r, v, out);
	if (str_eq(format, "@html"))
		escape_html(&text, v.u.string);
	else if (str_eq(format, "@uri"))
		escape_uri(&text, v.u.string);
	else if (str_eq(format, "@base64"))
		add_base64(&text, v.u.string);
	else
		return native_refuse(r, v, NULL, 0, "%s is not a valid format", format + 1);
	val_free(v);
	*out = val_take_buf(&text);
	return 0;
}
