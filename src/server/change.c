#include "config.h"

#include "server/change.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/plan.h"
#include "codec/proposal.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/agent.h"
#include "server/change_int.h"

#define WAITING_MAX 200
#define PLAN_MAX ((size_t)4 << 20)

void loaded_finish(struct loaded *l)
{
	proposal_row_finish(&l->row);
	proposal_finish(&l->p);
	*l = (struct loaded){0};
}

int change_plan_put(
	struct server_core *core, const void *bytes, size_t n, const char *hash, struct err *e)
{
	char *path = path_join(core->paths.plans, hash);
	int rc = 0;

	if (!file_exists(path))
		rc = file_write(path, bytes, n, 0400, e);
	free(path);
	return rc;
}

static int plan_get(struct server_core *core, const char *hash, struct proposal *out, struct err *e)
{
	char *path = path_join(core->paths.plans, hash);
	char found[SHA256_HEX];
	struct buf bytes = {0};
	int rc = file_read(&bytes, path, PLAN_MAX, e);

	if (rc == 0) {
		plan_hash(found, buf_str(&bytes), bytes.len);
		if (!str_eq(found, hash))
			rc = err_set(e, ERR_CONFLICT,
				"the stored plan %.12s has other bytes than were proposed; nothing "
				"is applied",
				hash);
		else
			rc = plan_decode(out, buf_str(&bytes), bytes.len, e);
	}
	buf_finish(&bytes);
	free(path);
	return rc;
}

/* Prose comes from the row, what is done from the plan's bytes. */
static int join(struct loaded *l, struct proposal *plan, struct err *e)
{
	struct doc *source = NULL;
	struct proposal prose = {0};
	int rc = json_read(&source, l->row.source, strlen(l->row.source), "the stored proposal", e);

	if (rc == 0)
		rc = proposal_from_doc(&prose, source, "the stored proposal", true, e);
	if (rc == 0) {
		l->p = *plan;
		*plan = (struct proposal){0};
		l->p.id = xstrdup(l->row.p.id);
		l->p.title = prose.title;
		l->p.rationale = prose.rationale;
		l->p.runbook = prose.runbook;
		prose.title = prose.rationale = prose.runbook = NULL;
	}
	proposal_finish(&prose);
	doc_free(source);
	return rc;
}

int change_load(struct server_core *core, const char *id, struct loaded *out, struct err *e)
{
	struct proposal plan = {0};
	int rc;

	*out = (struct loaded){0};
	rc = store_get_proposal(core->store, id, &out->row, e);
	if (rc == 0)
		rc = plan_get(core, out->row.p.plan, &plan, e);
	if (rc == 0)
		rc = join(out, &plan, e);
	proposal_finish(&plan);
	if (rc)
		loaded_finish(out);
	return rc;
}

struct apply_spec change_apply_spec(
	struct server_core *core, const struct loaded *l, const struct target *targets)
{
	return (struct apply_spec){
		.loop = core->loop,
		.clock = core->clock,
		.transports = core->transports,
		.what = {.fleet = core->intent->fleet,
			.plan = &l->p,
			.targets = targets,
			.root = geteuid() == 0},
	};
}

/* ---- propose ---- */

static int read_argument(struct proposal *out, const struct req *r, struct err *e)
{
	const struct doc *arg = doc_get(r->args, "proposal");
	const char *text = doc_str(arg);

	if (text)
		return proposal_read(
			out, text, doc_str_len(arg), doc_get_str(r->args, "name", "proposal"), e);
	if (doc_kind(arg) != DOC_MAP)
		return err_set(e, ERR_INPUT, "propose: `proposal` must be its text or a map");
	return proposal_from_doc(out, arg, "proposal", false, e);
}

/* `from_reference` is a wish: what is bound are the bytes that the accepted commit has there. */
static int fill_references(struct server_core *core, struct proposal *p, struct err *e)
{
	for (size_t i = 0; i < p->step_count; i++) {
		struct step *s = &p->steps[i];
		struct buf bytes = {0};

		if (!s->from_reference)
			continue;
		if (repo_read(core->repo, core->accepted, s->from_reference, PROPOSAL_CONTENT_MAX,
			    &bytes, e)) {
			buf_finish(&bytes);
			return err_prefix(e, "step %zu: from_reference", i + 1);
		}
		free(s->content);
		s->content_len = bytes.len;
		s->content = buf_take(&bytes);
	}
	return 0;
}

