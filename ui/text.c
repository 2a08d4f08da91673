#include "config.h"

#include "ui/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LINES_MAX 400000 /* what one view may hold; more is said, not shown */

void text_init(struct text *t, const struct canvas *measure, int wrap)
{
	*t = (struct text){.measure = measure, .wrap = wrap};
}

void text_clear(struct text *t)
{
	for (size_t i = 0; i < t->line_count; i++) {
		for (size_t k = 0; k < t->lines[i].span_count; k++)
			free(t->lines[i].spans[k].s);
		free(t->lines[i].spans);
	}
	t->line_count = t->seen_count = 0;
	t->column = 0;
	t->indent = 0;
	t->open = false;
}

void text_finish(struct text *t)
{
	text_clear(t);
	free(t->lines);
	*t = (struct text){0};
}

struct text_line *text_last(struct text *t)
{
	if (!t->open) {
		*ARR_ADD(t->lines, t->line_count, t->line_cap) = (struct text_line){0};
		t->open = true;
		t->column = 0;
	}
	return &t->lines[t->line_count - 1];
}

void text_break(struct text *t)
{
	text_last(t);
	t->open = false;
	t->column = 0;
}

static void put(struct text *t, enum role_id role, const char *s, size_t n, int cells)
{
	struct text_line *line = text_last(t);
	struct text_span *span = ARR_ADD(line->spans, line->span_count, line->span_cap);

	span->role = role;
	span->s = xstrndup(s, n);
	t->column += cells;
}

void text_to(struct text *t, int column)
{
	text_last(t);
	while (t->column < column) {
		int n = column - t->column < 32 ? column - t->column : 32;

		put(t, AS_TEXT, "                                ", (size_t)n, n);
	}
}

/* The line went on: a new one with the same ground, indented. */
static void carry_on(struct text *t)
{
	enum role_id ground = text_last(t)->ground;

	text_break(t);
	text_last(t)->ground = ground;
	text_to(t, t->indent < t->wrap ? t->indent : 0);
}

static void add_row(struct text *t, enum role_id role, const char *s, size_t n)
{
	text_last(t);
	if (t->line_count >= LINES_MAX)
		return;
	while (n) {
		int used = 0;
		size_t take = n;

		if (t->wrap > 0) {
			if (t->column >= t->wrap)
				carry_on(t);
			take = canvas_take(t->measure, s, n, t->wrap - t->column, &used);
			if (used > t->wrap - t->column && t->column > t->indent) {
				carry_on(t);
				take = canvas_take(t->measure, s, n, t->wrap - t->column, &used);
			}
		} else {
			used = canvas_cellsn(t->measure, s, n, SAFE_TEXT);
		}
		put(t, role, s, take, used);
		s += take;
		n -= take;
	}
}

void text_addn(struct text *t, enum role_id role, const char *s, size_t n)
{
	for (;;) {
		const char *newline = n ? memchr(s, '\n', n) : NULL;
		size_t row = newline ? (size_t)(newline - s) : n;

		add_row(t, role, s, row);
		if (!newline)
			return;
		text_break(t);
		s += row + 1;
		n -= row + 1;
	}
}

void text_add(struct text *t, enum role_id role, const char *s)
{
	text_addn(t, role, s, strlen(s));
}

void text_addf(struct text *t, enum role_id role, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	text_add(t, role, s);
	free(s);
}

void text_words(struct text *t, enum role_id role, const char *s)
{
	text_last(t);
	while (*s) {
		size_t word = strcspn(s, " \n"), blanks;
		int cells = canvas_cellsn(t->measure, s, word, SAFE_TEXT);

		if (t->wrap > 0 && t->column > t->indent && t->column + cells > t->wrap)
			carry_on(t);
		add_row(t, role, s, word);
		s += word;
		blanks = strspn(s, " \n");
		for (size_t i = 0; i < blanks && (t->wrap <= 0 || t->column < t->wrap); i++)
			put(t, role, " ", 1, 1);
		s += blanks;
	}
}

static void draw_line(
	const struct text *t, const struct text_line *line, struct canvas *c, struct rect at, int y)
{
	int x = at.x - t->left, limit = at.x + at.w;

	for (size_t i = 0; i < line->span_count && x < limit; i++) {
		const char *s = line->spans[i].s;
		int cells = canvas_cells(c, s);

		/* What is scrolled away on the left is not drawn over the neighbours. */
		while (x < at.x && *s) {
			int used;

			s += canvas_take(c, s, strlen(s), 1, &used);
			cells -= used;
			x += used;
		}
		if (cells > 0)
			x = canvas_text(c, x, y, limit, line->spans[i].role, s);
	}
	if (line->ground != AS_TEXT)
		canvas_ground(c, at.x, y, at.w, line->ground);
}

void text_draw(struct text *t, struct canvas *c, struct rect at)
{
	t->height = at.h;
	text_scroll(t, 0);
	for (int y = 0; y < at.h && t->top + (size_t)y < t->line_count; y++) {
		struct text_line *line = &t->lines[t->top + (size_t)y];

		if (at.y + y >= c->h || at.w < 1)
			continue;
		draw_line(t, line, c, at, at.y + y);
		t->seen_count += !line->seen;
		line->seen = true;
	}
	if (t->line_count && t->seen_count == t->line_count && t->lines[t->line_count - 1].end)
		t->end_seen = true;
}

bool text_unseen(const struct text *t, size_t *first, size_t *last)
{
	size_t i = 0, k;

	while (i < t->line_count && t->lines[i].seen)
		i++;
	for (k = i; k < t->line_count && !t->lines[k].seen;)
		k++;
	*first = i + 1;
	*last = k;
	return i < t->line_count;
}

void text_scroll(struct text *t, long rows)
{
	long most = (long)t->line_count - t->height, top = (long)t->top + rows;

	if (top > most)
		top = most;
	t->top = top < 0 ? 0 : (size_t)top;
}

void text_next_mark(struct text *t, bool back)
{
	size_t i = t->top;

	for (;;) {
		if (back ? i == 0 : i + 1 >= t->line_count)
			return;
		i = back ? i - 1 : i + 1;
		if (t->lines[i].mark)
			break;
	}
	t->top = i;
	text_scroll(t, 0);
}
