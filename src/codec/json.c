#include "config.h"

#include "codec/json.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/doc.h"

#define DEPTH_MAX 64

static struct doc *from_jansson(const json_t *j, bool ints_as_reals, int depth);

static struct doc *from_list(const json_t *j, bool ints_as_reals, int depth)
{
	struct doc *d = doc_new_list();

	for (size_t i = 0; i < json_array_size(j); i++) {
		struct doc *v = from_jansson(json_array_get(j, i), ints_as_reals, depth);

		if (!v) {
			doc_free(d);
			return NULL;
		}
		doc_push(d, v);
	}
	return d;
}

static struct doc *from_map(const json_t *j, bool ints_as_reals, int depth)
{
	struct doc *d = doc_new_map();
	/* jansson's iterators want a pointer without const, but do not write through it. */
	void *it = json_object_iter((json_t *)(uintptr_t)j);

	for (; it; it = json_object_iter_next((json_t *)(uintptr_t)j, it)) {
		struct doc *v = from_jansson(json_object_iter_value(it), ints_as_reals, depth);

		if (!v) {
			doc_free(d);
			return NULL;
		}
		doc_set(d, json_object_iter_key(it), v);
	}
	return d;
}

static struct doc *from_real(double v, bool ints_as_reals)
{
	if (ints_as_reals && v >= -0x1p53 && v <= 0x1p53 && floor(v) >= v)
		return doc_new_int((int64_t)v);
	return doc_new_real(v);
}

/* NULL: nested too deep. */
static struct doc *from_jansson(const json_t *j, bool ints_as_reals, int depth)
{
	if (depth >= DEPTH_MAX && (json_is_object(j) || json_is_array(j)))
		return NULL;
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return from_map(j, ints_as_reals, depth + 1);
	case JSON_ARRAY:
		return from_list(j, ints_as_reals, depth + 1);
	case JSON_STRING:
		return doc_new_strn(json_string_value(j), json_string_length(j));
	case JSON_INTEGER:
		return doc_new_int(json_integer_value(j));
	case JSON_REAL:
		return from_real(json_real_value(j), ints_as_reals);
	case JSON_TRUE:
		return doc_new_bool(true);
	case JSON_FALSE:
		return doc_new_bool(false);
	case JSON_NULL:
		return doc_new_null();
	}
	return NULL;
}

static int read_with(
	struct doc **out, const char *s, size_t n, size_t more, const char *name, struct err *e)
{
	const size_t flags = more | JSON_DECODE_ANY | JSON_ALLOW_NUL;
	json_error_t why;
	bool ints_as_reals = false;
	json_t *j = json_loadb(s ? s : "", n, flags, &why);

	*out = NULL;
	if (!j && json_error_code(&why) == json_error_numeric_overflow) {
		/* An integer outside int64: read once more, and turn back what is surely one. */
		ints_as_reals = true;
		j = json_loadb(s, n, flags | JSON_DECODE_INT_AS_REAL, &why);
	}
	if (!j)
		return err_set(e, ERR_INPUT, "%s:%d:%d: %s", name, why.line > 0 ? why.line : 1,
			why.column > 0 ? why.column : 1, why.text);
	*out = from_jansson(j, ints_as_reals, 0);
	json_decref(j);
	if (!*out)
		return err_set(e, ERR_INPUT, "%s: nested deeper than %d levels", name, DEPTH_MAX);
	return 0;
}

int json_read(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	return read_with(out, s, n, JSON_REJECT_DUPLICATES, name, e);
}

int json_read_foreign(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	return read_with(out, s, n, 0, name, e);
}

static void write_escaped(struct buf *out, int32_t cp, const char *raw, size_t n)
{
	static const char *const shorts[] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};

	if (cp < 0)
		buf_adds(out, "\xEF\xBF\xBD");
	else if (cp == '"' || cp == '\\')
		buf_addf(out, "\\%c", (int)cp);
	else if (cp < 0x20 && (size_t)cp < sizeof shorts / sizeof *shorts && shorts[cp])
		buf_adds(out, shorts[cp]);
	else if (cp < 0x20 || cp == 0x7F)
		buf_addf(out, "\\u%04x", (unsigned)cp);
	else
		buf_add(out, raw, n);
}

