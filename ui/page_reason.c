#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "ui/app.h"
#include "ui/layout.h"

/* What is sent with a reason: about.kind names it. */
static const struct reason_kind {
	const char *name;
	enum request request;
	const char *ask, *field, *done;
} kinds[] = {
	{"reject", REQUEST_REJECT, "Why not? It goes back to who proposed it:", "reason",
		"rejected"},
	{"reconcile", REQUEST_RECONCILE, "What did you find, and how does it stand now?", "reason",
		"closed"},
	{"adopt", REQUEST_ADOPT, "Why is this right? It goes into the commit:", "rationale",
		"adopted and committed"},
};

struct reason {
	struct target about; /* kind; proposal, or for adopt: name is the hash of what was shown */
	const struct reason_kind *kind;
	struct field why;
	bool sent;
};

static void *open_reason(struct app *a, const struct target *target)
{
	struct reason *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	p->kind = &kinds[0];
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (str_eq(kinds[i].name, target->kind))
			p->kind = &kinds[i];
	}
	p->why.many = true;
	app_quieten(a);
	return p;
}

static void close_reason(struct app *a, void *state)
{
	struct reason *p = state;

	(void)a;
	target_finish(&p->about);
	field_finish(&p->why);
	free(p);
}

static void draw_reason(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct reason *p = state;
	char title[128], text[96], key[32];
	struct frame f = {.title = title, .focus = true};
	struct rect in = rect_cut_bottom(&at, at.h > 12 ? 10 : at.h);
	struct place *below = a->place_count > 1 ? &a->places[a->place_count - 2] : NULL;

	if (below && at.h > 3)
		below->class->draw(a, below->state, d, at);
	snprintf(title, sizeof title, "%s %s", p->kind->name,
		p->about.proposal ? p->about.proposal
		: p->about.host	  ? p->about.host
				  : "");
	in = frame_draw(d->c, in, &f);
	canvas_fit(d->c, in.x + 1, in.y, in.x + in.w, AS_STRONG, p->kind->ask);
	d->c->cursor_x = -1;
	field_draw(&p->why, d->c,
		(struct rect){in.x + 1, in.y + 1, in.w - 2, in.h > 4 ? in.h - 3 : 1}, true);
	keymap_key(&a->keymap, DO_CONFIRM, key, sizeof key);
	snprintf(text, sizeof text, p->sent ? "asking ..." : "%s sends it, esc leaves", key);
	canvas_fit(d->c, in.x + 1, in.y + in.h - 1, in.x + in.w, AS_DIM, text);
}

static void answered(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct reason *p = state;
	const char *commit;

	if (error) {
		p->sent = false;
		app_complain(a, "%s: %s", p->kind->name, error->msg);
		return;
	}
	commit = doc_get_str(result, "commit", NULL);
	app_say(a, "%s%s%s%s%.7s", p->about.proposal ? p->about.proposal : "",
		p->about.proposal ? " " : "", p->kind->done, commit ? " as " : "",
		commit ? commit : "");
	app_back(a); /* the dialog, and what it was about */
	app_back(a);
}

static void send_it(struct app *a, struct reason *p)
{
	const char *why = field_text(&p->why);
	struct doc *args;

	if (p->sent)
		return;
	if (strspn(why, " \n") == strlen(why)) {
		app_complain(a, "write why");
		return;
	}
	args = doc_new_map();
	if (p->about.proposal)
		doc_set_str(args, "id", p->about.proposal);
	if (p->kind->request == REQUEST_ADOPT) {
		doc_set_str(args, "shown", p->about.name);
		if (p->about.host)
			doc_set_str(args, "host", p->about.host);
		if (p->about.check)
			doc_set_str(args, "check", p->about.check);
	}
	doc_set_str(args, p->kind->field, why);
	p->sent = true;
	app_request(a, p->kind->request, args, NULL, answered);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	if (action == DO_CONFIRM) {
		send_it(a, state);
		return true;
	}
	return false;
}

static bool key(struct app *a, void *state, int32_t k)
{
	(void)a;
	return field_key(&((struct reason *)state)->why, k);
}

static void paste(struct app *a, void *state, const char *text, size_t n)
{
	(void)a;
	field_paste(&((struct reason *)state)->why, text, n);
}

static void crumb(void *state, struct buf *out)
{
	buf_adds(out, ((const struct reason *)state)->kind->name);
}

const struct page_class page_reason = {
	.name = "reason",
	.contexts = IN_DIALOG,
	.open = open_reason,
	.close = close_reason,
	.draw = draw_reason,
	.act = act,
	.key = key,
	.paste = paste,
	.crumb = crumb,
};
