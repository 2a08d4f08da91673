/*
 * Paths of the ops repo with their diffs, as the server gives them for incoming changes and for
 * adopting. Knows neither of the two.
 */
#ifndef OPSDECK_UI_CHANGES_H
#define OPSDECK_UI_CHANGES_H

#include "codec/doc.h"
#include "ui/text.h"

/* {paths:[{path, status, diff, left_out?}], problems?:[..]} as styled text, with its end marked. */
void changes_add(struct text *t, const struct doc *result);

#endif
