#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "server/change_int.h"
#include "server/change_sudoers.h"
#include "server/change_verify.h"
#include "server/sweep.h"

#define RESUMED_INDEX 2000

/* The one change that is applying. Phases follow each other through callbacks; each ends in a move
 * of the state that is on disk before the next begins. */
struct change_run {
	struct server_core *core;
	struct loaded l;
	struct req *req; /* who approved and waits for the end; NULL when resumed */
	struct apply *apply;
	struct target *bound; /* as shown; without content */
	struct doc *outcome;
	struct doc *steps; /* inside outcome */
	struct verify_run *verify;
	enum proposal_state undo_to; /* where taking back leads when it works */
	int first_index;	     /* of the step runs: after those of the server before */
	char *why;
};

static void run_end(struct change_run *run, const struct err *e)
{
	struct server_core *core = run->core;
	struct doc *result;

	changes_of(core)->run = NULL;
	if (run->req && e) {
		req_fail(run->req, e);
	} else if (run->req) {
		result = doc_new_map();
		doc_set_str(result, "id", run->l.row.p.id);
		doc_set_str(result, "state", proposal_state_name(run->l.row.p.state));
		doc_set_str(result, "commit", run->l.row.p.commit);
		doc_set_str(result, "note", run->l.row.p.note);
		req_answer(run->req, result);
	}
	apply_free(run->apply);
	verify_cancel(run->verify);
	targets_free(run->bound, run->l.p.step_count);
	doc_free(run->outcome);
	loaded_finish(&run->l);
	free(run->why);
	free(run);
	strs_finish(&core->kept);
	core_release(core);
}

/* The row with outcome and note goes to disk, in its new state. */
static int move(struct change_run *run, enum proposal_state to, const char *note, struct err *e)
{
	struct proposal_row *row = &run->l.row;
	enum proposal_state from = row->p.state;
	struct buf json = {0};

	row->p.state = to;
	row->p.moved_ms = clock_wall(run->core->clock);
	free(row->p.note);
	row->p.note = xstrdup(note);
	json_write(&json, run->outcome);
	free(row->outcome);
	row->outcome = buf_take(&json);
	if (store_begin(run->core->store, e) == 0) {
		if (store_put_proposal(run->core->store, row, e) == 0 &&
			core_audit(run->core, proposal_state_name(to), row->p.id, NULL, e) == 0 &&
			store_commit(run->core->store, e) == 0)
			return 0;
		store_rollback(run->core->store);
	}
	row->p.state = from;
	return -1;
}

/* A state that cannot be written ends the change where it stands: the start after this one finds
 * it. */
static void stuck(struct change_run *run, const struct err *e)
{
	log_line(run->core->log, LOG_LEVEL_ERROR, "%s: %s", run->l.row.p.id, e->msg);
	run_end(run, e);
}

static int on_step(void *arg, const struct step_run *s)
{
	struct change_run *run = arg;
	struct err e = {0};
	struct doc *d = doc_new_map();

	doc_set_int(d, "index", s->index);
	doc_set_str(d, "phase", s->phase);
	doc_set_str(d, "host", s->host);
	doc_set_str(d, "title", s->title);
	doc_set_str(d, "state", s->state);
	if (!str_eq(s->state, "running")) {
		doc_set_int(d, "exit", s->exit_status);
		doc_set_int(d, "ms", s->ended_ms - s->started_ms);
		if (!str_empty(s->output))
			doc_set_str(d, "output", s->output);
		doc_push(run->steps, doc_copy(d));
	}
	if (run->req)
		req_progress(run->req, d);
	else
		doc_free(d);
	if (store_put_step_run(run->core->store, run->l.row.p.id, s, &e)) {
		log_line(run->core->log, LOG_LEVEL_ERROR, "%s: %s", run->l.row.p.id, e.msg);
		return -1;
	}
	return 0;
}

/* ---- the end of it: the record in git ---- */

static void commit(struct change_run *run)
{
	struct err e = {0};

	/* uncommitted is a state, not a failure of the approval: it is answered as such. */
	if (change_record(run->core, &run->l, NULL, &e))
		log_line(run->core->log, LOG_LEVEL_WARN, "%s: %s", run->l.row.p.id, e.msg);
	run_end(run, NULL);
}

static void on_cleaned(void *arg, enum apply_end end, const char *why)
{
	struct change_run *run = arg;

	if (end != APPLY_DONE)
		log_line(run->core->log, LOG_LEVEL_WARN, "%s: the kept copy is still there: %s",
			run->l.row.p.id, why);
	commit(run);
}

/* ---- taking back ---- */

