/*
 * What a view needs while it draws: the canvas, the time, and the next moment at which something
 * drawn would read differently. Knows no view.
 */
#ifndef OPSDECK_UI_DRAW_H
#define OPSDECK_UI_DRAW_H

#include <stdint.h>

#include "model/finding.h"
#include "ui/canvas.h"

struct draw {
	struct canvas *c;
	int64_t now_ms;
	int64_t change_ms; /* from now until an age on the screen changes; INT64_MAX: never */
};

/* "12s" of a wall time, noting when it will change; "" for 0. */
void draw_age_text(struct draw *d, char *out, size_t size, int64_t since_ms);
/* Right-aligned in front of `limit`. */
void draw_age(struct draw *d, int x, int y, int limit, enum role_id role, int64_t since_ms);
/* "in 48s" style: time until a moment, noting when it will change. */
void draw_until_text(struct draw *d, char *out, size_t size, int64_t at_ms);
enum role_id state_role(enum finding_state s);

#endif
