/*
 * A grid of cells: the only way text reaches the screen. Whatever is put here is made safe first
 * (base/safe.h), one code point a cell. Knows no terminal and no colour.
 */
#ifndef OPSDECK_UI_CANVAS_H
#define OPSDECK_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/safe.h"
#include "ui/role.h"

struct buf;

struct cell {
	int32_t cp;	/* 0: the right half of a wide character */
	uint8_t role;	/* enum role_id */
	uint8_t ground; /* AS_TEXT, or the role whose background lies under it: selection */
	uint8_t wide;	/* 1: takes two cells */
	uint8_t spare;	/* always 0, so that cells compare as bytes */
};

struct canvas {
	int w, h;
	struct cell *cells;	/* w*h */
	bool ascii;		/* only ASCII goes in: our own signs have plain forms */
	int cursor_x, cursor_y; /* where the hardware cursor belongs; x < 0: hidden */
};

struct rect {
	int x, y, w, h;
};

void canvas_init(struct canvas *c, int w, int h, bool ascii);
void canvas_finish(struct canvas *c);
/* Another size; everything is blank afterwards. Sizes below 1 count as 1. */
void canvas_resize(struct canvas *c, int w, int h);
void canvas_clear(struct canvas *c);

/* Puts text from column x on row y, never reaching column `limit`; returns the column behind it.
 * Columns and rows that do not exist are dropped. */
int canvas_text(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text);
int canvas_textn(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text,
	size_t n, enum safe_mode mode);
/* As canvas_text, with an ellipsis in the last column when it does not fit. */
int canvas_fit(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text);
/* Right-aligned, ending before `limit`; what does not fit from x on is cut on the right. Returns
 * the first column used. */
int canvas_right(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text);
/* n cells of one character of ours. */
void canvas_repeat(struct canvas *c, int x, int y, int n, enum role_id role, const char *sign);
/* Lays a background under w cells. */
void canvas_ground(struct canvas *c, int x, int y, int w, enum role_id ground);
void canvas_cursor(struct canvas *c, int x, int y);

/* Cells that text will take on this canvas. */
int canvas_cells(const struct canvas *c, const char *text);
int canvas_cellsn(const struct canvas *c, const char *text, size_t n, enum safe_mode mode);
/* Bytes of s[0..n) that fit into `cells` columns (at least one step when n > 0); *used: the columns
 * they take. */
size_t canvas_take(const struct canvas *c, const char *s, size_t n, int cells, int *used);

/* A run of changed cells of one row. */
typedef void canvas_run_fn(void *arg, int x, int y, const struct cell *cells, int n);
/* Calls fn for each run that differs; grids of another size differ everywhere. */
void canvas_diff(const struct canvas *old, const struct canvas *now, canvas_run_fn *fn, void *arg);
/* Takes over the cells of `from`. */
void canvas_copy(struct canvas *to, const struct canvas *from);

/* The grid as lines of text without blanks at their ends. */
void canvas_dump(const struct canvas *c, struct buf *out);
/* True when the text stands on one row. */
bool canvas_has(const struct canvas *c, const char *text);

#endif