static void on_undone(void *arg, enum apply_end end, const char *why)
{
	struct change_run *run = arg;
	struct err e = {0};
	char *note;
	enum proposal_state to = end == APPLY_DONE ? run->undo_to : PROPOSAL_HELD;

	doc_set_str(run->outcome, "undo", end == APPLY_DONE ? "done" : why);
	note = end == APPLY_DONE ? xasprintf("%s", run->why)
				 : xasprintf("%s; taking it back failed: %s", run->why, why);
	/* Outdated, and it cannot even be put back: that is a failure. */
	if ((to == PROPOSAL_HELD && run->l.row.p.state == PROPOSAL_APPLYING &&
		    move(run, PROPOSAL_FAILED, run->why, &e)) ||
		move(run, to, note, &e))
		stuck(run, &e);
	else if (to == PROPOSAL_OUTDATED || to == PROPOSAL_HELD)
		run_end(run, NULL); /* what is held is recorded once a person has reconciled it */
	else
		commit(run);
	free(note);
}

static void restart_apply(
	struct change_run *run, void (*on_end)(void *, enum apply_end, const char *));

static void take_back(struct change_run *run, const char *why, enum proposal_state to)
{
	struct err e = {0};

	free(run->why);
	run->why = xstrdup(why);
	run->undo_to = to;
	doc_set_str(run->outcome, "failed", why);
	if (to != PROPOSAL_OUTDATED && move(run, PROPOSAL_FAILED, why, &e)) {
		stuck(run, &e);
		return;
	}
	restart_apply(run, on_undone);
	apply_undo(run->apply);
}

/* ---- verifying ---- */

static void on_verified(void *arg, const char *failed, const struct doc *checks)
{
	struct change_run *run = arg;
	struct err e = {0};
	char *count;

	run->verify = NULL;
	doc_set(run->outcome, "verify", doc_copy(checks));
	count = failed ? xasprintf("no: %s", failed)
		       : xasprintf("%zu of %zu", doc_len(checks), doc_len(checks));
	doc_set_str(run->outcome, "verified", count);
	free(count);
	if (failed) {
		take_back(run, failed, PROPOSAL_ROLLED_BACK);
		return;
	}
	if (move(run, PROPOSAL_VERIFIED, NULL, &e)) {
		stuck(run, &e);
		return;
	}
	restart_apply(run, on_cleaned);
	apply_clean(run->apply);
}

static void verify(struct change_run *run)
{
	run->verify = verify_start(&(struct verify_spec){.core = run->core,
		.plan = &run->l.p,
		.id = run->l.row.p.id,
		.on_step = on_step,
		.on_end = on_verified,
		.arg = run});
}

/* ---- applying ---- */

static void on_applied(void *arg, enum apply_end end, const char *why)
{
	struct change_run *run = arg;
	struct err e = {0};

	switch (end) {
	case APPLY_DONE:
		if (move(run, PROPOSAL_APPLIED, NULL, &e))
			stuck(run, &e);
		else
			verify(run);
		break;
	case APPLY_FAILED:
		take_back(run, why, PROPOSAL_ROLLED_BACK);
		break;
	case APPLY_OUTDATED:
		take_back(run, why, PROPOSAL_OUTDATED);
		break;
	case APPLY_INTERRUPTED:
		doc_set_str(run->outcome, "interrupted", why);
		if (move(run, PROPOSAL_INTERRUPTED, why, &e))
			stuck(run, &e);
		else
			run_end(run, NULL);
		break;
	}
}

/* The same progress goes on under another end: undo and clean know what was done. */
static void restart_apply(
	struct change_run *run, void (*on_end)(void *, enum apply_end, const char *))
{
	struct apply_spec spec = change_apply_spec(run->core, &run->l, run->bound);

	spec.on_step = on_step;
	spec.on_end = on_end;
	spec.arg = run;
	spec.first_index = run->first_index;
	if (run->apply)
		apply_respec(run->apply, &spec);
	else
		run->apply = apply_new(&spec);
}

/* Everything that was bound is as it was. From here on nothing is done twice. */
static void go(struct change_run *run)
{
	struct err e = {0};

	if (move(run, PROPOSAL_APPLYING, NULL, &e)) {
		stuck(run, &e);
		return;
	}
	restart_apply(run, on_applied);
	apply_start(run->apply);
}

static void outdated(struct change_run *run, const struct err *why)
{
	struct err e = {0};
	char *note = xasprintf("%s: read it again", why->msg);

	if (move(run, PROPOSAL_OUTDATED, note, &e))
		stuck(run, &e);
	else
		run_end(run, why);
	free(note);
}

static int same_as_bound(struct change_run *run, const struct target *targets, struct err *e)
{
	struct doc *bound = NULL, *now = NULL;
	const char *text = run->l.row.binding;
	int rc = json_read(&bound, text, strlen(text), "the stored binding", e);

	if (rc == 0)
		rc = binding_make(&now, run->core, &run->l, targets, e);
	if (rc == 0)
		rc = binding_same(bound, now, e);
	doc_free(bound);
	doc_free(now);
	return rc;
}

