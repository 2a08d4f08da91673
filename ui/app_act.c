#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "ui/app.h"
#include "ui/review.h"

static const struct target *top_target(struct app *a)
{
	static const struct target nothing;
	struct place *top = app_top(a);
	const struct target *t = top->class->target ? top->class->target(top->state) : NULL;

	return t ? t : &nothing;
}

/* A row may stand for a finding or a proposal: then what works on those works here. */
unsigned app_contexts(struct app *a)
{
	const struct target *t = top_target(a);
	unsigned contexts = app_top(a)->class->contexts;

	if (contexts & IN_DIALOG)
		return contexts;
	contexts |= IN_ANY;
	if (!app_top(a)->class->list)
		return contexts;
	if (t->host || (t->kind && strcmp(t->kind, "condition") == 0))
		contexts |= IN_FINDING;
	if (t->proposal)
		contexts |= IN_PROPOSAL;
	return contexts;
}

struct filter *app_filter(struct app *a)
{
	struct place *top = app_top(a);

	if (top->class->filter)
		return top->class->filter(top->state);
	return top->class->list ? &top->class->list(top->state)->filter : NULL;
}

const char *app_forbidden(struct app *a, enum action_id action)
{
	if (action_table[action].role == ROLE_VIEWER)
		return NULL;
	if (a->spec->read_only)
		return "this cockpit is read-only";
	if (a->joining)
		return "the server is still being joined";
	if (!a->client)
		return "no server answers";
	if (!action_allowed(action, a->role))
		return "only an operator may do that";
	return NULL;
}

static void open_runbook(struct app *a, const struct target *t)
{
	const char *name = NULL;
	struct target doc = {0};

	if (t->proposal) {
		const struct snap_proposal *p = snapshot_proposal(a->snap, t->proposal);

		name = p ? p->runbook : NULL;
	} else if (t->check) {
		const struct snap_check *c = snapshot_check(a->snap, t->check);

		name = c ? c->runbook : NULL;
	}
	if (str_empty(name)) {
		app_say(a, "no runbook belongs to this");
		return;
	}
	doc.kind = xstrdup("runbook");
	doc.name = xstrdup(name);
	app_open(a, &page_doc, &doc);
	target_finish(&doc);
}

void app_open_host(struct app *a, const char *host)
{
	struct target t = {.kind = xstrdup(rows_findings.name), .host = xstrdup(host)};

	app_open(a, &page_list, &t);
	target_finish(&t);
}

/* Still to be decided: it is read; otherwise what became of it is shown. */
static bool is_open(struct app *a, const char *id)
{
	const struct snap_proposal *p = snapshot_proposal(a->snap, id);

	return p && (p->state == PROPOSAL_PROPOSED || p->state == PROPOSAL_OUTDATED ||
			    p->state == PROPOSAL_EXPIRED || p->state == PROPOSAL_WITHDRAWN ||
			    p->state == PROPOSAL_REJECTED);
}

bool app_offers(struct app *a, enum action_id action)
{
	const struct target *t = top_target(a);
	const struct snap_proposal *p =
		t->proposal ? snapshot_proposal(a->snap, t->proposal) : NULL;

	switch ((int)action) {
	case DO_OPEN:
		return !app_top(a)->class->list || t->host || t->proposal || t->kind;
	case DO_COMMIT_AGAIN:
		return p && p->state == PROPOSAL_UNCOMMITTED;
	case DO_RECONCILE:
		return p && (p->state == PROPOSAL_HELD || p->state == PROPOSAL_INTERRUPTED);
	case DO_REVIEW:
		if (app_top(a)->class == &page_review)
			return review_is_old(app_top(a)->state);
		return p;
	case DO_APPROVE:
		return app_top(a)->class != &page_review || review_is_open(app_top(a)->state);
	case DO_REJECT:
		return !p || p->state == PROPOSAL_PROPOSED || p->state == PROPOSAL_OUTDATED;
	default:
		return true;
	}
}

void app_open_target(struct app *a, const struct target *t)
{
	struct target copy;

	target_copy(&copy, t); /* the row it came from may be made anew meanwhile */
	if (t->proposal)
		app_open(a, is_open(a, t->proposal) ? &page_review : &page_progress, &copy);
	else if (t->kind && strcmp(t->kind, "commit") == 0)
		app_open(a, &page_commit, &copy);
	else if (t->kind && strcmp(t->kind, "check") == 0) {
		struct target list = {.kind = xstrdup("findings"), .check = xstrdup(t->name)};

		app_open(a, &page_list, &list);
		target_finish(&list);
	} else if (t->kind && strcmp(t->kind, "condition") == 0)
		app_open(a, &page_list, &copy);
	else if (t->kind)
		app_open(a, &page_doc, &copy);
	else if (t->host && t->check)
		app_open(a, &page_finding, &copy);
	else if (t->host)
		app_open_host(a, copy.host);
	target_finish(&copy);
}

/* A host without a check: its worst finding is meant. */
static void settle_target(struct app *a, const struct target *from, struct target *to)
{
	const struct snap_host *h;
	const struct finding *worst = NULL;

	target_copy(to, from);
	if (!to->host || to->check)
		return;
	h = snapshot_host(a->snap, to->host);
	for (size_t i = 0; h && i < h->finding_count; i++) {
		const struct finding *f = &a->snap->findings[h->first_finding + i];

		if (!worst || finding_state_rank(f->state) > finding_state_rank(worst->state))
			worst = f;
	}
	if (worst)
		to->check = xstrdup(worst->check);
}

static void open_history(struct app *a, const struct target *t)
{
	struct target list = {
		.kind = xstrdup("history"), .host = xstrdup(t->host), .check = xstrdup(t->check)};

	app_open(a, &page_list, &list);
	target_finish(&list);
}

