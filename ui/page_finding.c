#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/difftext.h"
#include "ui/textpage.h"

#define WIDE 120 /* columns from which the diff stands beside */

struct finding_page {
	struct target about;
	struct finding finding; /* whole, as the store has it */
	struct diff *diff;
	struct series *past; /* of its metrics */
	size_t past_count;
	bool have;
	struct text text, beside;
};

static void news(struct app *a, void *state)
{
	struct finding_page *p = state;
	struct doc *d = NULL;
	struct err e;

	finding_finish(&p->finding);
	diff_free(p->diff);
	p->diff = NULL;
	series_list_free(p->past, p->past_count);
	p->past = NULL;
	p->past_count = 0;
	p->have = a->reader && p->about.check &&
		  reader_finding(a->reader, p->about.host, p->about.check, &p->finding, &e) == 0;
	if (p->have && reader_series(a->reader, p->about.host, p->about.check, &p->past,
			       &p->past_count, &e) < 0)
		p->past_count = 0;
	if (!p->have || !p->finding.diff ||
		json_read(&d, p->finding.diff, strlen(p->finding.diff), "diff", &e) < 0)
		return;
	if (diff_from_doc(&p->diff, d, &e) < 0)
		p->diff = NULL;
	doc_free(d);
}

static void *open_finding(struct app *a, const struct target *target)
{
	struct finding_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	text_init(&p->beside, &a->now, 0);
	news(a, p);
	return p;
}

static void close_finding(struct app *a, void *state)
{
	struct finding_page *p = state;

	(void)a;
	target_finish(&p->about);
	finding_finish(&p->finding);
	diff_free(p->diff);
	series_list_free(p->past, p->past_count);
	text_finish(&p->text);
	text_finish(&p->beside);
	free(p);
}

static void draw_diff(struct finding_page *p, struct draw *d, struct rect at)
{
	struct frame f = {.title = "diff"};
	const struct difftext how = {.context = 3};

	text_clear(&p->beside);
	p->beside.wrap = textpage_wrap(at);
	difftext_add(&p->beside, p->diff, &how);
	textpage_draw(&p->beside, d, at, &f);
}

static void draw_finding(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct finding_page *p = state;
	const struct difftext how = {.context = 3};
	char title[160];
	struct frame f = {.title = title, .focus = true};
	bool beside = p->diff && d->c->w >= WIDE;

	detail_title(&p->about, title, sizeof title);
	f.bad = p->have && p->finding.state == FINDING_CRIT;
	if (beside)
		draw_diff(p, d, rect_cut_right(&at, at.w * 11 / 20));
	text_clear(&p->text);
	p->text.wrap = textpage_wrap(at);
	if (p->have)
		detail_finding(a, &p->text, d, &p->finding, p->past, p->past_count);
	else
		text_add(&p->text, AS_DIM, " nothing is known about this (any more)");
	if (p->diff && !beside) {
		text_break(&p->text);
		difftext_add(&p->text, p->diff, &how);
	}
	d->c->cursor_x = -1;
	textpage_draw(&p->text, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct finding_page *p = state;

	if (action == DO_OPEN) {
		if (p->diff)
			app_act(a, DO_DIFF);
		else
			app_say(a, "nothing differs here; w shows what the host sent");
		return true;
	}
	return textpage_act(&p->text, action);
}

static const struct target *target(void *state)
{
	return &((struct finding_page *)state)->about;
}

static void crumb(void *state, struct buf *out)
{
	const struct finding_page *p = state;

	buf_addf(out, "%s %s", p->about.host, p->about.check ? p->about.check : "");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct finding_page *p = state;

	(void)a;
	if (p->have && p->finding.summary)
		buf_addf(
			out, "%s on %s: %s", p->finding.check, p->finding.host, p->finding.summary);
}

const struct page_class page_finding = {
	.name = "finding",
	.contexts = IN_FINDING | IN_TEXT,
	.open = open_finding,
	.close = close_finding,
	.draw = draw_finding,
	.act = act,
	.news = news,
	.target = target,
	.crumb = crumb,
	.say = say,
};
