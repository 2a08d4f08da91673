#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/view.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/doctext.h"
#include "ui/review.h"
#include "ui/textpage.h"

#define WIDE 120 /* columns from which the runbook stands beside */

static void forget(struct review *r)
{
	view_finish(&r->view);
	free(r->why);
	free(r->plan);
	free(r->rationale);
	free(r->runbook);
	free(r->runbook_text);
	free(r->confirm);
	free(r->reason);
	r->why = r->plan = r->rationale = r->runbook = r->runbook_text = NULL;
	r->confirm = r->reason = NULL;
	r->text.end_seen = false;
	r->fresh = false;
}

static void fail(struct review *r, const char *why)
{
	forget(r);
	r->state = REVIEW_FAILED;
	r->why = xstrdup(why);
}

static void take_verdict(struct review *r, const struct doc *v)
{
	r->confirm = xstrdup(doc_get_str(v, "confirm", NULL));
	r->reason = xstrdup(doc_get_str(v, "reason", NULL));
	if (!action_parse(doc_get_str(v, "action", ""), &r->action))
		r->action = ACTION_FORBID;
}

static void take_runbook(struct app *a, struct review *r)
{
	struct err e;

	if (!r->runbook || !a->reader ||
		reader_doc(a->reader, "runbook", r->runbook, &r->runbook_text, &e) < 0)
		r->runbook_text = NULL;
}

static void note_state(struct app *a, struct review *r)
{
	const struct snap_proposal *p = snapshot_proposal(a->snap, r->about.proposal);

	r->at = p ? p->state : PROPOSAL_PROPOSED;
	r->moved = false;
}

/* Without a server, without the right to ask it, or where it gives none: what the store has of the
 * last review. */
static void show_stored(struct app *a, struct review *r, const char *why)
{
	struct proposal_row row = {0};
	struct doc *view = NULL, *verdict = NULL;
	struct err e = {0};

	forget(r);
	if (!a->reader || reader_proposal(a->reader, r->about.proposal, &row, &e) < 0) {
		fail(r, e.msg[0] ? e.msg : "there is no store yet");
		return;
	}
	r->state = REVIEW_STORED;
	r->why = xstrdup(why);
	r->rationale = xstrdup(row.rationale);
	r->runbook = xstrdup(row.p.runbook);
	r->plan = xstrdup(row.p.plan);
	r->at = row.p.state;
	if (row.view && json_read(&view, row.view, strlen(row.view), "view", &e) == 0 &&
		view_from_doc(&r->view, view, &e) < 0)
		view_finish(&r->view);
	if (row.verdict &&
		json_read(&verdict, row.verdict, strlen(row.verdict), "verdict", &e) == 0)
		take_verdict(r, verdict);
	doc_free(view);
	doc_free(verdict);
	take_runbook(a, r);
	proposal_row_finish(&row);
}

static void answered(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct review *r = state;
	struct err e;

	if (error) {
		show_stored(a, r, error->msg);
		if (!r->view.line_count)
			fail(r, error->msg);
		return;
	}
	forget(r);
	if (view_from_doc(&r->view, doc_get(result, "view"), &e) < 0) {
		fail(r, e.msg);
		return;
	}
	view_hash(r->shown, &r->view);
	if (!str_eq(r->shown, doc_get_str(result, "shown", ""))) {
		fail(r, "what the server sent is not what it says it sent; nothing can be "
			"approved");
		return;
	}
	r->plan = xstrdup(doc_get_str(result, "plan", ""));
	r->rationale = xstrdup(doc_get_str(result, "rationale", ""));
	r->runbook = xstrdup(doc_get_str(result, "runbook", NULL));
	r->expires_ms = doc_get_int(result, "expires_ms", 0);
	take_verdict(r, doc_get(result, "verdict"));
	take_runbook(a, r);
	note_state(a, r);
	if (!proposal_state_parse(doc_get_str(result, "state", ""), &r->at))
		r->at = PROPOSAL_PROPOSED;
	r->state = REVIEW_SHOWN;
}

static void ask(struct app *a, struct review *r)
{
	struct doc *args = doc_new_map();
	const char *why = app_forbidden(a, DO_REVIEW);

	doc_set_str(args, "id", r->about.proposal);
	if (why) {
		doc_free(args);
		show_stored(a, r, why);
		return;
	}
	r->state = REVIEW_ASKING;
	app_request(a, REQUEST_REVIEW, args, NULL, answered);
}

static void *open_review(struct app *a, const struct target *target)
{
	struct review *r = xcalloc(1, sizeof *r);

	target_copy(&r->about, target);
	text_init(&r->text, &a->now, 0);
	text_init(&r->beside, &a->now, 0);
	app_top(a)->state = r; /* an answer at once must find it */
	ask(a, r);
	return r;
}

static void close_review(struct app *a, void *state)
{
	struct review *r = state;

	(void)a;
	forget(r);
	target_finish(&r->about);
	text_finish(&r->text);
	text_finish(&r->beside);
	free(r);
}

