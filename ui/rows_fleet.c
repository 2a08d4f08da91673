#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"
#include "ui/rows.h"

/* The worst finding of a host, and how many are not ok. */
static const struct finding *worst_of(const struct snapshot *s, const struct snap_host *h, int *bad)
{
	const struct finding *worst = NULL;

	*bad = 0;
	for (size_t i = h->first_finding; i < h->first_finding + h->finding_count; i++) {
		const struct finding *f = &s->findings[i];

		if (f->state == FINDING_OK || f->condition == CONDITION_NOT_LOOKED)
			continue;
		(*bad)++;
		if (!worst || finding_state_rank(f->state) > finding_state_rank(worst->state))
			worst = f;
	}
	return worst;
}

static bool is_stale(const struct snapshot *s, const struct snap_host *h, int64_t now_ms)
{
	for (size_t i = h->first_finding; i < h->first_finding + h->finding_count; i++) {
		if (s->findings[i].at_ms && finding_is_stale(&s->findings[i], now_ms))
			return true;
	}
	return false;
}

static void describe(struct row *r, const struct snapshot *s, const struct snap_host *h)
{
	int bad;
	const struct finding *worst = worst_of(s, h, &bad);

	if (!h->looked) {
		r->text = xstrdup("not looked at yet");
		r->say = xasprintf("%s: not looked at yet", h->name);
		return;
	}
	if (h->state == FINDING_UNREACHABLE) {
		r->text = xstrdup(h->error ? h->error : "unreachable");
		r->say = xasprintf("%s cannot be reached: %s", h->name, r->text);
		return;
	}
	if (!worst) {
		r->text = xasprintf(
			"%zu check%s", h->finding_count, h->finding_count == 1 ? "" : "s");
		r->say = xasprintf("%s: all %zu checks are ok", h->name, h->finding_count);
		return;
	}
	r->text = xstrdup(str_empty(worst->summary) ? worst->check : worst->summary);
	if (bad > 1)
		r->right = xasprintf("+%d", bad - 1);
	r->say = xasprintf("%s on %s: %s %s", finding_state_name(worst->state), h->name,
		worst->check, str_empty(worst->summary) ? "" : worst->summary);
}

static void fleet_rows(struct list *l, const struct rows_from *from)
{
	const struct snapshot *s = from->snap;

	for (size_t i = 0; i < s->host_count; i++) {
		const struct snap_host *h = &s->hosts[i];
		struct row *r = list_add(l, h->name);

		r->sign = true;
		r->state = h->looked ? h->state : FINDING_UNKNOWN;
		r->name = xstrdup(h->name);
		r->target.host = xstrdup(h->name);
		r->age_ms = !h->looked ? 0 : h->state == FINDING_OK ? h->at_ms : h->since_ms;
		r->stale = h->looked && is_stale(s, h, from->now_ms);
		r->dim = !h->looked;
		describe(r, s, h);
	}
	list_sort_worst(l);
}

static void fleet_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	size_t wrong = 0, n = from->snap->host_count;

	for (size_t i = 0; i < n; i++) {
		enum finding_state st = from->snap->hosts[i].state;

		wrong += st == FINDING_CRIT || st == FINDING_UNREACHABLE;
	}
	*bad = wrong > 0;
	snprintf(out, size, "%zu", n);
}

const struct rows_source rows_fleet = {
	.name = "fleet",
	.aliases = "hosts f",
	.title = "Fleet",
	.empty = "no host in fleet.yml",
	.help = "every host, the worst first",
	.rows = fleet_rows,
	.title_right = fleet_title,
};

static void add_finding(
	struct list *l, const struct finding *f, const struct target *about, int64_t now_ms)
{
	char *key = xasprintf("%s/%s", f->host, f->check);
	struct row *r = list_add(l, key);

	free(key);
	r->sign = true;
	r->state = rows_state(f, f->state, now_ms);
	r->dim = f->condition == CONDITION_NOT_LOOKED;
	if (about && about->host)
		r->name = xstrdup(f->check);
	else if (about && about->check)
		r->name = xstrdup(f->host);
	else
		r->name = xasprintf("%s  %s", f->host, f->check);
	r->text = xstrdup(rows_words(f, now_ms));
	r->age_ms = f->state == FINDING_OK ? f->at_ms : f->since_ms;
	r->stale = f->at_ms && finding_is_stale(f, now_ms);
	r->target.host = xstrdup(f->host);
	r->target.check = xstrdup(f->check);
	r->say = xasprintf("%s on %s: %s", f->check, f->host, r->text);
}

/* Of all hosts, or of the host or the check that it is about. */
static void finding_rows(struct list *l, const struct rows_from *from)
{
	const struct target *about = from->about;

	for (size_t i = 0; i < from->snap->finding_count; i++) {
		const struct finding *f = &from->snap->findings[i];

		if (about && about->host && !str_eq(about->host, f->host))
			continue;
		if (about && about->check && !str_eq(about->check, f->check))
			continue;
		add_finding(l, f, about, from->now_ms);
	}
	list_sort_worst(l);
}

const struct rows_source rows_findings = {
	.name = "findings",
	.aliases = "finding",
	.title = "Findings",
	.empty = "no finding",
	.help = "every finding of every host",
	.rows = finding_rows,
};
