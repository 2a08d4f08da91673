#include "config.h"

#include "ui/detail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strs.h"
#include "model/forecast.h"

#define NAME_COLUMN 11 /* where values begin */
#define SPARK 24       /* of a day an hour each */

void detail_pair(struct text *t, const char *name, enum role_id role, const char *value)
{
	text_addf(t, AS_DIM, " %s", name);
	text_to(t, NAME_COLUMN);
	t->indent = NAME_COLUMN;
	text_words(t, role, value);
	text_break(t);
	t->indent = 0;
}

void detail_age(struct text *t, struct draw *d, const char *name, int64_t at_ms, const char *tail)
{
	char age[16], when[TIME_RFC3339], value[96];

	if (!at_ms) {
		detail_pair(t, name, AS_DIM, "never");
		return;
	}
	draw_age_text(d, age, sizeof age, at_ms);
	time_format(when, at_ms);
	snprintf(value, sizeof value, "%s%s%s   %s", age, strcmp(age, "now") == 0 ? "" : " ago",
		tail, when);
	detail_pair(t, name, AS_TEXT, value);
}

static void add_state(struct text *t, enum finding_state s, const char *summary)
{
	text_addf(t, state_role(s), " %s %s", finding_state_sign(s, false), finding_state_name(s));
	text_add(t, AS_TEXT, "   ");
	t->indent = 3;
	if (summary)
		text_words(t, AS_STRONG, summary);
	text_break(t);
	t->indent = 0;
	text_break(t);
}

static void add_items(struct text *t, const struct finding *f)
{
	int widest = 0;

	for (size_t i = 0; i < f->item_count; i++) {
		int w = canvas_cells(t->measure, f->items[i].name ? f->items[i].name : "");

		widest = w > widest && w <= 28 ? w : widest;
	}
	if (f->item_count)
		text_break(t);
	for (size_t i = 0; i < f->item_count; i++) {
		const struct finding_item *it = &f->items[i];

		text_addf(t, state_role(it->state), " %s ", finding_state_sign(it->state, false));
		text_add(
			t, it->state == FINDING_OK ? AS_TEXT : AS_STRONG, it->name ? it->name : "");
		text_to(t, widest + 5);
		t->indent = widest + 5;
		text_words(t, AS_TEXT, it->text ? it->text : "");
		text_break(t);
		t->indent = 0;
	}
}

static const struct series *series_of(
	const struct series *past, size_t count, const struct metric *m)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(past[i].name, m->name))
			return &past[i];
	return NULL;
}

/* The past as a line, where it moved, and when it will be full. */
static void add_past(struct text *t, const struct series *s, int64_t shown)
{
	struct forecast f = forecast_of(s);
	char spark[4 * SPARK + 1], when[96];

	forecast_spark(spark, SPARK, s, shown);
	forecast_text(when, sizeof when, &f);
	if (s->point_count > 1) {
		text_to(t, 33);
		text_add(t, AS_DIM, spark);
	}
	if (*when) {
		text_to(t, 33 + SPARK + 1);
		text_add(t, f.kind == FORECAST_FULL ? AS_STRONG : AS_DIM, when);
	}
}

/* Of all of them the longest, told above them; 0 where nothing has moved yet. */
static int64_t add_shown(
	struct text *t, const struct finding *f, const struct series *past, size_t n)
{
	int64_t shown = 0;

	for (size_t i = 0; i < f->metric_count; i++) {
		const struct series *s = series_of(past, n, &f->metrics[i]);

		if (s && s->point_count > 1 && forecast_shown(s) > shown)
			shown = forecast_shown(s);
	}
	if (shown) {
		text_to(t, 33);
		text_addf(t, AS_DIM, "the last %.0f %s",
			shown < 7200 ? shown / 60.0 : shown / 3600.0,
			shown < 7200 ? "minutes" : "hours");
		text_break(t);
	}
	return shown;
}

static void add_metrics(
	struct text *t, const struct finding *f, const struct series *past, size_t count)
{
	int64_t shown;

	if (f->metric_count)
		text_break(t);
	shown = add_shown(t, f, past, count);
	for (size_t i = 0; i < f->metric_count; i++) {
		const struct metric *m = &f->metrics[i];
		const struct series *s = series_of(past, count, m);
		char value[48];

		metric_text(value, sizeof value, m->unit, m->value);
		text_addf(t, AS_DIM, " %s", m->name ? m->name : "");
		text_to(t, 22);
		text_add(t, AS_TEXT, value);
		if (s)
			add_past(t, s, shown);
		text_break(t);
	}
}

static const char *mend(enum finding_condition c)
{
	switch (c) {
	case CONDITION_NO_REFERENCE:
		return "No reference yet: o takes what is live as the reference.";
	case CONDITION_SUDO_MISSING:
		return "Sudo lines are missing on the host: `opsdeck sudoers HOST` prints them.";
	case CONDITION_NOT_LOOKED:
		return "No sweep has reached it yet.";
	case CONDITION_NONE:
	case CONDITION_COUNT:
		break;
	}
	return NULL;
}

