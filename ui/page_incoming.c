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

/* What the branch has that is not accepted. */
struct incoming_page {
	struct doc *result; /* of the request; NULL: not answered yet */
	char *error;
	bool fresh, sent;
	struct text text;
};

static void answered(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct incoming_page *p = state;

	(void)a;
	doc_free(p->result);
	free(p->error);
	p->result = error ? NULL : doc_copy(result);
	p->error = error ? xstrdup(error->msg) : NULL;
	p->fresh = false;
	p->text.end_seen = false;
}

static void *open_incoming(struct app *a, const struct target *target)
{
	struct incoming_page *p = xcalloc(1, sizeof *p);

	(void)target;
	text_init(&p->text, &a->now, 0);
	app_top(a)->state = p;
	app_request(a, REQUEST_INCOMING, NULL, NULL, answered);
	return p;
}

static void close_incoming(struct app *a, void *state)
{
	struct incoming_page *p = state;

	(void)a;
	doc_free(p->result);
	free(p->error);
	text_finish(&p->text);
	free(p);
}

static void build(struct app *a, struct incoming_page *p, struct rect at)
{
	struct text *t = &p->text;

	text_clear(t);
	t->wrap = textpage_wrap(at);
	p->fresh = true;
	if (p->error) {
		text_addf(t, AS_CRIT, " %s", p->error);
		text_break(t);
		text_addf(t, AS_TEXT, " %d path%s of the branch's tip %s not accepted",
			a->snap->incoming, a->snap->incoming == 1 ? "" : "s",
			a->snap->incoming == 1 ? "is" : "are");
		return;
	}
	if (!p->result) {
		text_add(t, AS_DIM, " asking the server ...");
		return;
	}
	text_addf(t, AS_TEXT, " %.12s is accepted, %.12s is the tip",
		doc_get_str(p->result, "accepted", ""), doc_get_str(p->result, "tip", ""));
	text_break(t);
	if (doc_get_bool(p->result, "rewritten", false)) {
		text_add(t, AS_ALARM,
			" the tip does not descend from what is accepted: "
			"history was rewritten ");
		text_break(t);
	}
	text_break(t);
	changes_add(t, p->result);
}

static void draw_incoming(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct incoming_page *p = state;
	char title[64];
	struct frame f = {.title = title, .focus = true};

	if (!p->fresh || p->text.wrap != textpage_wrap(at))
		build(a, p, at);
	snprintf(title, sizeof title, "Incoming  %zu path%s", doc_len(doc_get(p->result, "paths")),
		doc_len(doc_get(p->result, "paths")) == 1 ? "" : "s");
	f.bad = doc_get_bool(p->result, "rewritten", false);
	textpage_draw(&p->text, d, at, &f);
}

static void accepted(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct incoming_page *p = state;

	(void)result;
	p->sent = false;
	if (error) {
		app_complain(a, "accept: %s", error->msg);
		return;
	}
	app_say(a, "accepted: opsdeck works from it now");
	app_back(a);
}

static void accept(struct app *a, struct incoming_page *p)
{
	struct doc *args;

	if (!p->result || p->sent)
		return;
	if (!doc_len(doc_get(p->result, "paths")) &&
		str_eq(doc_get_str(p->result, "tip", ""), doc_get_str(p->result, "accepted", ""))) {
		app_say(a, "nothing is waiting to be accepted");
		return;
	}
	if (!p->text.end_seen) {
		app_complain(a, "accept: read it whole first: space");
		return;
	}
	args = doc_new_map();
	doc_set_str(args, "tip", doc_get_str(p->result, "tip", ""));
	doc_set_str(args, "shown", doc_get_str(p->result, "shown", ""));
	p->sent = true;
	app_request(a, REQUEST_ACCEPT, args, NULL, accepted);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct incoming_page *p = state;

	if (action == DO_ACCEPT) {
		accept(a, p);
		return true;
	}
	if (action == DO_INCOMING) { /* read it again */
		p->fresh = false;
		app_request(a, REQUEST_INCOMING, NULL, NULL, answered);
		return true;
	}
	return textpage_act(&p->text, action);
}

static void crumb(void *state, struct buf *out)
{
	(void)state;
	buf_adds(out, "incoming");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct incoming_page *p = state;
	char key[32];

	if (!p->result)
		return;
	keymap_key(&a->keymap, DO_ACCEPT, key, sizeof key);
	if (p->text.end_seen)
		buf_addf(out, "%s accepts all of it: opsdeck works from the tip then", key);
	else
		buf_adds(out, "read it whole first: space");
}

const struct page_class page_incoming = {
	.name = "incoming",
	.contexts = IN_INCOMING | IN_TEXT,
	.open = open_incoming,
	.close = close_incoming,
	.draw = draw_incoming,
	.act = act,
	.crumb = crumb,
	.say = say,
};
