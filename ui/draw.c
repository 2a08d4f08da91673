#include "config.h"

#include "ui/draw.h"

#include <stdio.h>

#include "base/clock.h"

void draw_age_text(struct draw *d, char *out, size_t size, int64_t since_ms)
{
	char age[AGE_MAX];
	int64_t next;

	out[0] = '\0';
	if (since_ms <= 0)
		return;
	age_format(age, d->now_ms - since_ms);
	snprintf(out, size, "%s", age);
	next = age_next_change(d->now_ms - since_ms);
	if (next < d->change_ms)
		d->change_ms = next;
}

void draw_age(struct draw *d, int x, int y, int limit, enum role_id role, int64_t since_ms)
{
	char text[16];

	draw_age_text(d, text, sizeof text, since_ms);
	canvas_right(d->c, x, y, limit, role, text);
}

void draw_until_text(struct draw *d, char *out, size_t size, int64_t at_ms)
{
	int64_t left = at_ms - d->now_ms;
	char age[AGE_MAX];

	if (left <= 0) {
		snprintf(out, size, "now");
		return;
	}
	age_format(age, left);
	snprintf(out, size, "%s", age);
	if (left % 1000 + 1 < d->change_ms)
		d->change_ms = left < 60000 ? left % 1000 + 1 : left % 60000 + 1;
}

enum role_id state_role(enum finding_state s)
{
	static const enum role_id roles[FINDING_STATE_COUNT] = {
		[FINDING_OK] = AS_OK,
		[FINDING_DRIFT] = AS_DRIFT,
		[FINDING_WARN] = AS_WARN,
		[FINDING_CRIT] = AS_CRIT,
		[FINDING_UNKNOWN] = AS_UNKNOWN,
		[FINDING_UNREACHABLE] = AS_UNREACHABLE,
	};

	return roles[s];
}
