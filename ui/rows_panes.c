#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "ui/rows.h"

static bool in_pane(const struct snapshot *s, const struct finding *f, enum pane pane)
{
	const struct snap_check *c = snapshot_check(s, f->check);

	return c && c->pane == pane;
}

static struct row *add_row(struct list *l, const struct finding *f, const char *item,
	enum finding_state state, int64_t now_ms)
{
	char *key = item ? xasprintf("%s/%s/%s", f->host, f->check, item)
			 : xasprintf("%s/%s", f->host, f->check);
	struct row *r = list_add(l, key);

	free(key);
	r->sign = true;
	r->state = rows_state(f, state, now_ms);
	r->stale = f->at_ms && finding_is_stale(f, now_ms);
	r->dim = f->condition == CONDITION_NOT_LOOKED;
	r->name = xstrdup(f->host);
	r->age_ms = state == FINDING_OK ? f->at_ms : f->since_ms;
	r->target.host = xstrdup(f->host);
	r->target.check = xstrdup(f->check);
	return r;
}

/* A row for each item of each finding of the pane; a finding without items is a row itself. */
static void item_rows(struct list *l, const struct rows_from *from, enum pane pane)
{
	for (size_t i = 0; i < from->snap->finding_count; i++) {
		const struct finding *f = &from->snap->findings[i];
		struct row *r;

		if (!in_pane(from->snap, f, pane))
			continue;
		for (size_t k = 0; k < f->item_count; k++) {
			r = add_row(l, f, f->items[k].name, f->items[k].state, from->now_ms);
			r->text = xasprintf("%s  %s", f->items[k].name,
				f->items[k].text ? f->items[k].text : "");
			r->say = xasprintf("%s on %s: %s", f->items[k].name, f->host,
				str_empty(f->items[k].text) ? rows_words(f, from->now_ms)
							    : f->items[k].text);
		}
		if (f->item_count)
			continue;
		r = add_row(l, f, NULL, f->state, from->now_ms);
		r->text = xstrdup(rows_words(f, from->now_ms));
		r->say = xasprintf("%s on %s: %s", f->check, f->host, r->text);
	}
	list_sort_worst(l);
}

static void count_one(enum finding_state s, size_t *bad, size_t *unseen)
{
	*unseen += s == FINDING_UNKNOWN;
	*bad += s != FINDING_OK && s != FINDING_UNKNOWN;
}

/* How many rows of a pane are wrong. */
static size_t count_bad(const struct rows_from *from, enum pane pane, size_t *all, size_t *unseen)
{
	size_t bad = 0;

	*all = *unseen = 0;
	for (size_t i = 0; i < from->snap->finding_count; i++) {
		const struct finding *f = &from->snap->findings[i];

		if (!in_pane(from->snap, f, pane))
			continue;
		*all += f->item_count ? f->item_count : 1;
		for (size_t k = 0; k < f->item_count; k++)
			count_one(rows_state(f, f->items[k].state, from->now_ms), &bad, unseen);
		if (!f->item_count)
			count_one(rows_state(f, f->state, from->now_ms), &bad, unseen);
	}
	return bad;
}

static void pane_title(const struct rows_from *from, enum pane pane, const char *good,
	const char *wrong, char *out, size_t size, bool *bad)
{
	size_t all, unseen, n = count_bad(from, pane, &all, &unseen);

	*bad = n > 0;
	if (n)
		snprintf(out, size, "%zu %s", n, wrong);
	else if (unseen)
		snprintf(out, size, "%zu unknown", unseen);
	else
		snprintf(out, size, "%s", all ? good : "none");
}

static void container_rows(struct list *l, const struct rows_from *from)
{
	item_rows(l, from, PANE_CONTAINERS);
}

static void container_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	pane_title(from, PANE_CONTAINERS, "all well", "bad", out, size, bad);
}

const struct rows_source rows_containers = {
	.name = "containers",
	.aliases = "container c ct",
	.title = "Containers",
	.empty = "no host has a container check",
	.help = "containers, the bad ones first",
	.rows = container_rows,
	.title_right = container_title,
};

static void backup_rows(struct list *l, const struct rows_from *from)
{
	item_rows(l, from, PANE_BACKUPS);
}

static void backup_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	pane_title(from, PANE_BACKUPS, "all fresh", "late", out, size, bad);
}

const struct rows_source rows_backups = {
	.name = "backups",
	.aliases = "backup b",
	.title = "Backups",
	.empty = "no host has a backup check",
	.help = "backups, the late ones first",
	.rows = backup_rows,
	.title_right = backup_title,
};

static bool same_cluster(const struct finding *a, const struct finding *b)
{
	if (!str_eq(a->check, b->check) || a->state != b->state ||
		!str_eq(a->summary, b->summary) || a->item_count != b->item_count)
		return false;
	for (size_t i = 0; i < a->item_count; i++) {
		if (!str_eq(a->items[i].name, b->items[i].name) ||
			a->items[i].state != b->items[i].state)
			return false;
	}
	return true;
}

/* The nodes with their signs, on lines below the cluster's row. */
static void add_nodes(struct list *l, const struct finding *f)
{
	struct buf nodes = {0};
	struct row *r;

	for (size_t i = 0; i < f->item_count; i++)
		buf_addf(&nodes, "%s%s %s", i ? "   " : "", f->items[i].name,
			finding_state_sign(f->items[i].state, false));
	if (!f->item_count)
		return;
	r = list_add(l, NULL);
	r->text = buf_take(&nodes);
	for (size_t i = 0; i < f->item_count; i++) {
		if (f->items[i].state == FINDING_OK || str_empty(f->items[i].text))
			continue;
		r = list_add(l, NULL);
		r->text = xasprintf("%s: %s", f->items[i].name, f->items[i].text);
	}
}

/* Nodes of one cluster say the same: they are one row. */
static void quorum_rows(struct list *l, const struct rows_from *from)
{
	const struct finding *before = NULL;
	struct row *r = NULL;

	for (size_t i = 0; i < from->snap->finding_count; i++) {
		const struct finding *f = &from->snap->findings[i];

		if (!in_pane(from->snap, f, PANE_QUORUM))
			continue;
		if (before && f->condition == CONDITION_NONE && same_cluster(before, f))
			continue;
		r = add_row(l, f, NULL, f->state, from->now_ms);
		r->text = xstrdup(rows_words(f, from->now_ms));
		r->say = xasprintf("quorum seen from %s: %s", f->host, rows_words(f, from->now_ms));
		add_nodes(l, f);
		if (r->stale)
			r->dim = true;
		before = f;
	}
	list_sort_worst(l);
}

static void quorum_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	pane_title(from, PANE_QUORUM, "holds", "wrong", out, size, bad);
}

const struct rows_source rows_quorum = {
	.name = "quorum",
	.aliases = "cluster q",
	.title = "Quorum",
	.empty = "no host has a quorum check",
	.help = "clusters and what they would survive",
	.rows = quorum_rows,
	.title_right = quorum_title,
};
