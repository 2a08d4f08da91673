#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/layout.h"

#define WIDE 160

struct list_page {
	const struct rows_source *source; /* NULL: the findings of a condition */
	struct target about;
	struct list list;
	struct text detail;
};

/* The findings that share a condition, for the row that stands for them all. */
static void condition_rows(struct app *a, struct list_page *p)
{
	enum finding_condition want;

	list_clear(&p->list);
	if (!finding_condition_parse(p->about.name, &want))
		return;
	for (size_t i = 0; i < a->snap->finding_count; i++) {
		const struct finding *f = &a->snap->findings[i];
		char *key;
		struct row *r;

		if (f->condition != want)
			continue;
		key = xasprintf("%s/%s", f->host, f->check);
		r = list_add(&p->list, key);
		free(key);
		r->sign = true;
		r->state = f->state;
		r->name = xasprintf("%s  %s", f->host, f->check);
		r->text = xstrdup(f->summary);
		r->age_ms = f->since_ms;
		r->target.host = xstrdup(f->host);
		r->target.check = xstrdup(f->check);
	}
	list_settle(&p->list);
}

static void news(struct app *a, void *state)
{
	struct list_page *p = state;
	struct rows_from from = app_rows_from(a, &p->about);

	if (p->source)
		rows_fill(&p->list, p->source, &from);
	else
		condition_rows(a, p);
}

static void *open_list(struct app *a, const struct target *target)
{
	struct list_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	p->source = target->kind ? rows_source_find(target->kind) : NULL;
	text_init(&p->detail, &a->now, 0);
	news(a, p);
	return p;
}

static void close_list(struct app *a, void *state)
{
	struct list_page *p = state;

	(void)a;
	target_finish(&p->about);
	list_finish(&p->list);
	text_finish(&p->detail);
	free(p);
}

/* The findings of one host: the view of that host. */
static bool is_host(const struct list_page *p)
{
	return p->source == &rows_findings && p->about.host && !p->about.check;
}

static const char *name_of(const struct list_page *p, bool title)
{
	enum finding_condition c;

	if (p->source)
		return title ? p->source->title : p->source->name;
	if (p->about.name && finding_condition_parse(p->about.name, &c) && rows_condition(c))
		return rows_condition(c);
	return "list";
}

static void title_of(const struct list_page *p, char *out, size_t size)
{
	const char *name = name_of(p, true);

	if (is_host(p))
		name = "Host";
	snprintf(out, size, "%s%s%s%s%s%s%s", name, p->about.host ? "  " : "",
		p->about.host ? p->about.host : "", p->about.check ? "  " : "",
		p->about.check ? p->about.check : "", p->list.filter.text ? "  /" : "",
		p->list.filter.text ? p->list.filter.text : "");
}

static void draw_beside(struct app *a, struct list_page *p, struct draw *d, struct rect at)
{
	const struct row *r = list_row(&p->list);
	char title[128] = "";
	struct frame f = {.title = title};
	struct rect inside;

	if (r)
		detail_title(&r->target, title, sizeof title);
	inside = frame_draw(d->c, at, &f);
	text_clear(&p->detail);
	p->detail.wrap = inside.w - 1;
	if (r)
		detail_target(a, &p->detail, d, &r->target);
	text_draw(&p->detail, d->c, inside);
}

/* Two lines on the host above its findings. */
static void draw_host(struct app *a, const struct list_page *p, struct draw *d, struct rect *at)
{
	const struct snap_host *h = snapshot_host(a->snap, p->about.host);
	char *tags, age[16], line[256];

	if (!h || at->h < 5)
		return;
	tags = strs_join(&h->tags, " ");
	draw_age_text(d, age, sizeof age, h->at_ms);
	snprintf(line, sizeof line, "%s  %s  %s  %s%s%s", h->address ? h->address : "",
		h->transport ? h->transport : "", tags, h->at_ms ? "looked " : "not looked at yet",
		age, h->at_ms && strcmp(age, "now") != 0 ? " ago" : "");
	canvas_fit(d->c, at->x + 1, at->y, at->x + at->w, AS_DIM, line + strspn(line, " "));
	if (h->error)
		canvas_fit(d->c, at->x + 1, at->y + 1, at->x + at->w, AS_CRIT, h->error);
	at->y += 2;
	at->h -= 2;
	free(tags);
}

static void draw_list(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct list_page *p = state;
	struct rows_from from = app_rows_from(a, &p->about);
	char title[160], right[64];
	struct frame f = {.title = title, .right = right, .focus = true};

	title_of(p, title, sizeof title);
	snprintf(right, sizeof right, "%zu", p->list.row_count);
	if (p->source && p->source->title_right)
		p->source->title_right(&from, right, sizeof right, &f.bad);
	if (d->c->w >= WIDE)
		draw_beside(a, p, d, rect_cut_right(&at, at.w * 2 / 5));
	at = frame_draw(d->c, at, &f);
	if (is_host(p))
		draw_host(a, p, d, &at);
	list_draw(&p->list, d, at, true);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct list_page *p = state;

	if (action == DO_BACK && p->list.filter.text) {
		filter_finish(&p->list.filter);
		news(a, p);
		return true;
	}
	return false;
}

static struct list *list_of(void *state)
{
	return &((struct list_page *)state)->list;
}

static const struct target *target(void *state)
{
	const struct row *r = list_row(list_of(state));

	return r ? &r->target : NULL;
}

static void crumb(void *state, struct buf *out)
{
	const struct list_page *p = state;

	if (is_host(p)) {
		buf_adds(out, p->about.host);
		return;
	}
	buf_adds(out, name_of(p, false));
	if (p->about.host)
		buf_addf(out, " %s", p->about.host);
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct row *r = list_row(list_of(state));

	(void)a;
	if (r && r->say)
		buf_adds(out, r->say);
}

const struct page_class page_list = {
	.name = "list",
	.contexts = IN_LIST,
	.open = open_list,
	.close = close_list,
	.draw = draw_list,
	.act = act,
	.news = news,
	.list = list_of,
	.target = target,
	.crumb = crumb,
	.say = say,
};
