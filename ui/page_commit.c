#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/doctext.h"
#include "ui/textpage.h"

#define LOG_MAX 500 /* commits looked through */

struct commit_page {
	struct target about; /* name: the commit's id */
	struct commit_row *rows;
	size_t count, at; /* at == count: not in the log that the store keeps */
	struct text text;
};

static void news(struct app *a, void *state)
{
	struct commit_page *p = state;
	struct err e;

	commit_rows_free(p->rows, p->count);
	p->rows = NULL;
	p->count = p->at = 0;
	if (!a->reader || reader_log(a->reader, LOG_MAX, &p->rows, &p->count, &e) < 0)
		p->count = 0;
	while (p->at < p->count && !str_eq(p->rows[p->at].id, p->about.name))
		p->at++;
}

static void *open_commit(struct app *a, const struct target *target)
{
	struct commit_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	news(a, p);
	return p;
}

static void close_commit(struct app *a, void *state)
{
	struct commit_page *p = state;

	(void)a;
	target_finish(&p->about);
	commit_rows_free(p->rows, p->count);
	text_finish(&p->text);
	free(p);
}

static void draw_commit(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct commit_page *p = state;
	char title[96];
	struct frame f = {.title = title, .focus = true};
	struct text *t = &p->text;

	(void)a;
	text_clear(t);
	t->wrap = textpage_wrap(at);
	detail_pair(t, "commit", AS_STRONG, p->about.name ? p->about.name : "");
	if (p->at < p->count) {
		const struct commit_row *c = &p->rows[p->at];

		detail_pair(t, "author", AS_TEXT, c->author ? c->author : "");
		detail_age(t, d, "made", c->at_ms, "");
		text_break(t);
		text_addf(t, AS_HEADING, " %s", c->subject ? c->subject : "");
		text_break(t);
		text_break(t);
		t->indent = 1;
		doctext_prose(t, c->body ? c->body : "", c->body ? strlen(c->body) : 0);
		t->indent = 0;
	} else {
		text_break(t);
		text_add(t, AS_DIM, " older than the log that is kept here: git show tells more");
	}
	snprintf(title, sizeof title, "commit %.7s", p->about.name ? p->about.name : "");
	textpage_draw(t, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	(void)a;
	return textpage_act(&((struct commit_page *)state)->text, action);
}

static void crumb(void *state, struct buf *out)
{
	buf_addf(out, "commit %.7s", ((const struct commit_page *)state)->about.name);
}

const struct page_class page_commit = {
	.name = "commit",
	.contexts = IN_TEXT,
	.open = open_commit,
	.close = close_commit,
	.draw = draw_commit,
	.act = act,
	.news = news,
	.crumb = crumb,
};
