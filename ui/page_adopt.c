#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "ui/app.h"
#include "ui/changes.h"
#include "ui/textpage.h"

/* What is live, shown as the references it would become. */
struct adopt_page {
	struct target about; /* host and check, or neither: all that have no reference */
	struct doc *result;
	char *error;
	bool fresh;
	struct text text;
};

static void answered(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct adopt_page *p = state;

	(void)a;
	doc_free(p->result);
	free(p->error);
	p->result = error ? NULL : doc_copy(result);
	p->error = error ? xstrdup(error->msg) : NULL;
	p->fresh = false;
	p->text.end_seen = false;
}

static void *open_adopt(struct app *a, const struct target *target)
{
	struct adopt_page *p = xcalloc(1, sizeof *p);
	struct doc *args = doc_new_map();

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	app_top(a)->state = p;
	if (target->host)
		doc_set_str(args, "host", target->host);
	if (target->check)
		doc_set_str(args, "check", target->check);
	doc_set_bool(args, "preview", true);
	app_request(a, REQUEST_ADOPT, args, NULL, answered);
	return p;
}

static void close_adopt(struct app *a, void *state)
{
	struct adopt_page *p = state;

	(void)a;
	target_finish(&p->about);
	doc_free(p->result);
	free(p->error);
	text_finish(&p->text);
	free(p);
}

static void build(struct adopt_page *p, struct rect at)
{
	struct text *t = &p->text;

	text_clear(t);
	t->wrap = textpage_wrap(at);
	p->fresh = true;
	if (p->error) {
		text_addf(t, AS_CRIT, " %s", p->error);
		return;
	}
	if (!p->result) {
		text_add(t, AS_DIM, " looking at what is live ...");
		return;
	}
	text_add(
		t, AS_DIM, " − the reference now   + what is live, and would become the reference");
	text_break(t);
	text_break(t);
	changes_add(t, p->result);
}

static void draw_adopt(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct adopt_page *p = state;
	char title[160];
	struct frame f = {.title = title, .focus = true};

	(void)a;
	if (!p->fresh || p->text.wrap != textpage_wrap(at))
		build(p, at);
	snprintf(title, sizeof title, "Adopt  %s %s", p->about.host ? p->about.host : "every host",
		p->about.check ? p->about.check : "");
	textpage_draw(&p->text, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct adopt_page *p = state;
	struct target t;

	if (action != DO_ADOPT && action != DO_APPROVE)
		return textpage_act(&p->text, action);
	if (!p->result)
		return true;
	if (!p->text.end_seen) {
		app_complain(a, "adopt: read it whole first: space");
		return true;
	}
	t = (struct target){.kind = xstrdup("adopt"),
		.host = xstrdup(p->about.host),
		.check = xstrdup(p->about.check),
		.name = xstrdup(doc_get_str(p->result, "shown", ""))};
	app_open(a, &page_reason, &t);
	target_finish(&t);
	return true;
}

static void crumb(void *state, struct buf *out)
{
	(void)state;
	buf_adds(out, "adopt");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct adopt_page *p = state;
	char key[32];

	keymap_key(&a->keymap, DO_ADOPT, key, sizeof key);
	if (p->result && p->text.end_seen)
		buf_addf(out, "%s asks why, and commits these as references", key);
	else if (p->result)
		buf_adds(out, "read it whole first: space");
}

const struct page_class page_adopt = {
	.name = "adopt",
	.contexts = IN_TEXT | IN_ADOPT,
	.open = open_adopt,
	.close = close_adopt,
	.draw = draw_adopt,
	.act = act,
	.crumb = crumb,
	.say = say,
};
