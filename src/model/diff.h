/*
 * A line diff between what should be (the reference: '-') and what is (live: '+'), or between what
 * is and what a proposal would make of it. White space is significant, nothing is left out
 * silently.
 */
#ifndef OPSDECK_MODEL_DIFF_H
#define OPSDECK_MODEL_DIFF_H

#include <stddef.h>

enum diff_kind {
	DIFF_FILE, /* header of a file: text is its name, mode, owner */
	DIFF_SAME,
	DIFF_REMOVED,
	DIFF_ADDED,
	DIFF_NOTE, /* metadata in words: "mode 0644 -> 0440", "binary, 120 bytes" */
	DIFF_KIND_COUNT
};

struct diff_line {
	enum diff_kind kind;
	int old_no, new_no; /* from 1; 0 where it has none */
	char *text; /* raw bytes without the newline (NUL ends it; other controls kept): make safe
		       before showing */
};

struct diff {
	struct diff_line *lines;
	size_t line_count, line_cap;
	int added, removed;
};

void diff_free(struct diff *d);
void diff_add(
	struct diff *d, enum diff_kind kind, int old_no, int new_no, const char *text, size_t n);

#endif
