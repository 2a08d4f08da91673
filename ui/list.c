#include "config.h"

#include "ui/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"

void target_copy(struct target *to, const struct target *from)
{
	*to = (struct target){.host = xstrdup(from->host),
		.check = xstrdup(from->check),
		.proposal = xstrdup(from->proposal),
		.kind = xstrdup(from->kind),
		.name = xstrdup(from->name)};
}

void target_finish(struct target *t)
{
	free(t->host);
	free(t->check);
	free(t->proposal);
	free(t->kind);
	free(t->name);
	*t = (struct target){0};
}

static void row_finish(struct row *r)
{
	free(r->key);
	free(r->name);
	free(r->text);
	free(r->right);
	free(r->say);
	target_finish(&r->target);
}

struct row *list_add(struct list *l, const char *key)
{
	struct row *r = ARR_ADD(l->rows, l->row_count, l->row_cap);

	*r = (struct row){.key = xstrdup(key)};
	return r;
}

void list_clear(struct list *l)
{
	for (size_t i = 0; i < l->row_count; i++)
		row_finish(&l->rows[i]);
	l->row_count = 0;
}

void list_finish(struct list *l)
{
	list_clear(l);
	free(l->rows);
	free(l->selected);
	filter_finish(&l->filter);
	*l = (struct list){0};
}

static void apply_filter(struct list *l)
{
	size_t kept = 0;
	bool last_kept = true;

	if (!l->filter.text)
		return;
	for (size_t i = 0; i < l->row_count; i++) {
		struct row *r = &l->rows[i];
		char *all = xasprintf("%s %s %s %s", r->name ? r->name : "", r->text ? r->text : "",
			r->right ? r->right : "", r->sign ? finding_state_name(r->state) : "");

		/* A row without a key belongs to the one above it. */
		if (r->key)
			last_kept = filter_matches(&l->filter, all);
		free(all);
		if (last_kept)
			l->rows[kept++] = *r;
		else
			row_finish(r);
	}
	l->row_count = kept;
}

static void select_at(struct list *l, size_t i)
{
	char *key = xstrdup(l->rows[i].key);

	free(l->selected);
	l->selected = key;
	l->at = i;
}

/* The nearest row that can hold the cursor, downwards first. */
static void select_near(struct list *l, size_t i)
{
	if (i >= l->row_count)
		i = l->row_count ? l->row_count - 1 : 0;
	for (size_t k = i; k < l->row_count; k++) {
		if (l->rows[k].key) {
			select_at(l, k);
			return;
		}
	}
	for (size_t k = i; k-- > 0;) {
		if (l->rows[k].key) {
			select_at(l, k);
			return;
		}
	}
}

void list_settle(struct list *l)
{
	apply_filter(l);
	for (size_t i = 0; l->selected && i < l->row_count; i++) {
		if (l->rows[i].key && strcmp(l->rows[i].key, l->selected) == 0) {
			l->at = i;
			return;
		}
	}
	select_near(l, l->selected ? l->at : 0);
}

/* Rows without a key stay behind the one they belong to: blocks are sorted. */
void list_sort_worst(struct list *l)
{
	struct row *sorted = xcalloc(l->row_count + 1, sizeof *sorted);
	size_t n = 0;
	int worst = 0;

	for (size_t i = 0; i < l->row_count; i++) {
		int rank = finding_state_rank(l->rows[i].state);

		worst = rank > worst ? rank : worst;
	}
	for (int rank = worst; rank >= 0; rank--) {
		bool in_block = false;

		for (size_t i = 0; i < l->row_count; i++) {
			if (l->rows[i].key)
				in_block = finding_state_rank(l->rows[i].state) == rank;
			if (in_block)
				sorted[n++] = l->rows[i];
		}
	}
	if (n)
		memcpy(l->rows, sorted, n * sizeof *sorted);
	l->row_count = n;
	free(sorted);
}

