/*
 * What is known about one thing, as styled text: a finding, a host, a proposal. Used by the views
 * of their own and beside wide lists.
 */
#ifndef OPSDECK_UI_DETAIL_H
#define OPSDECK_UI_DETAIL_H

#include "ui/app.h"
#include "ui/text.h"

struct series;

/* A name and its value on a line of their own. */
void detail_pair(struct text *t, const char *name, enum role_id role, const char *value);
/* Value with an age behind it. */
void detail_age(struct text *t, struct draw *d, const char *name, int64_t at_ms, const char *tail);

/* `past`: of its metrics, or none. */
void detail_finding(struct app *a, struct text *t, struct draw *d, const struct finding *f,
	const struct series *past, size_t past_count);
void detail_host(struct app *a, struct text *t, struct draw *d, const struct snap_host *h);
void detail_proposal(struct app *a, struct text *t, struct draw *d, const struct snap_proposal *p);
/* Whatever a target names. */
void detail_target(struct app *a, struct text *t, struct draw *d, const struct target *about);
/* The frame's title for it. */
void detail_title(const struct target *about, char *out, size_t size);

#endif