/* Other drop-ins than the plan's may have changed since the set was tried for the review. */
static void on_sudoers(void *arg, const struct strs *warnings, const struct err *e)
{
	struct change_run *run = arg;

	(void)warnings; /* they were shown */
	if (e)
		outdated(run, e);
	else
		go(run);
}

static void as_bound(struct change_run *run)
{
	struct apply_spec spec = change_apply_spec(run->core, &run->l, run->bound);

	if (!sudoers_try_start(&spec, on_sudoers, run))
		go(run);
}

static void on_targets(void *arg, struct target *targets, const struct err *error)
{
	struct change_run *run = arg;
	size_t count = targets ? run->l.p.step_count : 0; /* the run may be gone below */
	struct err e = {0};

	if (error)
		outdated(run, error);
	else if (same_as_bound(run, targets, &e))
		outdated(run, &e);
	else
		as_bound(run);
	targets_free(targets, count);
}

/* .NAME.was and .NAME.opsdeck stand beside each target until the change is verified: the checks
 * that verify it must not take them for drift. */
static void keep_names(const struct change_run *run)
{
	for (size_t i = 0; i < run->l.p.step_count; i++)
		if (run->l.p.steps[i].kind == STEP_FILE) {
			const char *name = path_base(run->l.p.steps[i].path);

			strs_addf(&run->core->kept, ".%s.was", name);
			strs_addf(&run->core->kept, ".%s.opsdeck", name);
		}
}

static struct change_run *run_new(struct server_core *core, struct loaded *l, struct req *r)
{
	struct change_run *run = xcalloc(1, sizeof *run);

	*run = (struct change_run){.core = core, .l = *l, .req = r, .outcome = doc_new_map()};
	*l = (struct loaded){0};
	run->steps = doc_new_list();
	doc_set(run->outcome, "steps", run->steps);
	changes_of(core)->run = run;
	keep_names(run);
	core_hold(core);
	return run;
}

void change_run_start(struct server_core *core, struct loaded *l, struct req *r)
{
	struct change_run *run = run_new(core, l, r);
	struct apply_spec spec;
	struct err e = {0};

	if (binding_targets(&run->bound, &run->l, &e)) {
		outdated(run, &e);
		return;
	}
	spec = change_apply_spec(core, &run->l, run->bound);
	targets_read_start(&spec, on_targets, run);
}

void change_run_resume(struct server_core *core, struct loaded *l)
{
	struct change_run *run = run_new(core, l, NULL);
	struct doc *before = NULL;
	struct err e = {0};

	run->first_index = RESUMED_INDEX;
	if (run->l.row.outcome && json_read(&before, run->l.row.outcome, strlen(run->l.row.outcome),
					  "the store", &e) == 0) {
		doc_free(run->outcome);
		run->outcome = before;
		run->steps = doc_new_list();
		doc_set(run->outcome, "steps_resumed", run->steps);
	}
	if (binding_targets(&run->bound, &run->l, &e)) {
		stuck(run, &e);
		return;
	}
	restart_apply(run, on_cleaned);
	if (run->l.row.p.state == PROPOSAL_VERIFIED) {
		apply_clean(run->apply);
		return;
	}
	apply_assume_done(run->apply);
	verify(run);
}

static void on_reconciled(void *arg, enum apply_end end, const char *why)
{
	struct change_run *run = arg;
	struct err e = {0};

	doc_set_str(run->outcome, "reconciled", run->why);
	if (run->l.row.p.state == PROPOSAL_INTERRUPTED && move(run, PROPOSAL_HELD, run->why, &e)) {
		stuck(run, &e);
		return;
	}
	if (end != APPLY_DONE && run->undo_to == PROPOSAL_ROLLED_BACK) {
		err_set(&e, ERR_FAIL, "%s", why);
		stuck(run, &e);
		return;
	}
	if (move(run, PROPOSAL_REJECTED, run->why, &e))
		stuck(run, &e);
	else
		commit(run);
}

void change_run_reconcile(
	struct server_core *core, struct loaded *l, bool undo, const char *reason, struct req *r)
{
	struct change_run *run = run_new(core, l, r);
	struct err e = {0};

	run->first_index = RESUMED_INDEX;
	run->why = xstrdup(reason);
	run->undo_to = undo ? PROPOSAL_ROLLED_BACK : PROPOSAL_REJECTED;
	if (binding_targets(&run->bound, &run->l, &e)) {
		stuck(run, &e);
		return;
	}
	restart_apply(run, on_reconciled);
	apply_reconcile(run->apply, undo);
}
