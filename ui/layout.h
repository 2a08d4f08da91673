/*
 * Frames and where things stand on the screen. Knows no view.
 */
#ifndef OPSDECK_UI_LAYOUT_H
#define OPSDECK_UI_LAYOUT_H

#include <stdbool.h>

#include "ui/canvas.h"

struct frame {
	const char *title;
	const char *right; /* on the right of the upper edge; or NULL */
	bool focus;	   /* heavy lines */
	bool bad;	   /* something in it is wrong */
};

/* Draws the frame along the rectangle's edge and gives back what is inside it (may be empty). */
struct rect frame_draw(struct canvas *c, struct rect at, const struct frame *f);
/* Splits off `h` rows from the bottom of *at. */
struct rect rect_cut_bottom(struct rect *at, int h);
/* Splits off the right part of *at. */
struct rect rect_cut_right(struct rect *at, int w);

#endif