void json_write_str(struct buf *out, const char *s, size_t n)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < n;) {
		size_t plain = i, used;
		int32_t cp;

		while (plain < n && s[plain] >= 0x20 && s[plain] < 0x7F && s[plain] != '"' &&
			s[plain] != '\\')
			plain++;
		if (plain > i) {
			buf_add(out, s + i, plain - i);
			i = plain;
			continue;
		}
		used = safe_decode(s + i, n - i, &cp);
		write_escaped(out, cp, s + i, used);
		i += used;
	}
	buf_addc(out, '"');
}

static void write_real(struct buf *out, double v)
{
	char text[40];
	int digits = 15;

	if (!isfinite(v)) { /* JSON has no word for it */
		buf_adds(out, "null");
		return;
	}
	do
		snprintf(text, sizeof text, "%.*g", digits, v);
	while (digits++ < 17 && (strtod(text, NULL) < v || strtod(text, NULL) > v));
	for (char *p = text; *p; p++) { /* a locale's decimal comma */
		if (*p == ',')
			*p = '.';
	}
	buf_adds(out, text);
	if (!strpbrk(text, ".e"))
		buf_adds(out, ".0");
}

static int by_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct style {
	bool sorted;
	int indent; /* blanks a level; 0: one line */
};

static void write_value(struct buf *out, const struct doc *d, struct style style, int level);

static void break_line(struct buf *out, struct style style, int level)
{
	if (!style.indent)
		return;
	buf_addc(out, '\n');
	for (int i = 0; i < style.indent * level; i++)
		buf_addc(out, ' ');
}

static void write_map(struct buf *out, const struct doc *d, struct style style, int level)
{
	size_t n = doc_len(d);
	const char **keys = xcalloc(n + 1, sizeof *keys);

	for (size_t i = 0; i < n; i++)
		keys[i] = doc_key(d, i);
	if (style.sorted)
		qsort(keys, n, sizeof *keys, by_key);
	buf_addc(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		break_line(out, style, level + 1);
		json_write_str(out, keys[i], strlen(keys[i]));
		buf_adds(out, style.indent ? ": " : ":");
		write_value(out, doc_get(d, keys[i]), style, level + 1);
	}
	if (n)
		break_line(out, style, level);
	buf_addc(out, '}');
	free(keys);
}

static void write_list(struct buf *out, const struct doc *d, struct style style, int level)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < doc_len(d); i++) {
		if (i)
			buf_addc(out, ',');
		break_line(out, style, level + 1);
		write_value(out, doc_at(d, i), style, level + 1);
	}
	if (doc_len(d))
		break_line(out, style, level);
	buf_addc(out, ']');
}

static void write_value(struct buf *out, const struct doc *d, struct style style, int level)
{
	switch (doc_kind(d)) {
	case DOC_NULL:
		buf_adds(out, "null");
		return;
	case DOC_BOOL:
		buf_adds(out, doc_bool(d) ? "true" : "false");
		return;
	case DOC_INT:
		buf_addf(out, "%lld", (long long)doc_int(d));
		return;
	case DOC_REAL:
		write_real(out, doc_real(d));
		return;
	case DOC_STRING:
		json_write_str(out, doc_str(d), doc_str_len(d));
		return;
	case DOC_LIST:
		write_list(out, d, style, level);
		return;
	case DOC_MAP:
		write_map(out, d, style, level);
		return;
	}
}

void json_write(struct buf *out, const struct doc *d)
{
	write_value(out, d, (struct style){0}, 0);
}

void json_write_canonical(struct buf *out, const struct doc *d)
{
	write_value(out, d, (struct style){.sorted = true}, 0);
}

void json_write_pretty(struct buf *out, const struct doc *d)
{
	write_value(out, d, (struct style){.indent = 2}, 0);
	buf_addc(out, '\n');
}
