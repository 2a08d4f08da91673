/*
 * Lines of styled text that scroll: diffs, runbooks, findings, reviews, help. Wraps while it is
 * built. Knows nothing of what it shows.
 */
#ifndef OPSDECK_UI_TEXT_H
#define OPSDECK_UI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"

struct text_span {
	enum role_id role;
	char *s;
};

struct text_line {
	struct text_span *spans;
	size_t span_count, span_cap;
	bool mark; /* a hunk, a heading: where `next` goes */
	bool end;  /* the end of a change */
	bool seen; /* it has been on the screen */
	enum role_id ground;
};

struct text {
	const struct canvas *measure; /* borrowed: how wide things are */
	int wrap;		      /* columns; 0: lines are as long as they are */
	int indent;		      /* of continued lines */
	struct text_line *lines;
	size_t line_count, line_cap;
	int column;	   /* on the last line */
	bool open;	   /* the last line takes more */
	size_t top;	   /* first line shown */
	int left;	   /* columns scrolled to the right */
	int height;	   /* of the last draw */
	size_t seen_count; /* lines that have been on the screen since they were built */
	bool end_seen;	   /* every line has been, the one marked as end too: jumping there is not
			      reading */
};

void text_init(struct text *t, const struct canvas *measure, int wrap);
/* Forgets the lines, keeps the place. */
void text_clear(struct text *t);
void text_finish(struct text *t);

/* Text on the line that is open; newlines in it break lines. */
void text_add(struct text *t, enum role_id role, const char *s);
void text_addn(struct text *t, enum role_id role, const char *s, size_t n);
void text_addf(struct text *t, enum role_id role, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Blanks up to a column. */
void text_to(struct text *t, int column);
/* Prose: broken between words, continued at `indent`. */
void text_words(struct text *t, enum role_id role, const char *s);
/* Ends the line (an empty one when none was open). */
void text_break(struct text *t);
/* The last line, to mark it; opens one when there is none. */
struct text_line *text_last(struct text *t);

/* Draws what fits, from the place it is scrolled to; notes what came into sight. */
void text_draw(struct text *t, struct canvas *c, struct rect at);
void text_scroll(struct text *t, long rows);
void text_next_mark(struct text *t, bool back);
/* The first run of lines that have not been on the screen, counted from 1; false: there is none. */
bool text_unseen(const struct text *t, size_t *first, size_t *last);

#endif
