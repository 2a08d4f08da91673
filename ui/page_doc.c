#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/doctext.h"
#include "ui/textpage.h"

struct doc_page {
	struct target about; /* kind and name of a document of the store */
	char *source;	     /* NULL: there is none */
	bool fresh;
	struct text text;
};

static void news(struct app *a, void *state)
{
	struct doc_page *p = state;
	struct err e;

	free(p->source);
	p->source = NULL;
	p->fresh = false;
	if (a->reader && reader_doc(a->reader, p->about.kind, p->about.name, &p->source, &e) < 0)
		p->source = NULL;
}

static void *open_doc(struct app *a, const struct target *target)
{
	struct doc_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	news(a, p);
	return p;
}

static void close_doc(struct app *a, void *state)
{
	struct doc_page *p = state;

	(void)a;
	target_finish(&p->about);
	free(p->source);
	text_finish(&p->text);
	free(p);
}

/* Configuration has prose in its comments; a reference is shown to the byte. */
static void plain(struct text *t, const char *s, bool prose)
{
	t->indent = 1;
	if (prose)
		doctext_prose(t, s, strlen(s));
	else
		doctext_plain(t, s, strlen(s));
	t->indent = 0;
}

static void draw_doc(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct doc_page *p = state;
	char title[160];
	struct frame f = {.title = title, .focus = true};

	(void)a;
	if (!p->fresh || p->text.wrap != textpage_wrap(at)) {
		text_clear(&p->text);
		p->text.wrap = textpage_wrap(at);
		p->fresh = true;
		if (!p->source)
			text_addf(&p->text, AS_DIM, " the accepted commit has no %s \"%s\"",
				p->about.kind, p->about.name);
		else if (str_eq(p->about.kind, "runbook") || str_eq(p->about.kind, "memory"))
			doctext_markdown(&p->text, p->source, strlen(p->source));
		else
			plain(&p->text, p->source, !str_eq(p->about.kind, "reference"));
	}
	snprintf(title, sizeof title, "%s  %s", p->about.kind, p->about.name);
	textpage_draw(&p->text, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	(void)a;
	return textpage_act(&((struct doc_page *)state)->text, action);
}

static void crumb(void *state, struct buf *out)
{
	const struct doc_page *p = state;

	buf_addf(out, "%s %s", p->about.kind, p->about.name);
}

const struct page_class page_doc = {
	.name = "doc",
	.contexts = IN_TEXT,
	.open = open_doc,
	.close = close_doc,
	.draw = draw_doc,
	.act = act,
	.news = news,
	.crumb = crumb,
};
