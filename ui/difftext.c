#include "config.h"

#include "ui/difftext.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"

/* A line as both a diff and a view have them. */
struct line {
	enum diff_kind kind;
	int old_no, new_no;
	const char *s;
	size_t from, to; /* bytes that changed inside it; equal: none marked */
};

static int digits(int n)
{
	int d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d < 3 ? 3 : d;
}

static bool starts_char(const char *s, size_t i)
{
	return ((unsigned char)s[i] & 0xc0) != 0x80;
}

/* What lies between the common beginning and the common end of two lines. */
static void mark_words(struct line *a, struct line *b)
{
	size_t na = strlen(a->s), nb = strlen(b->s), head = 0, tail = 0;

	while (head < na && head < nb && a->s[head] == b->s[head])
		head++;
	while (head && !(starts_char(a->s, head) && starts_char(b->s, head)))
		head--;
	while (tail < na - head && tail < nb - head && a->s[na - 1 - tail] == b->s[nb - 1 - tail])
		tail++;
	while (tail && !starts_char(a->s, na - tail))
		tail--;
	if (head + tail < 3) /* nothing in common: the whole line changed */
		return;
	a->from = b->from = head;
	a->to = na - tail;
	b->to = nb - tail;
}

/* Runs of removed lines followed by as many added ones are pairs. */
static void pair_up(struct line *lines, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t removed = 0, added = 0;

		while (i + removed < n && lines[i + removed].kind == DIFF_REMOVED)
			removed++;
		while (removed && i + removed + added < n &&
			lines[i + removed + added].kind == DIFF_ADDED)
			added++;
		for (size_t k = 0; removed == added && k < removed; k++)
			mark_words(&lines[i + k], &lines[i + removed + k]);
		i += removed + added ? removed + added : 1;
	}
}

static enum role_id line_role(enum diff_kind k, bool word)
{
	switch (k) {
	case DIFF_REMOVED:
		return word ? AS_REMOVED_WORD : AS_REMOVED;
	case DIFF_ADDED:
		return word ? AS_ADDED_WORD : AS_ADDED;
	case DIFF_FILE:
		return AS_HEAD;
	case DIFF_NOTE:
		return AS_DIM;
	case DIFF_SAME:
	case DIFF_KIND_COUNT:
		break;
	}
	return AS_TEXT;
}

static size_t text_end(const char *s)
{
	size_t n = strlen(s);

	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n;
}

/* The content: tabs to the next multiple of 8 columns, blanks that count as dots. */
static void add_content(struct text *t, const struct line *l, bool spaces)
{
	size_t n = strlen(l->s), end = text_end(l->s), i = 0;
	int start = t->column;

	while (i < n) {
		bool word = i >= l->from && i < l->to;
		bool blank = l->s[i] == ' ' || l->s[i] == '\t';
		bool shown = blank && (spaces || i >= end || l->s[i] == '\t');
		size_t run = i;

		if (l->s[i] == '\t') {
			int column = t->column - start;

			text_add(t, word ? line_role(l->kind, true) : AS_SPACE, "→");
			for (column++; column % 8; column++)
				text_add(t, AS_SPACE, " ");
			i++;
			continue;
		}
		while (run < n && l->s[run] != '\t' && (run >= l->from && run < l->to) == word &&
			(!shown || l->s[run] == ' ') &&
			(shown || !(l->s[run] == ' ' && (spaces || run >= end))))
			run++;
		if (shown) {
			for (; i < run; i++)
				text_add(t, word ? line_role(l->kind, true) : AS_SPACE, "·");
			continue;
		}
		if (run == i)
			run++;
		text_addn(t, line_role(l->kind, word), l->s + i, run - i);
		i = run;
	}
}

static void add_number(struct text *t, int width, int no)
{
	if (no > 0)
		text_addf(t, AS_LINE_NO, "%*d", width, no);
	else
		text_addf(t, AS_LINE_NO, "%*s", width, "");
}