const struct row *list_row(const struct list *l)
{
	if (l->at >= l->row_count || !l->rows[l->at].key)
		return NULL;
	return &l->rows[l->at];
}

void list_move(struct list *l, long by)
{
	long step = by < 0 ? -1 : 1, at = (long)l->at, last = (long)l->at;

	if (!l->row_count)
		return;
	for (long moved = 0; moved != by;) {
		at += step;
		if (at < 0 || at >= (long)l->row_count)
			break;
		moved += step;
		if (l->rows[at].key)
			last = at;
		else if (moved == by)
			moved -= step; /* not on a row that cannot hold it */
	}
	if (l->rows[last].key)
		select_at(l, (size_t)last);
}

void list_to(struct list *l, bool last)
{
	if (l->row_count)
		select_near(l, last ? l->row_count - 1 : 0);
}

struct widths {
	int name, age;
};

static void measure(const struct list *l, const struct canvas *c, int w, struct widths *out)
{
	bool has_text = false; /* names alone may have the row */

	*out = (struct widths){0};
	for (size_t i = 0; i < l->row_count; i++) {
		const struct row *r = &l->rows[i];
		int name = r->name && r->key ? canvas_cells(c, r->name) : 0;

		out->name = name > out->name ? name : out->name;
		out->age = r->age_ms ? 4 : out->age;
		has_text = has_text || r->text || r->right;
	}
	if (has_text && out->name > w * 2 / 5)
		out->name = w * 2 / 5;
}

static void draw_row(
	const struct row *r, const struct widths *w, struct draw *d, struct rect at, int y)
{
	struct canvas *c = d->c;
	int x = at.x + 1, limit = at.x + at.w - 1;
	enum role_id role = r->dim ? AS_DIM : AS_TEXT;

	if (r->age_ms)
		draw_age(d, x, y, limit, r->stale ? AS_STALE : AS_AGE, r->age_ms);
	if (w->age)
		limit -= w->age + 1;
	if (r->sign) {
		const char *sign = finding_state_sign(r->state, false);

		canvas_text(c, x, y, limit, state_role(r->state), sign);
	}
	x += 2;
	if (r->right && r->right[0])
		limit = canvas_right(c, x, y, limit, AS_DIM, r->right) - 1;
	if (r->name && r->key) {
		canvas_fit(c, x, y, x + w->name < limit ? x + w->name : limit,
			r->dim				    ? AS_DIM
			: r->sign && r->state != FINDING_OK ? AS_STRONG
							    : AS_TEXT,
			r->name);
		x += w->name + 2;
	}
	if (r->text)
		canvas_fit(c, x, y, limit, r->key ? role : AS_DIM, r->text);
}

void list_draw(struct list *l, struct draw *d, struct rect at, bool focus)
{
	struct widths w;

	l->height = at.h;
	if (at.w < 4 || at.h < 1)
		return;
	if (!l->row_count) {
		const char *say = l->filter.text ? "nothing matches the filter" : l->empty;

		if (say)
			canvas_fit(d->c, at.x + 1, at.y, at.x + at.w, AS_DIM, say);
		return;
	}
	if (l->at < l->top)
		l->top = l->at;
	if (l->at >= l->top + (size_t)at.h)
		l->top = l->at - (size_t)at.h + 1;
	if (l->top + (size_t)at.h > l->row_count)
		l->top = l->row_count > (size_t)at.h ? l->row_count - (size_t)at.h : 0;
	measure(l, d->c, at.w, &w);
	for (int y = 0; y < at.h && l->top + (size_t)y < l->row_count; y++) {
		size_t i = l->top + (size_t)y;

		draw_row(&l->rows[i], &w, d, at, at.y + y);
		if (i != l->at || !l->rows[i].key)
			continue;
		if (focus) {
			canvas_ground(d->c, at.x, at.y + y, at.w, AS_SELECTED);
			canvas_cursor(d->c, at.x, at.y + y);
		}
	}
}
