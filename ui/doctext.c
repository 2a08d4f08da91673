#include "config.h"

#include "ui/doctext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/markdown.h"

#define COLUMNS_MAX 12 /* of a table; what is behind is drawn without alignment */

static void add_words(struct text *t, const char *line, size_t n)
{
	char *words = xstrndup(line, n);

	text_words(t, AS_TEXT, words);
	free(words);
}

static void add_lines(struct text *t, const char *s, size_t n, bool prose)
{
	struct buf safe = {0};

	safe_lines(&safe, s, n, SAFE_TEXT);
	for (const char *line = buf_str(&safe); *line;) {
		size_t len = strcspn(line, "\n");

		text_to(t, t->indent);
		if (prose)
			add_words(t, line, len);
		else
			text_addn(t, AS_TEXT, line, len);
		text_break(t);
		line += len + (line[len] == '\n');
	}
	buf_finish(&safe);
}

void doctext_plain(struct text *t, const char *s, size_t n)
{
	add_lines(t, s, n, false);
}

void doctext_prose(struct text *t, const char *s, size_t n)
{
	add_lines(t, s, n, true);
}

static enum role_id style_role(enum markdown_style s, enum role_id plain)
{
	switch (s) {
	case MARKDOWN_STRONG:
	case MARKDOWN_EMPHASIS:
		return AS_STRONG;
	case MARKDOWN_CODE:
		return AS_CODE;
	case MARKDOWN_LINK:
		return AS_LINK;
	case MARKDOWN_PLAIN:
	case MARKDOWN_CELL:
		break;
	}
	return plain;
}

static void add_spans(struct text *t, const struct markdown_line *l, enum role_id plain)
{
	for (size_t i = 0; i < l->span_count; i++) {
		enum role_id role = style_role(l->spans[i].style, plain);
		const char *s = l->spans[i].text;

		for (;;) { /* hard breaks */
			const char *newline = strchr(s, '\n');
			struct buf row = {0};

			buf_add(&row, s, newline ? (size_t)(newline - s) : strlen(s));
			text_words(t, role, buf_str(&row));
			buf_finish(&row);
			if (!newline)
				break;
			text_break(t);
			text_to(t, t->indent);
			s = newline + 1;
		}
	}
}

static void add_item(struct text *t, const struct markdown_line *l)
{
	int at = 1 + 2 * (l->depth - 1);
	char number[16];

	text_to(t, at);
	if (l->first && l->box != MARKDOWN_NO_BOX)
		text_add(t, AS_KEY, l->box == MARKDOWN_BOX_DONE ? "☑ " : "☐ ");
	if (l->first && l->number) {
		snprintf(number, sizeof number, "%d. ", l->number);
		text_add(t, AS_KEY, number);
	} else if (l->first && l->box == MARKDOWN_NO_BOX) {
		text_add(t, AS_KEY, "• ");
	} else if (!l->first) {
		text_to(t, at + 2);
	}
	t->indent = t->column;
	add_spans(t, l, AS_TEXT);
	t->indent = 0;
	text_break(t);
}

static void measure_row(
	const struct text *t, const struct markdown_line *l, int widths[COLUMNS_MAX])
{
	int column = 0, cells = 0;

	for (size_t i = 0; i < l->span_count && column < COLUMNS_MAX; i++) {
		if (l->spans[i].style != MARKDOWN_CELL) {
			cells += canvas_cells(t->measure, l->spans[i].text);
			continue;
		}
		if (cells > widths[column])
			widths[column] = cells;
		column++;
		cells = 0;
	}
}

static void add_row(struct text *t, const struct markdown_line *l, const int widths[COLUMNS_MAX])
{
	enum role_id plain = l->block == MARKDOWN_TABLE_HEAD ? AS_STRONG : AS_TEXT;
	int column = 0, at = 1;

	text_to(t, at);
	t->indent = 3;
	for (size_t i = 0; i < l->span_count; i++) {
		if (l->spans[i].style != MARKDOWN_CELL) {
			text_words(t, style_role(l->spans[i].style, plain), l->spans[i].text);
			continue;
		}
		at += (column < COLUMNS_MAX ? widths[column] : 0) + 2;
		column++;
		if (i + 1 < l->span_count && t->column < at)
			text_to(t, at);
	}
	t->indent = 0;
	text_break(t);
}

/* A table from line i on; returns the line behind it. */
static size_t add_table(struct text *t, const struct markdown *m, size_t i)
{
	int widths[COLUMNS_MAX] = {0}, all = 1;
	size_t end = i;

	while (end < m->line_count && (m->lines[end].block == MARKDOWN_TABLE_HEAD ||
					      m->lines[end].block == MARKDOWN_TABLE_ROW))
		measure_row(t, &m->lines[end++], widths);
	for (int k = 0; k < COLUMNS_MAX && widths[k]; k++)
		all += widths[k] + 2;
	for (; i < end; i++) {
		add_row(t, &m->lines[i], widths);
		if (m->lines[i].block != MARKDOWN_TABLE_HEAD)
			continue;
		text_add(t, AS_FRAME, " ");
		for (int k = 1; k < all - 2 && (t->wrap <= 0 || k < t->wrap); k++)
			text_add(t, AS_FRAME, "─");
		text_break(t);
	}
	return end;
}

static void add_line(struct text *t, const struct markdown_line *l)
{
	switch (l->block) {
	case MARKDOWN_HEADING:
		text_last(t)->mark = true;
		text_add(t, AS_TEXT, " ");
		t->indent = 1;
		add_spans(t, l, AS_HEADING);
		break;
	case MARKDOWN_ITEM:
		add_item(t, l);
		return;
	case MARKDOWN_CODE_LINE:
		text_to(t, 3);
		t->indent = 5;
		for (size_t i = 0; i < l->span_count; i++)
			text_add(t, AS_CODE, l->spans[i].text);
		break;
	case MARKDOWN_QUOTE:
		text_add(t, AS_FRAME, " │ ");
		t->indent = 3;
		add_spans(t, l, AS_DIM);
		break;
	case MARKDOWN_RULE:
		text_add(t, AS_FRAME, " ────────");
		break;
	case MARKDOWN_PARAGRAPH:
	case MARKDOWN_TABLE_HEAD:
	case MARKDOWN_TABLE_ROW:
		text_add(t, AS_TEXT, " ");
		t->indent = 1;
		add_spans(t, l, AS_TEXT);
		break;
	}
	t->indent = 0;
	text_break(t);
}

void doctext_markdown(struct text *t, const char *markdown, size_t n)
{
	struct markdown m;
	struct err e;

	if (markdown_read(&m, markdown, n, &e) < 0) {
		doctext_plain(t, markdown, n);
		return;
	}
	for (size_t i = 0; i < m.line_count;) {
		if (m.lines[i].loose && t->line_count)
			text_break(t);
		if (m.lines[i].block == MARKDOWN_TABLE_HEAD)
			i = add_table(t, &m, i);
		else
			add_line(t, &m.lines[i++]);
	}
	if (m.cut) {
		text_add(t, AS_WARN, " more was there than can be shown");
		text_break(t);
	}
	markdown_finish(&m);
}
