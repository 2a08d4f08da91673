/*
 * What views of text share: scrolling keys, a frame that says how far one is. Knows no text.
 */
#ifndef OPSDECK_UI_TEXTPAGE_H
#define OPSDECK_UI_TEXTPAGE_H

#include "ui/action.h"
#include "ui/draw.h"
#include "ui/layout.h"
#include "ui/text.h"

bool textpage_act(struct text *t, enum action_id action);
/* Where `f->right` is NULL it says which lines are in sight, when not all are. */
void textpage_draw(struct text *t, struct draw *d, struct rect at, struct frame *f);
/* Columns that text has within a frame of that width. */
int textpage_wrap(struct rect at);

#endif