static void add_line(struct text *t, const struct line *l, int width, bool spaces)
{
	const char *sign = l->kind == DIFF_REMOVED ? "−" : l->kind == DIFF_ADDED ? "+" : " ";

	text_add(t, AS_TEXT, " ");
	add_number(t, width, l->kind == DIFF_ADDED ? 0 : l->old_no);
	text_add(t, AS_TEXT, " ");
	add_number(t, width, l->kind == DIFF_REMOVED ? 0 : l->new_no);
	text_addf(t, line_role(l->kind, false), " %s ", sign);
	t->indent = 2 * width + 6;
	add_content(t, l, spaces);
	text_break(t);
	t->indent = 0;
}

/* How far the nearest change is from line i, in lines of content. */
static bool near_change(const struct line *lines, size_t n, size_t i, int context)
{
	for (size_t k = i, steps = 0; k < n && steps <= (size_t)context; k++, steps++) {
		if (lines[k].kind == DIFF_REMOVED || lines[k].kind == DIFF_ADDED)
			return true;
	}
	for (size_t k = i + 1, steps = 0; k-- > 0 && steps <= (size_t)context; steps++) {
		if (lines[k].kind == DIFF_REMOVED || lines[k].kind == DIFF_ADDED)
			return true;
	}
	return false;
}

static void say_hidden(struct text *t, size_t *hidden, int width)
{
	if (!*hidden)
		return;
	text_addf(t, AS_DIM, " %*s  %zu line%s the same", 2 * width, "", *hidden,
		*hidden == 1 ? "" : "s");
	text_break(t);
	*hidden = 0;
}

static void add_all(struct text *t, struct line *lines, size_t n, const struct difftext *how)
{
	int most = 0, width;
	size_t hidden = 0;
	bool in_change = false;

	for (size_t i = 0; i < n; i++) {
		most = lines[i].old_no > most ? lines[i].old_no : most;
		most = lines[i].new_no > most ? lines[i].new_no : most;
	}
	width = digits(most);
	pair_up(lines, n);
	for (size_t i = 0; i < n; i++) {
		bool change = lines[i].kind == DIFF_REMOVED || lines[i].kind == DIFF_ADDED;

		if (lines[i].kind == DIFF_SAME && how->context >= 0 &&
			!near_change(lines, n, i, how->context)) {
			hidden++;
			in_change = false;
			continue;
		}
		say_hidden(t, &hidden, width);
		if (change && !in_change)
			text_last(t)->mark = true;
		in_change = change;
		if (lines[i].kind == DIFF_FILE || lines[i].kind == DIFF_NOTE) {
			text_addf(t, line_role(lines[i].kind, false), "%s%s",
				lines[i].kind == DIFF_FILE ? "── " : "   ", lines[i].s);
			text_break(t);
		} else {
			add_line(t, &lines[i], width, how->spaces);
		}
	}
	say_hidden(t, &hidden, width);
}

void difftext_add(struct text *t, const struct diff *d, const struct difftext *how)
{
	struct line *lines = xcalloc(d->line_count + 1, sizeof *lines);

	for (size_t i = 0; i < d->line_count; i++) {
		const struct diff_line *from = &d->lines[i];

		lines[i] = (struct line){.kind = from->kind,
			.old_no = from->old_no,
			.new_no = from->new_no,
			.s = from->text ? from->text : ""};
	}
	add_all(t, lines, d->line_count, how);
	free(lines);
}

void difftext_view(struct text *t, const struct view_line *from, size_t n)
{
	struct line *lines = xcalloc(n + 1, sizeof *lines);
	struct difftext how = {.context = -1};

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct line){.kind = from[i].kind == VIEW_REMOVED ? DIFF_REMOVED
						 : from[i].kind == VIEW_ADDED ? DIFF_ADDED
									      : DIFF_SAME,
			.old_no = from[i].old_no,
			.new_no = from[i].new_no,
			.s = from[i].text ? from[i].text : ""};
	add_all(t, lines, n, &how);
	free(lines);
}