static void swept(struct app *a, void *state, const struct doc *result, const struct err *error)
{
	(void)state;
	if (error)
		app_complain(a, "sweep: %s", error->msg);
	else
		app_say(a, "looked at %lld host%s", (long long)doc_get_int(result, "hosts", 0),
			doc_get_int(result, "hosts", 0) == 1 ? "" : "s");
}

static void sweep(struct app *a, const char *host)
{
	struct doc *args = doc_new_map(), *hosts;

	if (host) {
		hosts = doc_new_list();
		doc_push_str(hosts, host);
		doc_set(args, "hosts", hosts);
	}
	app_say(a, "looking at %s", host ? host : "every host");
	app_request(a, REQUEST_SWEEP, args, NULL, swept);
}

static void start_prompt(struct app *a, enum prompt prompt)
{
	const struct filter *f = app_filter(a);

	a->prompt = prompt;
	a->history_at = a->history.n;
	field_set(&a->input, "");
	if (prompt == PROMPT_FILTER && f) {
		free(a->filter_before);
		a->filter_before = xstrdup(f->text);
		field_set(&a->input, f->text);
	}
	app_dirty(a);
}

static void save_screen(struct app *a)
{
	char *name = xasprintf("opsdeck-%lld.txt", (long long)(clock_wall(clock_system()) / 1000));
	struct err e;

	if (app_save_screen(a, name, &e) < 0)
		app_complain(a, "%s", e.msg);
	else
		app_say(a, "the screen is in %s", name);
	free(name);
}

void app_suspend(struct app *a)
{
	sigset_t stop, was;

	if (a->term->fd < 0)
		return;
	a->term->ops->suspend(a->term);
	/* The default action, so that the kernel ignores it where no shell could continue us. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	kill(0, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &was);
	sigprocmask(SIG_SETMASK, &was, NULL);
	a->term->ops->resume(a->term);
	app_resize(a);
	canvas_resize(&a->shown, 1, 1);
	app_dirty(a);
}

/* On the view that shows what was done. */
static void mend(struct app *a, enum action_id action, const struct target *t)
{
	if (!app_offers(a, action)) {
		app_complain(a, action == DO_RECONCILE
					? "only what is held or interrupted is closed by hand"
					: "only what is uncommitted can be committed again");
		return;
	}
	app_open_target(a, t);
	app_act(a, action);
}

static void act_on(struct app *a, enum action_id action, const struct target *t)
{
	switch ((int)action) {
	case DO_DIFF:
		app_open(a, &page_diff, t);
		break;
	case DO_RUNBOOK:
		open_runbook(a, t);
		break;
	case DO_RAW:
		app_open(a, &page_raw, t);
		break;
	case DO_HISTORY:
		open_history(a, t);
		break;
	case DO_ADOPT:
		app_open(a, &page_adopt, t);
		break;
	case DO_SWEEP_HOST:
		if (t->host)
			sweep(a, t->host);
		break;
	case DO_OPEN:
		app_open_target(a, t);
		break;
	case DO_REVIEW:
		if (t->proposal)
			app_open(a, &page_review, t);
		break;
	case DO_COMMIT_AGAIN:
	case DO_RECONCILE:
		mend(a, action, t);
		break;
	default:
		break;
	}
}

/* What works everywhere. */
static bool act_anywhere(struct app *a, enum action_id action)
{
	switch ((int)action) {
	case DO_SWEEP:
		sweep(a, NULL);
		return true;
	case DO_INCOMING:
		app_open(a, &page_incoming, NULL);
		return true;
	case DO_FILTER:
	case DO_COMMAND:
		start_prompt(a, action == DO_FILTER ? PROMPT_FILTER : PROMPT_COMMAND);
		return true;
	case DO_HELP:
		app_open(a, &page_help, NULL);
		return true;
	case DO_SAVE:
		save_screen(a);
		return true;
	case DO_REDRAW:
		a->term->ops->redraw(a->term);
		canvas_resize(&a->shown, 1, 1);
		app_dirty(a);
		return true;
	case DO_SUSPEND:
		app_suspend(a);
		return true;
	case DO_BACK:
	case DO_LEAVE:
		app_back(a);
		return true;
	case DO_QUIT:
		a->quit = true;
		return true;
	default:
		return false;
	}
}

static bool act_list(struct app *a, enum action_id action)
{
	struct place *top = app_top(a);
	struct list *l = top->class->list ? top->class->list(top->state) : NULL;
	int page = l && l->height > 1 ? l->height - 1 : 1;

	if (!l)
		return false;
	switch ((int)action) {
	case DO_UP:
	case DO_DOWN:
		list_move(l, action == DO_UP ? -1 : 1);
		break;
	case DO_PAGE_UP:
	case DO_PAGE_DOWN:
		list_move(l, action == DO_PAGE_UP ? -page : page);
		break;
	case DO_TOP:
	case DO_BOTTOM:
		list_to(l, action == DO_BOTTOM);
		break;
	default:
		return false;
	}
	app_dirty(a);
	return true;
}

void app_act(struct app *a, enum action_id action)
{
	struct place *top = app_top(a);
	const char *why = app_forbidden(a, action);
	struct target t;

	app_dirty(a);
	if (why) {
		app_complain(a, "%s: %s", action_table[action].name, why);
		return;
	}
	if (top->class->act && top->class->act(a, top->state, action))
		return;
	if (act_list(a, action) || act_anywhere(a, action))
		return;
	settle_target(a, top_target(a), &t);
	if (action == DO_OPEN) /* a host opens as a host, not as its worst finding */
		act_on(a, action, top_target(a));
	else
		act_on(a, action, &t);
	target_finish(&t);
}