/* Refuses a flood, and a plan that waits already. */
static int refuse_again(struct server_core *core, const char *plan, struct err *e)
{
	struct reader *reader = NULL;
	struct snapshot *snap = NULL;
	size_t waiting = 0;
	int rc = reader_open(&reader, core->paths.state, e);

	if (rc == 0)
		rc = reader_snapshot(reader, &snap, e);
	for (size_t i = 0; rc == 0 && i < snap->proposal_count; i++) {
		const struct snap_proposal *p = &snap->proposals[i];

		if (!proposal_state_waits(p->state))
			continue;
		waiting++;
		if (str_eq(p->plan, plan))
			rc = err_set(e, ERR_CONFLICT, "%s asks for exactly this already (%s)",
				p->id, proposal_state_name(p->state));
	}
	if (rc == 0 && waiting >= WAITING_MAX)
		rc = err_set(
			e, ERR_LIMIT, "%zu proposals are waiting; withdraw some first", waiting);
	snapshot_free(snap);
	reader_close(reader);
	return rc;
}

static void fill_row(struct proposal_row *row, const struct server_core *core,
	const struct proposal *p, const struct req *r, const char *agent, const char *plan)
{
	int64_t now = clock_wall(core->clock);
	int64_t lasts =
		p->expires_in_ms > 0 ? p->expires_in_ms : core->intent->policy->expires_default_ms;
	struct doc *source = proposal_to_doc(p, true);
	struct buf json = {0};

	json_write(&json, source);
	doc_free(source);
	*row = (struct proposal_row){
		.p = {.title = xstrdup(p->title),
			.proposer = agent_proposer(r, agent),
			.runbook = xstrdup(p->runbook),
			.plan = xstrdup(plan),
			.state = PROPOSAL_PROPOSED,
			.created_ms = now,
			.moved_ms = now,
			.expires_ms = now + (lasts > 0 ? lasts : 3600 * 1000)},
		.proposer_uid = r->uid,
		.rationale = xstrdup(p->rationale),
		.source = buf_take(&json),
	};
	strs_copy(&row->p.hosts, &p->hosts);
}

static void on_first_review(void *arg, struct loaded *l, const struct err *e)
{
	struct server_core *core = arg;

	(void)e; /* the row's note says it */
	(void)l;
	core_release(core);
}

static void answer_state(struct req *r, const char *id, const char *plan, enum proposal_state state)
{
	struct doc *result = doc_new_map();

	doc_set_str(result, "id", id);
	doc_set_str(result, "plan", plan);
	doc_set_str(result, "state", proposal_state_name(state));
	req_answer(r, result);
}

static int propose(struct server_core *core, struct req *r, struct proposal_row *row,
	struct proposal *p, struct err *e)
{
	char plan[SHA256_HEX];
	struct buf bytes = {0};
	const char *agent;
	int rc;

	if (!core->intent)
		return err_set(e, ERR_CONFLICT, "no fleet is in force; see the server's error");
	rc = agent_named(r, &agent, e);
	if (rc == 0)
		rc = read_argument(p, r, e);
	if (rc == 0)
		rc = fill_references(core, p, e);
	if (rc == 0)
		rc = proposal_check(p, core->intent->fleet, core->intent->catalogue, e);
	if (rc)
		return rc;
	plan_encode(&bytes, p);
	plan_hash(plan, buf_str(&bytes), bytes.len);
	rc = refuse_again(core, plan, e);
	if (rc == 0)
		rc = change_plan_put(core, buf_str(&bytes), bytes.len, plan, e);
	buf_finish(&bytes);
	if (rc)
		return rc;
	fill_row(row, core, p, r, agent, plan);
	if (agent_proposed(r, agent, e))
		return -1;
	return store_put_proposal(core->store, row, e);
}

void change_propose(struct server_core *core, struct req *r)
{
	struct proposal p = {0};
	struct proposal_row row = {0};
	struct doc *detail;
	struct err e = {0};
	int rc = propose(core, r, &row, &p, &e);

	if (rc == 0) {
		detail = doc_new_map();
		doc_set_str(detail, "plan", row.p.plan);
		doc_set_str(detail, "title", row.p.title);
		rc = req_audit(r, "proposed", row.p.id, detail, &e);
	}
	if (rc == 0) {
		/* Everybody can read it at once, before an operator opens it. */
		core_hold(core);
		change_review_start(core, row.p.id, on_first_review, core);
		answer_state(r, row.p.id, row.p.plan, PROPOSAL_PROPOSED);
	} else {
		req_fail(r, &e);
	}
	proposal_row_finish(&row);
	proposal_finish(&p);
}

