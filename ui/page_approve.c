#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/layout.h"
#include "ui/review.h"

/* The approval, below the change that it approves. The plan and the hash of what was shown are
 * taken when it opens: nothing that comes later can change what is sent. */
struct approve {
	struct target about;
	char *plan, *shown, *confirm;
	enum action action;
	struct field why, typed;
	enum { IN_WHY, IN_CONFIRM } focus;
	bool visited; /* the rationale was left by the person: it is theirs */
};

static void *open_approve(struct app *a, const struct target *target)
{
	struct approve *p = xcalloc(1, sizeof *p);
	const struct review *r = review_current(a);

	target_copy(&p->about, target);
	p->why.many = true;
	if (r) {
		p->plan = xstrdup(r->plan);
		p->shown = xstrdup(r->shown);
		p->confirm = xstrdup(r->confirm);
		p->action = r->action;
		field_set(&p->why, r->rationale);
	}
	app_quieten(a);
	return p;
}

static void close_approve(struct app *a, void *state)
{
	struct approve *p = state;

	(void)a;
	target_finish(&p->about);
	free(p->plan);
	free(p->shown);
	free(p->confirm);
	field_finish(&p->why);
	field_finish(&p->typed);
	free(p);
}

static const char changed[] = "it changed while you read: esc leaves, then a reads it again";

static bool is_typed(const struct approve *p)
{
	return !str_empty(p->confirm);
}

static void draw_confirm(struct app *a, struct approve *p, struct draw *d, struct rect in, int y)
{
	char text[200], key[32];
	int x = in.x + 1, limit = in.x + in.w;
	bool focus = p->focus == IN_CONFIRM;

	keymap_key(&a->keymap, DO_CONFIRM, key, sizeof key);
	if (review_current(a) && review_current(a)->moved) {
		canvas_fit(d->c, x, y, limit, AS_CRIT, changed);
		return;
	}
	if (!app_is_quiet(a)) {
		canvas_fit(
			d->c, x, y, limit, AS_WARN, "waiting until nothing is typed any more ...");
		return;
	}
	if (is_typed(p)) {
		snprintf(text, sizeof text, "Type %s to approve plan %.8s: ", p->confirm, p->plan);
		x = canvas_fit(d->c, x, y, limit, focus ? AS_STRONG : AS_DIM, text) + 1;
		field_draw(&p->typed, d->c,
			(struct rect){x, y, limit - x - 1 > 1 ? limit - x - 1 : 1, 1}, focus);
	} else {
		snprintf(text, sizeof text, "Approve plan %.8s?  [no]  %s approves, esc leaves",
			p->plan, key);
		canvas_fit(d->c, x, y, limit, focus ? AS_STRONG : AS_DIM, text);
		if (focus)
			canvas_cursor(d->c, x, y);
	}
}

static void draw_approve(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct approve *p = state;
	struct review *r = review_current(a);
	char title[96], right[64];
	struct frame f = {.title = title, .right = right, .focus = true};
	struct rect panel = rect_cut_bottom(&at, at.h > 30 ? 12 : at.h > 16 ? 9 : at.h);

	if (r && at.h > 3)
		review_draw_change(a, r, d, at, false);
	snprintf(title, sizeof title, "approve %s", p->about.proposal);
	snprintf(right, sizeof right, "plan %.8s", p->plan ? p->plan : "");
	panel = frame_draw(d->c, panel, &f);
	d->c->cursor_x = -1;
	canvas_fit(d->c, panel.x + 1, panel.y, panel.x + panel.w,
		p->focus == IN_WHY ? AS_STRONG : AS_DIM, "Why (yours, goes into the commit):");
	field_draw(&p->why, d->c,
		(struct rect){panel.x + 1, panel.y + 1, panel.w - 2, panel.h > 4 ? panel.h - 3 : 1},
		p->focus == IN_WHY);
	draw_confirm(a, p, d, panel, panel.y + panel.h - 1);
}

/* What is still lacking; NULL: it can be sent. */
static const char *lacking(const struct approve *p)
{
	const char *why = field_text(&p->why);

	if (strspn(why, " \n") == strlen(why))
		return "write why: it goes into the commit";
	if (!p->visited || p->focus != IN_CONFIRM)
		return "read your reason once more, then tab to the confirmation";
	if (is_typed(p) && strcmp(field_text(&p->typed), p->confirm) != 0)
		return "what is typed is not the name that is asked for";
	return NULL;
}

static void confirm(struct app *a, struct approve *p)
{
	const char *why = lacking(p);
	struct review *r = review_current(a);
	struct target about;
	struct doc *args;

	if (!r || r->moved) {
		app_complain(a, "not approved: %s", changed);
		return;
	}
	if (why) {
		app_complain(a, "not approved: %s", why);
		return;
	}
	args = doc_new_map();
	doc_set_str(args, "id", p->about.proposal);
	doc_set_str(args, "plan", p->plan);
	doc_set_str(args, "shown", p->shown);
	doc_set_str(args, "rationale", field_text(&p->why));
	if (is_typed(p))
		doc_set_str(args, "typed", field_text(&p->typed));
	doc_free(a->handover);
	a->handover = args;
	target_copy(&about, &p->about);
	app_back(a); /* this dialog */
	app_back(a); /* the review: what comes back from the progress is where it was opened */
	app_open(a, &page_progress, &about);
	target_finish(&about);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct approve *p = state;

	switch ((int)action) {
	case DO_NEXT_FIELD:
		p->visited = p->visited || p->focus == IN_WHY;
		p->focus = p->focus == IN_WHY ? IN_CONFIRM : IN_WHY;
		return true;
	case DO_CONFIRM:
		confirm(a, p);
		return true;
	case DO_REJECT:
		app_back(a);
		app_act(a, DO_REJECT);
		return true;
	default:
		return false;
	}
}

static bool key(struct app *a, void *state, int32_t k)
{
	struct approve *p = state;

	if (p->focus == IN_WHY)
		return field_key(&p->why, k);
	if (k == KEYCODE_ENTER) {
		app_say(a, "Enter is never yes");
		return true;
	}
	return is_typed(p) && field_key(&p->typed, k);
}

static void paste(struct app *a, void *state, const char *text, size_t n)
{
	struct approve *p = state;

	if (p->focus == IN_WHY)
		field_paste(&p->why, text, n);
	else
		app_complain(a, "the confirmation is typed, not pasted");
}

static void crumb(void *state, struct buf *out)
{
	(void)state;
	buf_adds(out, "approve");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct approve *p = state;
	const char *why = lacking(p);
	char k[32];

	keymap_key(&a->keymap, DO_CONFIRM, k, sizeof k);
	if (review_current(a) && review_current(a)->moved)
		buf_adds(out, "nothing can be approved here any more");
	else if (why)
		buf_adds(out, why);
	else
		buf_addf(out, "%s approves plan %.8s and applies it", k, p->plan);
}

const struct page_class page_approve = {
	.name = "approve",
	.contexts = IN_DIALOG | IN_APPROVE,
	.open = open_approve,
	.close = close_approve,
	.draw = draw_approve,
	.act = act,
	.key = key,
	.paste = paste,
	.crumb = crumb,
	.say = say,
};
