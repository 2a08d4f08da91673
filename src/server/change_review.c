#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/proposal.h"
#include "flow/fleet.h"
#include "server/accepted.h"
#include "server/change.h"
#include "server/change_int.h"
#include "server/change_sudoers.h"

/* One reading of a proposal's targets; holds the server, so that the fleet stays. */
struct review {
	struct server_core *core;
	struct loaded l;
	struct target *targets;
	struct strs warnings;
	reviewed_fn *fn;
	void *arg;
	struct err early; /* told from the loop, never from within the start */
};

/* The reason stands beside a proposal that waits, and what an earlier review showed cannot be
 * approved any more; that this could not be written changes nothing. */
static void keep_why(struct review *v, const struct err *e)
{
	struct proposal_row *row = &v->l.row;
	struct err note = {0};

	if ((row->p.state != PROPOSAL_PROPOSED && row->p.state != PROPOSAL_OUTDATED) ||
		(!row->shown && str_eq(row->p.note, e->msg)))
		return;
	free(row->p.note);
	row->p.note = xstrdup(e->msg);
	free(row->shown);
	row->shown = NULL;
	if (store_put_proposal(v->core->store, row, &note))
		log_line(v->core->log, LOG_LEVEL_WARN, "%s: %s", row->p.id, note.msg);
}

static void review_end(struct review *v, const struct err *e)
{
	if (e && v->l.row.p.id)
		keep_why(v, e);
	v->fn(v->arg, e ? NULL : &v->l, e);
	core_release(v->core);
	targets_free(v->targets, v->l.p.step_count);
	loaded_finish(&v->l);
	strs_finish(&v->warnings);
	free(v);
}

static int refuse_other_kinds(const struct review *v, struct err *e)
{
	for (size_t i = 0; i < v->l.p.step_count; i++)
		if (v->targets[i].kind == TARGET_OTHER)
			return err_set(e, ERR_CONFLICT,
				"%s:%s is %s; only plain files are replaced", v->targets[i].host,
				v->targets[i].path, v->targets[i].what);
	return 0;
}

static void show(struct review *v)
{
	struct err e = {0};
	struct proposal_row *row = &v->l.row;

	if (refuse_other_kinds(v, &e) ||
		change_show(v->core, &v->l, v->targets, &v->warnings, &e)) {
		review_end(v, &e);
		return;
	}
	row->p.state = PROPOSAL_PROPOSED;
	free(row->p.note);
	row->p.note = NULL;
	if (store_put_proposal(v->core->store, row, &e))
		review_end(v, &e);
	else
		review_end(v, NULL);
}

static void on_sudoers(void *arg, const struct strs *warnings, const struct err *e)
{
	struct review *v = arg;

	for (size_t i = 0; warnings && i < warnings->n; i++)
		strs_add(&v->warnings, warnings->v[i]);
	if (e)
		review_end(v, e);
	else
		show(v);
}

static void on_targets(void *arg, struct target *targets, const struct err *e)
{
	struct review *v = arg;
	struct apply_spec spec;

	v->targets = targets;
	if (e) {
		review_end(v, e);
		return;
	}
	spec = change_apply_spec(v->core, &v->l, v->targets);
	if (!sudoers_try_start(&spec, on_sudoers, v))
		show(v);
}

/* It ran out: said in its state, and as the error. */
static int still_valid(struct server_core *core, const struct loaded *l, struct err *e)
{
	const struct snap_proposal *p = &l->row.p;

	if (p->state != PROPOSAL_PROPOSED && p->state != PROPOSAL_OUTDATED)
		return err_set(e, ERR_CONFLICT, "%s is %s", p->id, proposal_state_name(p->state));
	if (clock_wall(core->clock) < p->expires_ms)
		return 0;
	if (store_move_proposal(core->store, p->id, p->state, PROPOSAL_EXPIRED, NULL, e))
		return -1;
	return err_set(e, ERR_CONFLICT, "%s has expired; it must be proposed again", p->id);
}

static void fail_early(void *arg)
{
	struct review *v = arg;

	review_end(v, &v->early);
}

void change_review_start(struct server_core *core, const char *id, reviewed_fn *fn, void *arg)
{
	struct review *v = xcalloc(1, sizeof *v);
	struct err *e = &v->early;
	struct apply_spec spec;

	*v = (struct review){.core = core, .fn = fn, .arg = arg};
	core_hold(core);
	if (!core->intent)
		err_set(e, ERR_CONFLICT, "no fleet is in force; see the server's error");
	else if (change_load(core, id, &v->l, e) == 0 && still_valid(core, &v->l, e) == 0 &&
		 proposal_check(&v->l.p, core->intent->fleet, core->intent->catalogue, e) == 0) {
		spec = change_apply_spec(core, &v->l, NULL);
		targets_read_start(&spec, on_targets, v);
		return;
	}
	loop_timer_add(core->loop, 0, fail_early, v);
}

static struct doc *parsed(const char *json)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (!json || json_read(&d, json, strlen(json), "the store", &e))
		return doc_new_null();
	return d;
}

static void on_reviewed(void *arg, struct loaded *l, const struct err *e)
{
	struct req *r = arg;
	struct doc *result;

	if (e) {
		req_fail(r, e);
		return;
	}
	result = doc_new_map();
	doc_set_str(result, "id", l->row.p.id);
	doc_set_str(result, "title", l->row.p.title);
	doc_set_str(result, "state", proposal_state_name(l->row.p.state));
	doc_set_str(result, "plan", l->row.p.plan);
	doc_set_str(result, "shown", l->row.shown);
	doc_set(result, "view", parsed(l->row.view));
	doc_set(result, "verdict", parsed(l->row.verdict));
	doc_set_str(result, "rationale", l->row.rationale);
	doc_set_str(result, "runbook", l->row.p.runbook);
	doc_set_strs(result, "hosts", &l->row.p.hosts);
	doc_set_int(result, "expires_ms", l->row.p.expires_ms);
	req_answer(r, result);
}

void change_review(struct server_core *core, struct req *r)
{
	struct err e = {0};
	const char *id = req_str(r, "id", &e);

	if (!id)
		req_fail(r, &e);
	else
		change_review_start(core, id, on_reviewed, r);
}
