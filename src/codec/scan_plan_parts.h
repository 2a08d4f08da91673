/*
 * A scan's plan while it is made. Only for codec/scan_plan*.c.
 */
#ifndef OPSDECK_CODEC_SCAN_PLAN_PARTS_H
#define OPSDECK_CODEC_SCAN_PLAN_PARTS_H

#include "codec/scan_plan.h"

/* The host as it would be with what is proposed so far. */
struct scan_trial {
	const struct catalogue *c;
	const struct host *h;
	const struct doc *answer;
	struct scan_plan *p;
	struct strs found; /* paths */
	struct host with;  /* borrows all but tags and params */
};

/* Makes t->with anew; `extra` is one tag more, or NULL. */
void scan_with(struct scan_trial *t, const char *extra);
/* The host's parameters as a map; the caller's. */
struct doc *scan_params(const struct host *h);
/* {value: X} or {why: TEXT} of a parameter that the host was asked for; borrowed, or NULL. */
const struct doc *scan_told(const struct scan_trial *t, const char *check, const char *param);

/* Parameters without which t->with's check says nothing, or no sudoers file can be made. */
void scan_missing(struct strs *out, const struct scan_trial *t, const struct check *c);
/* What a person has to fill in: for checks that will run, for those that could if it were there,
 * and whatever was looked for in vain. */
void scan_gaps(struct scan_trial *t);

#endif
