#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/doctext.h"
#include "ui/textpage.h"

/* What became of a proposal: each step as it runs, the verify, the commit. Follows the store; sends
 * the approval when the dialog handed one over. */
struct progress {
	struct target about;
	struct step_run *runs;
	size_t run_count;
	char *error;	      /* what the server answered to the approval; or NULL */
	bool waiting;	      /* an approval was sent and is not answered */
	struct doc *decision; /* or NULL */
	struct text text;
};

static void news(struct app *a, void *state)
{
	struct progress *p = state;
	struct proposal_row row = {0};
	struct err e;

	step_runs_free(p->runs, p->run_count);
	p->runs = NULL;
	p->run_count = 0;
	doc_free(p->decision);
	p->decision = NULL;
	if (!a->reader)
		return;
	if (reader_step_runs(a->reader, p->about.proposal, &p->runs, &p->run_count, &e) < 0)
		p->run_count = 0;
	if (reader_proposal(a->reader, p->about.proposal, &row, &e) < 0)
		return;
	if (row.decision &&
		json_read(&p->decision, row.decision, strlen(row.decision), "decision", &e) < 0)
		p->decision = NULL;
	proposal_row_finish(&row);
}

static void answered(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	struct progress *p = state;

	(void)result;
	p->waiting = false;
	if (error)
		p->error = xstrdup(error->msg);
	else
		news(a, p);
}

/* The steps are in the store when this comes: reading them again is all there is to do. */
static void progressed(struct app *a, void *state, const struct doc *progress)
{
	(void)progress;
	news(a, state);
}

static void *open_progress(struct app *a, const struct target *target)
{
	struct progress *p = xcalloc(1, sizeof *p);
	struct doc *args = a->handover;

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	app_top(a)->state = p;
	news(a, p);
	a->handover = NULL;
	if (args) {
		p->waiting = true;
		app_request(a, REQUEST_APPROVE, args, progressed, answered);
	}
	return p;
}

static void close_progress(struct app *a, void *state)
{
	struct progress *p = state;

	(void)a;
	target_finish(&p->about);
	step_runs_free(p->runs, p->run_count);
	doc_free(p->decision);
	free(p->error);
	text_finish(&p->text);
	free(p);
}

static enum finding_state run_state(const struct step_run *r)
{
	if (str_eq(r->state, "ok"))
		return FINDING_OK;
	if (str_eq(r->state, "failed"))
		return FINDING_CRIT;
	return str_eq(r->state, "running") ? FINDING_DRIFT : FINDING_UNKNOWN;
}

static void add_run(struct text *t, const struct step_run *r)
{
	enum finding_state st = run_state(r);
	char took[32] = "";

	if (r->ended_ms)
		snprintf(took, sizeof took, "%lld ms", (long long)(r->ended_ms - r->started_ms));
	text_addf(t, state_role(st), " %s ",
		st == FINDING_DRIFT ? "▸" : finding_state_sign(st, false));
	text_addf(t, AS_DIM, "%-7s", r->phase ? r->phase : "");
	t->indent = 10;
	text_words(t, AS_TEXT, r->host ? r->host : "the ops repo");
	text_words(t, AS_TEXT, ": ");
	text_words(t, AS_TEXT, r->title ? r->title : "");
	text_addf(t, AS_DIM, "  %s %s", r->state ? r->state : "", took);
	if (st == FINDING_CRIT)
		text_addf(t, AS_CRIT, "  exit %d", r->exit_status);
	text_break(t);
	t->indent = 0;
	if (str_empty(r->output))
		return;
	t->indent = 10;
	doctext_plain(t, r->output, strlen(r->output));
	t->indent = 0;
}

static enum role_id outcome_role(enum proposal_state s)
{
	switch (s) {
	case PROPOSAL_COMMITTED:
	case PROPOSAL_VERIFIED:
		return AS_OK;
	case PROPOSAL_FAILED:
	case PROPOSAL_HELD:
	case PROPOSAL_INTERRUPTED:
	case PROPOSAL_UNCOMMITTED:
		return AS_CRIT;
	case PROPOSAL_OUTDATED:
	case PROPOSAL_ROLLED_BACK:
		return AS_WARN;
	case PROPOSAL_PROPOSED:
	case PROPOSAL_APPROVED:
	case PROPOSAL_APPLYING:
	case PROPOSAL_APPLIED:
	case PROPOSAL_REJECTED:
	case PROPOSAL_WITHDRAWN:
	case PROPOSAL_EXPIRED:
	case PROPOSAL_STATE_COUNT:
		break;
	}
	return AS_STRONG;
}

/* An error that came before the commit did is over: the server was killed, and brought it to its
 * end. */
static bool is_wrong(const struct progress *p, const struct snap_proposal *s)
{
	return p->error && !(s && s->commit);
}

