/*
 * Rows with a cursor. The cursor stays with its thing when rows move; rows are made anew from each
 * snapshot. Knows no snapshot.
 */
#ifndef OPSDECK_UI_LIST_H
#define OPSDECK_UI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/finding.h"
#include "ui/draw.h"
#include "ui/filter.h"

/* What a row or a view is about. Strings are its own; NULL where they mean nothing. */
struct target {
	char *host, *check;
	char *proposal;
	char *kind, *name; /* a document of the store, or a list */
};

void target_copy(struct target *to, const struct target *from);
void target_finish(struct target *t);

struct row {
	char *key; /* identity; NULL: the cursor skips it */
	enum finding_state state;
	bool sign; /* show the state's sign */
	bool dim;
	char *name, *text, *right;
	int64_t age_ms; /* wall time whose age stands on the right; 0: none */
	bool stale;
	char *say; /* the row in plain words, for the line below */
	struct target target;
};

struct list {
	struct row *rows;
	size_t row_count, row_cap;
	char *selected; /* key of the row with the cursor */
	size_t at;	/* its index when last seen, for when the thing goes */
	size_t top;
	int height; /* of the last draw */
	struct filter filter;
	const char *empty; /* said when there is no row; or NULL */
};

/* Appends a row; name, text, ... are filled by the caller with heap strings. key is copied. */
struct row *list_add(struct list *l, const char *key);
/* Forgets the rows, keeps the cursor and the filter. */
void list_clear(struct list *l);
void list_finish(struct list *l);
/* After rows were made: applies the filter and finds the cursor's thing again. */
void list_settle(struct list *l);
/* Sorts by state (worst first), keeping the order of equals. */
void list_sort_worst(struct list *l);
/* NULL when there is none. */
const struct row *list_row(const struct list *l);
void list_move(struct list *l, long by);
void list_to(struct list *l, bool last);
/* Draws into the rectangle; `focus`: the cursor of the screen stands here. */
void list_draw(struct list *l, struct draw *d, struct rect at, bool focus);

#endif
