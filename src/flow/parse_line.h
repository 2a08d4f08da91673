/*
 * Taking text apart by lines, for the readers of the parse stage. Knows no format.
 */
#ifndef OPSDECK_FLOW_PARSE_LINE_H
#define OPSDECK_FLOW_PARSE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* A piece of the text; borrowed, not NUL-terminated. */
struct line {
	const char *s;
	size_t n;
};

bool line_is_blank(char c); /* space, tab, carriage return */
/* Takes the next line off the text, without its newline and blanks at its end; false at its end. */
bool line_next(const char **s, size_t *n, struct line *out);
/* Without blanks at both ends. */
struct line line_trim(const char *s, size_t n);
bool line_starts(struct line l, const char *prefix);
bool line_ends(struct line l, const char *suffix);
bool line_is(struct line l, const char *text);
/* Takes what stands before the next blank off the line, and the blanks behind it. */
struct line line_word(struct line *l);
/* The line without its first n bytes. */
struct line line_after(struct line l, size_t n);
/* Where c stands first; l.n when nowhere. */
size_t line_find(struct line l, char c);
char *line_text(struct line l); /* heap */

#endif
