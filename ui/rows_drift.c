#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "ui/rows.h"

/* What makes two drifts the same: the check and the lines that differ. */
static const char *sameness(const struct finding *f)
{
	return f->diff ? f->diff : f->fingerprint ? f->fingerprint : "";
}

static bool same_drift(const struct finding *a, const struct finding *b)
{
	return str_eq(a->check, b->check) && str_eq(sameness(a), sameness(b));
}

static bool is_drift(const struct finding *f)
{
	return f->state == FINDING_DRIFT && f->condition == CONDITION_NONE;
}

static int by_drift(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int c = strcmp(x->check, y->check);

	if (!c)
		c = strcmp(sameness(x), sameness(y));
	return c ? c : x < y ? -1 : x > y; /* fleet order within a group */
}

static void add_drift(struct list *l, const struct finding *const *group, size_t n)
{
	const struct finding *f = group[0];
	char *key = xasprintf("%s/%s", f->host, f->check);
	struct row *r = list_add(l, key);

	free(key);
	r->sign = true;
	r->state = FINDING_DRIFT;
	r->name = n == 1 ? xstrdup(f->host) : xasprintf("%zu hosts", n);
	r->text = xstrdup(f->check);
	if (f->added || f->removed)
		r->right = xasprintf("+%d −%d", f->added, f->removed);
	r->target.host = xstrdup(f->host);
	r->target.check = xstrdup(f->check);
	for (size_t i = 0; i < n; i++) {
		if (!r->age_ms || group[i]->since_ms < r->age_ms)
			r->age_ms = group[i]->since_ms;
	}
	if (n == 1)
		r->say = xasprintf(
			"drift on %s: %s", f->host, str_empty(f->summary) ? f->check : f->summary);
	else
		r->say = xasprintf(
			"the same drift of %s on %zu hosts, %s first", f->check, n, f->host);
}

static const struct {
	enum finding_condition condition;
	const char *check_text, *mend;
} conditions[] = {
	{CONDITION_NO_REFERENCE, "no reference yet", "o adopts what is live"},
	{CONDITION_SUDO_MISSING, "sudo lines missing", "opsdeck sudoers --all --script"},
};

const char *rows_condition(enum finding_condition c)
{
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		if (conditions[i].condition == c)
			return conditions[i].check_text;
	}
	return NULL;
}

/* One row for all that share a condition, with what mends it. */
static void add_condition(struct list *l, const struct snapshot *s, size_t which)
{
	size_t hosts = 0, findings = 0;
	const struct finding *first = NULL;
	const char *host = "";
	struct row *r;

	for (size_t i = 0; i < s->finding_count; i++) {
		const struct finding *f = &s->findings[i];

		if (f->condition != conditions[which].condition)
			continue;
		first = first ? first : f;
		findings++;
		hosts += !str_eq(f->host, host);
		host = f->host;
	}
	if (!first)
		return;
	r = list_add(l, finding_condition_name(first->condition));
	r->sign = true;
	r->state = FINDING_UNKNOWN;
	r->name = hosts == 1 ? xstrdup(first->host) : xasprintf("%zu hosts", hosts);
	r->text = xstrdup(conditions[which].check_text);
	r->right = findings > hosts ? xasprintf("%zu checks", findings) : NULL;
	r->age_ms = first->since_ms;
	r->say = xasprintf("%s: %s", conditions[which].check_text, conditions[which].mend);
	r->target.kind = xstrdup("condition");
	r->target.name = xstrdup(finding_condition_name(first->condition));
}

static void drift_rows(struct list *l, const struct rows_from *from)
{
	const struct snapshot *s = from->snap;
	const struct finding **drifts = xcalloc(s->finding_count + 1, sizeof *drifts);
	size_t n = 0;

	for (size_t i = 0; i < s->finding_count; i++) {
		if (is_drift(&s->findings[i]))
			drifts[n++] = &s->findings[i];
	}
	qsort(drifts, n, sizeof *drifts, by_drift);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && same_drift(drifts[i], drifts[end]);)
			end++;
		add_drift(l, drifts + i, end - i);
	}
	free(drifts);
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
		add_condition(l, s, i);
}

/* Without a reference nothing can differ: that is not "none". */
static bool conditions_there(const struct snapshot *s)
{
	for (size_t i = 0; i < s->finding_count; i++) {
		if (rows_condition(s->findings[i].condition))
			return true;
	}
	return false;
}

static void drift_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	size_t hosts = 0;
	const char *last = "";

	for (size_t i = 0; i < from->snap->finding_count; i++) {
		const struct finding *f = &from->snap->findings[i];

		if (!is_drift(f))
			continue;
		hosts += !str_eq(f->host, last);
		last = f->host;
	}
	*bad = hosts > 0;
	if (hosts)
		snprintf(out, size, "%zu host%s", hosts, hosts == 1 ? "" : "s");
	else
		snprintf(out, size, "%s", conditions_there(from->snap) ? "not all known" : "none");
}

const struct rows_source rows_drift = {
	.name = "drift",
	.aliases = "diffs d",
	.title = "Drift",
	.empty = "nothing differs from its reference",
	.help = "what differs from its reference; the same diff on many hosts is one row",
	.rows = drift_rows,
	.title_right = drift_title,
};
