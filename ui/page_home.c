#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/layout.h"

#define PANES 6
#define WIDE 160 /* columns from which the detail stands beside the panes */

static const struct rows_source *const sources[PANES] = {
	&rows_fleet, &rows_drift, &rows_quorum, &rows_backups, &rows_containers, &rows_proposals};

struct home {
	struct list panes[PANES];
	size_t focus;
	bool zoom;
	struct text detail;
};

static void news(struct app *a, void *state)
{
	struct home *h = state;
	struct rows_from from = app_rows_from(a, NULL);

	for (size_t i = 0; i < PANES; i++)
		rows_fill(&h->panes[i], sources[i], &from);
}

static void *open_home(struct app *a, const struct target *target)
{
	struct home *h = xcalloc(1, sizeof *h);

	(void)target;
	text_init(&h->detail, &a->now, 0);
	news(a, h);
	return h;
}

static void close_home(struct app *a, void *state)
{
	struct home *h = state;

	(void)a;
	for (size_t i = 0; i < PANES; i++)
		list_finish(&h->panes[i]);
	text_finish(&h->detail);
	free(h);
}

static void draw_pane(struct app *a, struct home *h, struct draw *d, size_t i, struct rect at)
{
	struct rows_from from = app_rows_from(a, NULL);
	struct list *l = &h->panes[i];
	struct frame f = {.focus = i == h->focus};
	char title[96], right[64];
	struct rect inside;

	snprintf(title, sizeof title, "%zu %s%s%s", i + 1, sources[i]->title,
		l->filter.text ? "  /" : "", l->filter.text ? l->filter.text : "");
	sources[i]->title_right(&from, right, sizeof right, &f.bad);
	f.title = title;
	f.right = right;
	inside = frame_draw(d->c, at, &f);
	list_draw(l, d, inside, i == h->focus);
}

static void draw_detail(struct app *a, struct home *h, struct draw *d, struct rect at)
{
	const struct row *r = list_row(&h->panes[h->focus]);
	char title[128] = "";
	struct frame f = {.title = title};
	struct rect inside;

	if (r)
		detail_title(&r->target, title, sizeof title);
	inside = frame_draw(d->c, at, &f);
	text_clear(&h->detail);
	h->detail.wrap = inside.w - 1;
	if (r)
		detail_target(a, &h->detail, d, &r->target);
	text_draw(&h->detail, d->c, inside);
}

static void draw_home(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct home *h = state;
	int top, middle, left;

	if (d->c->w >= WIDE)
		draw_detail(a, h, d, rect_cut_right(&at, at.w * 2 / 5));
	if (h->zoom || d->c->w < 80 || d->c->h < 24) {
		draw_pane(a, h, d, h->focus, at);
		return;
	}
	left = at.w / 2;
	top = at.h * 2 / 5;
	middle = (at.h - top) / 2;
	draw_pane(a, h, d, 0, (struct rect){at.x, at.y, left, top});
	draw_pane(a, h, d, 1, (struct rect){at.x + left, at.y, at.w - left, top});
	draw_pane(a, h, d, 2, (struct rect){at.x, at.y + top, left, middle});
	draw_pane(a, h, d, 3, (struct rect){at.x + left, at.y + top, at.w - left, middle});
	draw_pane(a, h, d, 4, (struct rect){at.x, at.y + top + middle, left, at.h - top - middle});
	draw_pane(a, h, d, 5,
		(struct rect){at.x + left, at.y + top + middle, at.w - left, at.h - top - middle});
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct home *h = state;

	switch ((int)action) {
	case DO_NEXT_PANE:
		h->focus = (h->focus + 1) % PANES;
		return true;
	case DO_PREVIOUS_PANE:
		h->focus = (h->focus + PANES - 1) % PANES;
		return true;
	case DO_PANE_1:
	case DO_PANE_2:
	case DO_PANE_3:
	case DO_PANE_4:
	case DO_PANE_5:
	case DO_PANE_6:
		h->focus = (size_t)(action - DO_PANE_1);
		return true;
	case DO_ZOOM:
		h->zoom = !h->zoom;
		return true;
	case DO_BACK:
		h->zoom = false;
		if (h->panes[h->focus].filter.text) {
			filter_finish(&h->panes[h->focus].filter);
			news(a, h);
		}
		return true;
	default:
		return false;
	}
}

static struct list *focused(void *state)
{
	struct home *h = state;

	return &h->panes[h->focus];
}

static const struct target *target(void *state)
{
	const struct row *r = list_row(focused(state));

	return r ? &r->target : NULL;
}

static void crumb(void *state, struct buf *out)
{
	(void)state;
	buf_adds(out, "home");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct row *r = list_row(focused(state));

	if (r && r->say)
		buf_adds(out, r->say);
	else if (!a->reader)
		buf_adds(out, "there is no store yet: nothing has been looked at");
}

const struct page_class page_home = {
	.name = "home",
	.contexts = IN_HOME | IN_LIST,
	.open = open_home,
	.close = close_home,
	.draw = draw_home,
	.act = act,
	.news = news,
	.list = focused,
	.target = target,
	.crumb = crumb,
	.say = say,
};