static void news(struct app *a, void *state)
{
	struct review *r = state;
	const struct snap_proposal *p = snapshot_proposal(a->snap, r->about.proposal);

	r->fresh = false;
	if (p && r->state == REVIEW_SHOWN && p->state != r->at)
		r->moved = true;
	if (r->state == REVIEW_STORED)
		show_stored(a, r, app_forbidden(a, DO_REVIEW) ? app_forbidden(a, DO_REVIEW) : "");
}

void review_draw_change(struct app *a, struct review *r, struct draw *d, struct rect at, bool focus)
{
	const struct snap_proposal *p = snapshot_proposal(a->snap, r->about.proposal);
	char title[200], right[80];
	struct frame f = {.title = title, .focus = focus};
	int wrap = textpage_wrap(at);

	review_lay_out(a, r, d, wrap);
	snprintf(title, sizeof title, "%s  %s", r->about.proposal, p && p->title ? p->title : "");
	if (r->plan) {
		snprintf(right, sizeof right, "plan %.8s", r->plan);
		f.right = right;
	}
	f.bad = review_is_old(r);
	textpage_draw(&r->text, d, at, &f);
}

static void draw_runbook(struct review *r, struct draw *d, struct rect at)
{
	char title[120];
	struct frame f = {.title = title};
	int wrap = textpage_wrap(at);

	snprintf(title, sizeof title, "runbook %s", r->runbook);
	if (r->beside.wrap != wrap || !r->beside.line_count) {
		text_clear(&r->beside);
		r->beside.wrap = wrap;
		doctext_markdown(&r->beside, r->runbook_text, strlen(r->runbook_text));
	}
	textpage_draw(&r->beside, d, at, &f);
}

static void draw_review(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct review *r = state;

	if (r->runbook_text && d->c->w >= WIDE)
		draw_runbook(r, d, rect_cut_right(&at, at.w * 2 / 5));
	d->c->cursor_x = -1;
	review_draw_change(a, r, d, at, true);
}

bool review_is_open(const struct review *r)
{
	return r->state == REVIEW_SHOWN && !r->moved && r->at == PROPOSAL_PROPOSED;
}

bool review_is_old(const struct review *r)
{
	return r->moved || r->state == REVIEW_FAILED;
}

static const char *unread(struct review *r)
{
	size_t first, last;

	if (r->text.end_seen)
		return NULL;
	if (!text_unseen(&r->text, &first, &last))
		return "its end is not there";
	snprintf(r->unread, sizeof r->unread, "read it whole first: %s %zu-%zu of %zu, by space",
		first == last ? "line" : "lines", first, last, r->text.line_count);
	return r->unread;
}

const char *review_blocked(struct review *r)
{
	if (r->state != REVIEW_SHOWN)
		return r->state == REVIEW_ASKING ? "the targets are still being read"
						 : "only a fresh review can be approved";
	if (r->moved)
		return "it changed while you read: a reads it again";
	if (r->at != PROPOSAL_PROPOSED)
		return "it is not waiting for an approval";
	if (r->action == ACTION_FORBID)
		return r->reason ? r->reason : "policy forbids it";
	return unread(r);
}

struct review *review_current(struct app *a)
{
	for (size_t i = a->place_count; i-- > 0;) {
		if (a->places[i].class == &page_review)
			return a->places[i].state;
	}
	return NULL;
}

static void open_reason(struct app *a, struct review *r, const char *what)
{
	struct target t = {.kind = xstrdup(what), .proposal = xstrdup(r->about.proposal)};

	app_open(a, &page_reason, &t);
	target_finish(&t);
}

/* The server refuses until it is accepted: better said before a reason is written. */
static const char incoming[] = "the branch has what is not accepted yet: i shows it";

static bool act(struct app *a, void *state, enum action_id action)
{
	struct review *r = state;
	const char *why;

	switch ((int)action) {
	case DO_APPROVE:
		why = review_blocked(r);
		if (!why && a->snap->incoming)
			why = incoming;
		if (why)
			app_complain(a, "approve: %s", why);
		else
			app_open(a, &page_approve, &r->about);
		return true;
	case DO_REJECT:
		open_reason(a, r, "reject");
		return true;
	case DO_OPEN:
	case DO_REVIEW: /* read it again */
		if (action == DO_REVIEW || review_is_old(r))
			ask(a, r);
		return true;
	default:
		return textpage_act(&r->text, action);
	}
}

static const struct target *target(void *state)
{
	return &((struct review *)state)->about;
}

static void crumb(void *state, struct buf *out)
{
	buf_adds(out, ((const struct review *)state)->about.proposal);
}

static void say(struct app *a, void *state, struct buf *out)
{
	struct review *r = state;
	const char *why = review_blocked(r);

	if (r->state == REVIEW_STORED)
		buf_addf(out, "as it was last reviewed%s%s", r->why[0] ? ": " : "", r->why);
	else if (why || a->snap->incoming)
		buf_adds(out, why ? why : incoming);
	else
		buf_addf(out, "read whole; A opens the approval%s",
			r->action == ACTION_TYPED ? ", which wants a name typed" : "");
}

const struct page_class page_review = {
	.name = "review",
	.contexts = IN_REVIEW | IN_TEXT,
	.open = open_review,
	.close = close_review,
	.draw = draw_review,
	.act = act,
	.news = news,
	.target = target,
	.crumb = crumb,
	.say = say,
};