static void add_outcome(struct app *a, struct progress *p, const struct snap_proposal *s)
{
	struct text *t = &p->text;
	const char *why = doc_get_str(p->decision, "rationale", NULL);
	char text[128];

	if (is_wrong(p, s))
		detail_pair(t, "answer", AS_CRIT, p->error);
	if (s) {
		detail_pair(t, "state", outcome_role(s->state), proposal_state_name(s->state));
		if (s->note)
			detail_pair(t, "note", AS_WARN, s->note);
	}
	if (s && s->commit) {
		detail_pair(t, "commit", AS_OK, s->commit);
		detail_pair(t, "", AS_DIM, "⏎ opens it");
	}
	if (p->decision) {
		snprintf(text, sizeof text, "%s by %s", doc_get_str(p->decision, "verdict", ""),
			doc_get_str(p->decision, "by", "?"));
		detail_pair(t, "decided", AS_TEXT, text);
	}
	if (why)
		detail_pair(t, "why", AS_TEXT, why);
	if (s && s->plan)
		detail_pair(t, "plan", AS_DIM, s->plan);
	(void)a;
}

static void draw_progress(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct progress *p = state;
	const struct snap_proposal *s = snapshot_proposal(a->snap, p->about.proposal);
	char title[200], right[64];
	struct frame f = {.title = title, .right = right, .focus = true};
	struct text *t = &p->text;

	text_clear(t);
	t->wrap = textpage_wrap(at);
	add_outcome(a, p, s);
	text_break(t);
	for (size_t i = 0; i < p->run_count; i++)
		add_run(t, &p->runs[i]);
	if (!p->run_count)
		text_add(t, AS_DIM,
			p->waiting ? " checking everything that the approval binds ..."
				   : " nothing was run");
	snprintf(title, sizeof title, "%s  %s", p->about.proposal, s && s->title ? s->title : "");
	snprintf(right, sizeof right, "%s", s ? proposal_state_name(s->state) : "");
	f.bad = is_wrong(p, s) || (s && outcome_role(s->state) == AS_CRIT);
	textpage_draw(t, d, at, &f);
}

static void open_commit(struct app *a, const char *id)
{
	struct target t = {.kind = xstrdup("commit"), .name = xstrdup(id)};

	app_open(a, &page_commit, &t);
	target_finish(&t);
}

static void open_reconcile(struct app *a, const char *proposal)
{
	struct target t = {.kind = xstrdup("reconcile"), .proposal = xstrdup(proposal)};

	app_open(a, &page_reason, &t);
	target_finish(&t);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct progress *p = state;
	const struct snap_proposal *s = snapshot_proposal(a->snap, p->about.proposal);
	struct doc *args;

	switch ((int)action) {
	case DO_OPEN:
		if (s && s->commit)
			open_commit(a, s->commit);
		return true;
	case DO_REVIEW: /* outdated: read it again */
		app_open(a, &page_review, &p->about);
		return true;
	case DO_COMMIT_AGAIN:
		if (!app_offers(a, action))
			return false; /* the app says why */
		args = doc_new_map();
		doc_set_str(args, "id", p->about.proposal);
		free(p->error);
		p->error = NULL;
		app_request(a, REQUEST_COMMIT, args, NULL, answered);
		return true;
	case DO_RECONCILE:
		if (!app_offers(a, action))
			return false;
		open_reconcile(a, p->about.proposal);
		return true;
	default:
		return textpage_act(&p->text, action);
	}
}

static const struct target *target(void *state)
{
	return &((struct progress *)state)->about;
}

static void crumb(void *state, struct buf *out)
{
	buf_adds(out, ((const struct progress *)state)->about.proposal);
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct progress *p = state;
	const struct snap_proposal *s = snapshot_proposal(a->snap, p->about.proposal);

	if (p->waiting)
		buf_adds(out, "running; leaving this view stops nothing");
	else if (s && s->commit)
		buf_addf(out, "committed as %.7s; ⏎ opens it", s->commit);
	else if (s && (s->state == PROPOSAL_HELD || s->state == PROPOSAL_INTERRUPTED))
		buf_adds(out, "look at the host, then C closes it with a reason");
	else if (s && s->state == PROPOSAL_UNCOMMITTED)
		buf_adds(out, "c tries the commit again");
	else if (s && s->state == PROPOSAL_OUTDATED)
		buf_adds(out, "something changed since it was read: a reads it again");
}

const struct page_class page_progress = {
	.name = "progress",
	.contexts = IN_TEXT | IN_PROPOSAL,
	.open = open_progress,
	.close = close_progress,
	.draw = draw_progress,
	.act = act,
	.news = news,
	.target = target,
	.crumb = crumb,
	.say = say,
};
