/*
 * The logical lines of a sudoers text: comments gone, continuations joined. Knows no statement.
 */
#ifndef OPSDECK_CODEC_SUDOERS_TEXT_H
#define OPSDECK_CODEC_SUDOERS_TEXT_H

#include <stdbool.h>

struct buf;

struct sudoers_text {
	const char *p, *end;
	int line; /* number of the next one */
};

/* The next one into out, and its first line's number. False at the end. */
bool sudoers_next_line(struct sudoers_text *t, struct buf *out, int *line);

#endif