/* ---- withdraw, reject ---- */

/* Both close a proposal that nobody approved, with a reason. */
static int close_with_reason(
	struct server_core *core, struct req *r, enum proposal_state to, struct err *e)
{
	struct proposal_row row = {0};
	const char *id = req_str(r, "id", e), *reason;
	struct doc *detail;
	int rc;

	if (!id)
		return -1;
	reason = doc_get_str(r->args, "reason", NULL);
	if (to == PROPOSAL_REJECTED && str_empty(reason))
		return err_set(e, ERR_INPUT, "say why it is rejected: the proposer reads it");
	if (store_get_proposal(core->store, id, &row, e))
		return -1;
	if (to == PROPOSAL_WITHDRAWN && row.proposer_uid != r->uid)
		rc = err_set(e, ERR_REFUSED, "%s is %s's; only its proposer withdraws it", id,
			row.p.proposer);
	else if (row.p.state == PROPOSAL_HELD || row.p.state == PROPOSAL_APPROVED)
		rc = err_set(e, ERR_CONFLICT, "%s is %s", id, proposal_state_name(row.p.state));
	else
		rc = store_move_proposal(core->store, id, row.p.state, to, reason, e);
	if (rc == 0) {
		detail = doc_new_map();
		doc_set_str(detail, "reason", reason);
		rc = req_audit(r, proposal_state_name(to), id, detail, e);
	}
	if (rc == 0)
		answer_state(r, id, row.p.plan, to);
	proposal_row_finish(&row);
	return rc;
}

void change_withdraw(struct server_core *core, struct req *r)
{
	struct err e = {0};

	if (close_with_reason(core, r, PROPOSAL_WITHDRAWN, &e))
		req_fail(r, &e);
}

void change_reject(struct server_core *core, struct req *r)
{
	struct err e = {0};

	if (close_with_reason(core, r, PROPOSAL_REJECTED, &e))
		req_fail(r, &e);
}

/* ---- reconcile, commit ---- */

void change_reconcile(struct server_core *core, struct req *r)
{
	struct loaded l = {0};
	struct err e = {0};
	const char *id = req_str(r, "id", &e), *reason = id ? req_str(r, "reason", &e) : NULL;

	if (!id || !reason || change_load(core, id, &l, &e)) {
		req_fail(r, &e);
		return;
	}
	if (l.row.p.state != PROPOSAL_INTERRUPTED && l.row.p.state != PROPOSAL_HELD)
		err_set(&e, ERR_CONFLICT, "%s is %s: there is nothing to reconcile", id,
			proposal_state_name(l.row.p.state));
	else if (changes_of(core)->run)
		err_set(&e, ERR_BUSY, "another change is applying; try again when it is done");
	else if (!core->intent)
		err_set(&e, ERR_CONFLICT, "no fleet is in force; see the server's error");
	if (e.code) {
		loaded_finish(&l);
		req_fail(r, &e);
		return;
	}
	change_run_reconcile(core, &l, doc_get_bool(r->args, "undo", false), reason, r);
}

/* What came to its end. A record of what is still under way, or of what may be approved again,
 * would stand in git for what became of it in the end. */
static bool may_commit(enum proposal_state s)
{
	return s == PROPOSAL_UNCOMMITTED || s == PROPOSAL_ROLLED_BACK || s == PROPOSAL_REJECTED;
}

void change_commit(struct server_core *core, struct req *r)
{
	struct loaded l = {0};
	struct err e = {0};
	const char *id = req_str(r, "id", &e);
	struct doc *result;

	if (!id || change_load(core, id, &l, &e)) {
		req_fail(r, &e);
		return;
	}
	if (!may_commit(l.row.p.state) ||
		(l.row.p.state != PROPOSAL_UNCOMMITTED && !str_empty(l.row.p.commit)))
		err_set(&e, ERR_CONFLICT, "%s is %s: there is nothing to commit", id,
			proposal_state_name(l.row.p.state));
	else if (changes_of(core)->run)
		err_set(&e, ERR_BUSY, "a change is applying; try again when it is done");
	else if (!l.row.outcome)
		err_set(&e, ERR_CONFLICT, "%s was never applied", id);
	if (e.code || change_record(core, &l, r, &e)) {
		req_fail(r, &e);
	} else {
		result = doc_new_map();
		doc_set_str(result, "id", id);
		doc_set_str(result, "state", proposal_state_name(l.row.p.state));
		doc_set_str(result, "commit", l.row.p.commit);
		req_answer(r, result);
	}
	loaded_finish(&l);
}