void detail_finding(struct app *a, struct text *t, struct draw *d, const struct finding *f,
	const struct series *past, size_t past_count)
{
	const struct snap_check *c = snapshot_check(a->snap, f->check);
	char text[64];
	bool stale = f->at_ms && finding_is_stale(f, d->now_ms);

	add_state(t, f->state, f->summary);
	detail_pair(t, "host", AS_TEXT, f->host);
	detail_pair(t, "check", AS_TEXT, f->check);
	if (c && c->title)
		detail_pair(t, "", AS_DIM, c->title);
	detail_age(t, d, "since", f->since_ms, "");
	snprintf(text, sizeof text, "%s", stale ? " (stale)" : "");
	detail_age(t, d, "looked", f->at_ms, text);
	if (c && c->runbook)
		detail_pair(t, "runbook", AS_LINK, c->runbook);
	if (f->added || f->removed) {
		snprintf(text, sizeof text, "+%d −%d", f->added, f->removed);
		detail_pair(t, "diff", AS_DRIFT, text);
	}
	if (mend(f->condition)) {
		text_break(t);
		text_add(t, AS_TEXT, " ");
		t->indent = 1;
		text_words(t, AS_STRONG, mend(f->condition));
		text_break(t);
		t->indent = 0;
	}
	add_items(t, f);
	add_metrics(t, f, past, past_count);
}

void detail_host(struct app *a, struct text *t, struct draw *d, const struct snap_host *h)
{
	char *tags = strs_join(&h->tags, " "), *groups = strs_join(&h->groups, " ");

	add_state(t, h->looked ? h->state : FINDING_UNKNOWN,
		h->error    ? h->error
		: h->looked ? NULL
			    : "not looked at yet");
	if (!str_empty(h->address))
		detail_pair(t, "address", AS_TEXT, h->address);
	detail_pair(t, "transport", AS_TEXT, h->transport ? h->transport : "");
	if (*tags)
		detail_pair(t, "tags", AS_TEXT, tags);
	if (*groups)
		detail_pair(t, "groups", AS_TEXT, groups);
	detail_age(t, d, "looked", h->at_ms, "");
	detail_age(t, d, "since", h->since_ms, "");
	text_break(t);
	for (size_t i = 0; i < h->finding_count; i++) {
		const struct finding *f = &a->snap->findings[h->first_finding + i];

		text_addf(t, state_role(f->state), " %s ", finding_state_sign(f->state, false));
		text_add(t, f->state == FINDING_OK ? AS_TEXT : AS_STRONG, f->check);
		text_to(t, 18);
		t->indent = 18;
		text_words(t, AS_TEXT, f->summary ? f->summary : "");
		text_break(t);
		t->indent = 0;
	}
	free(tags);
	free(groups);
}

void detail_proposal(struct app *a, struct text *t, struct draw *d, const struct snap_proposal *p)
{
	char *hosts = strs_join(&p->hosts, " "), age[16];

	(void)a;
	text_addf(t, AS_STRONG, " %s", p->id);
	text_addf(t, AS_TEXT, "   %s", proposal_state_name(p->state));
	text_break(t);
	text_break(t);
	detail_pair(t, "title", AS_STRONG, p->title ? p->title : "");
	detail_pair(t, "by", AS_TEXT, p->proposer ? p->proposer : "?");
	detail_age(t, d, "asked", p->created_ms, "");
	detail_pair(t, "hosts", AS_TEXT, *hosts ? hosts : "the ops repo alone");
	if (p->runbook)
		detail_pair(t, "runbook", AS_LINK, p->runbook);
	if (p->plan)
		detail_pair(t, "plan", AS_TEXT, p->plan);
	if (p->state == PROPOSAL_PROPOSED && p->expires_ms) {
		draw_until_text(d, age, sizeof age, p->expires_ms);
		detail_pair(t, "expires", AS_TEXT, age);
	}
	if (p->note)
		detail_pair(t, "note", AS_WARN, p->note);
	if (p->commit)
		detail_pair(t, "commit", AS_TEXT, p->commit);
	free(hosts);
}

void detail_target(struct app *a, struct text *t, struct draw *d, const struct target *about)
{
	if (about->proposal) {
		const struct snap_proposal *p = snapshot_proposal(a->snap, about->proposal);

		if (p)
			detail_proposal(a, t, d, p);
	} else if (about->host && about->check) {
		const struct finding *f = snapshot_finding(a->snap, about->host, about->check);

		if (f)
			detail_finding(a, t, d, f, NULL, 0);
	} else if (about->host) {
		const struct snap_host *h = snapshot_host(a->snap, about->host);

		if (h)
			detail_host(a, t, d, h);
	}
}

void detail_title(const struct target *about, char *out, size_t size)
{
	if (about->proposal)
		snprintf(out, size, "%s", about->proposal);
	else if (about->host && about->check)
		snprintf(out, size, "%s %s", about->host, about->check);
	else
		snprintf(out, size, "%s",
			about->host   ? about->host
			: about->name ? about->name
				      : "");
}
