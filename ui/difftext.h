/*
 * Lines of a diff as styled text: numbers, signs, words that changed, blanks that count. Knows
 * neither host nor proposal.
 */
#ifndef OPSDECK_UI_DIFFTEXT_H
#define OPSDECK_UI_DIFFTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/diff.h"
#include "model/view.h"
#include "ui/text.h"

struct difftext {
	int context; /* unchanged lines around a change; -1: all */
	bool spaces; /* blanks and tabs as signs everywhere; behind the last word they always are */
};

void difftext_add(struct text *t, const struct diff *d, const struct difftext *how);
/* A run of SAME, REMOVED and ADDED lines of a canonical view; nothing is left out. */
void difftext_view(struct text *t, const struct view_line *lines, size_t n);

#endif
