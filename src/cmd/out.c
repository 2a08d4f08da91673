#include "config.h"

#include "cmd/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "model/view.h"

static void put(FILE *to, const char *s, size_t n)
{
	struct buf safe = {0};

	safe_lines(&safe, s, n, SAFE_TEXT);
	fwrite(buf_str(&safe), 1, safe.len, to);
	buf_finish(&safe);
}

void out_text(const char *s, size_t n)
{
	put(stdout, s, n);
}

void out_printf(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	put(stdout, text, strlen(text));
	free(text);
}

__attribute__((format(printf, 2, 0))) static void put_err(
	const char *prefix, const char *fmt, va_list ap)
{
	char *text = xvasprintf(fmt, ap);

	fflush(stdout);
	fputs(prefix, stderr);
	put(stderr, text, strlen(text));
	fputc('\n', stderr);
	free(text);
}

void out_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_err("opsdeck: ", fmt, ap);
	va_end(ap);
}

void out_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_err("", fmt, ap);
	va_end(ap);
}

/* ---- JSON ---- */

static void put_escaped(struct buf *out, int32_t cp)
{
	if (cp >= 0x10000) {
		cp -= 0x10000;
		buf_addf(out, "\\u%04x\\u%04x", 0xd800u + ((unsigned)cp >> 10),
			0xdc00u + ((unsigned)cp & 0x3ff));
		return;
	}
	buf_addf(out, "\\u%04x", (unsigned)cp);
}

/* Non-ASCII stands in strings only, so that it can be escaped without reading the JSON. */
void out_json(const struct doc *d)
{
	struct buf json = {0}, out = {0};
	size_t at = 0;

	json_write_pretty(&json, d);
	while (at < json.len) {
		int32_t cp;
		size_t n = safe_decode(json.data + at, json.len - at, &cp);

		if (cp >= 0x80 && !safe_width(cp))
			put_escaped(&out, cp);
		else if (cp == 0x7f)
			put_escaped(&out, cp);
		else
			buf_add(&out, json.data + at, n);
		at += n;
	}
	fwrite(buf_str(&out), 1, out.len, stdout);
	buf_finish(&json);
	buf_finish(&out);
}

/* ---- diffs and views ---- */

static char sign_of(enum diff_kind k)
{
	switch (k) {
	case DIFF_SAME:
		return ' ';
	case DIFF_REMOVED:
		return '-';
	case DIFF_ADDED:
		return '+';
	case DIFF_FILE:
	case DIFF_NOTE:
	case DIFF_KIND_COUNT:
		break;
	}
	return '#';
}

void out_diff(const struct diff *d)
{
	for (size_t i = 0; i < d->line_count; i++) {
		const struct diff_line *l = &d->lines[i];

		if (l->kind == DIFF_FILE)
			out_printf("--- %s\n", l->text);
		else
			out_printf("%c%s\n", sign_of(l->kind), l->text);
	}
}

void out_diff_doc(const struct doc *doc)
{
	struct diff *d;
	struct err e;

	if (doc_kind(doc) == DOC_NULL)
		out_printf("# too large to be shown here\n");
	else if (diff_from_doc(&d, doc, &e))
		out_printf("# %s\n", e.msg);
	else {
		out_diff(d);
		diff_free(d);
	}
}

static const char *view_prefix(enum view_kind k)
{
	switch (k) {
	case VIEW_TITLE:
		return "";
	case VIEW_KEY:
		return "  ";
	case VIEW_HEAD:
		return "\n--- ";
	case VIEW_SAME:
		return " ";
	case VIEW_REMOVED:
		return "-";
	case VIEW_ADDED:
		return "+";
	case VIEW_NOTE:
		return "# ";
	case VIEW_TEXT:
		return "  | ";
	case VIEW_WARN:
		return "! ";
	case VIEW_END:
	case VIEW_KIND_COUNT:
		break;
	}
	return "";
}

void out_view(const struct view *v)
{
	for (size_t i = 0; i < v->line_count; i++) {
		const struct view_line *l = &v->lines[i];
		const char *tab = l->kind == VIEW_KEY ? strchr(l->text, '\t') : NULL;

		if (tab)
			out_printf("  %-10.*s %s\n", (int)(tab - l->text), l->text, tab + 1);
		else
			out_printf("%s%s\n", view_prefix(l->kind), l->text);
	}
}

/* ---- tables ---- */

void out_row(struct out_table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		struct buf safe = {0};
		const char *s = cells[i] ? cells[i] : "";

		safe_text(&safe, s, strlen(s), SAFE_TEXT);
		*ARR_ADD(t->cells, t->count, t->cap) = buf_take(&safe);
	}
}

void out_table_end(struct out_table *t)
{
	size_t *width = xcalloc(t->columns + 1, sizeof *width);

	for (size_t i = 0; i < t->count; i++) {
		size_t cells = safe_cells(t->cells[i]);

		if (cells > width[i % t->columns])
			width[i % t->columns] = cells;
	}
	for (size_t i = 0; i < t->count; i++) {
		size_t column = i % t->columns;

		fputs(t->cells[i], stdout);
		if (column + 1 == t->columns)
			fputc('\n', stdout);
		else
			printf("%*s", (int)(width[column] - safe_cells(t->cells[i]) + 2), "");
		free(t->cells[i]);
	}
	free(t->cells);
	free(width);
	*t = (struct out_table){.columns = t->columns};
}

const char *out_age(char *text, size_t size, int64_t at_ms)
{
	char age[AGE_MAX];

	if (!at_ms) {
		snprintf(text, size, "never");
		return text;
	}
	age_format(age, clock_wall(clock_system()) - at_ms);
	snprintf(text, size, "%s", age);
	return text;
}
