#include "config.h"

#include "server/change.h"

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "server/change_int.h"

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
		change_answer(r, id, row.p.plan, to);
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
