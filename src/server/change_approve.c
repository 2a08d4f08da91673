#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "server/accepted.h"
#include "server/change.h"
#include "server/change_int.h"

/* What the operator sent; all of it must fit what is stored. */
struct approval {
	const char *id, *plan, *shown, *rationale, *typed;
};

static int read_approval(struct approval *a, const struct req *r, struct err *e)
{
	*a = (struct approval){.typed = doc_get_str(r->args, "typed", NULL)};
	if (!(a->id = req_str(r, "id", e)) || !(a->plan = req_str(r, "plan", e)) ||
		!(a->shown = req_str(r, "shown", e)) ||
		!(a->rationale = req_str(r, "rationale", e)))
		return -1;
	if (strspn(a->rationale, " \t\n") == strlen(a->rationale))
		return err_set(e, ERR_INPUT, "write the reason why: it goes into the commit");
	return 0;
}

/* Everything that does not need a host. */
static int check_approval(struct server_core *core, const struct approval *a,
	const struct loaded *l, const struct req *r, struct verdict *v, struct err *e)
{
	const struct snap_proposal *p = &l->row.p;

	if (p->state != PROPOSAL_PROPOSED)
		return err_set(e, ERR_CONFLICT, "%s is %s", p->id, proposal_state_name(p->state));
	if (clock_wall(core->clock) >= p->expires_ms) {
		if (store_move_proposal(core->store, p->id, p->state, PROPOSAL_EXPIRED, NULL, e))
			return -1;
		return err_set(e, ERR_CONFLICT, "%s has expired; it must be proposed again", p->id);
	}
	if (!str_eq(a->plan, p->plan))
		return err_set(e, ERR_CONFLICT,
			"%s has another plan than the one approved: read it again", p->id);
	if (!l->row.shown || !str_eq(a->shown, l->row.shown))
		return err_set(
			e, ERR_CONFLICT, "%s was shown anew meanwhile: read it again", p->id);
	if (accepted_is_tip(core, e) || change_verdict(v, core, l, e) ||
		decide_confirm(v, a->typed, e))
		return -1;
	if (v->action == ACTION_TWO_PERSON && r->uid == l->row.proposer_uid)
		return err_set(e, ERR_REFUSED,
			"policy wants two persons: who proposed it cannot approve it");
	return change_preflight(core, l, a->rationale, r->user, r->uid, e);
}

static struct doc *decision_doc(
	const struct server_core *core, const struct approval *a, const struct req *r)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "verdict", "approved");
	doc_set_str(d, "by", r->user);
	doc_set_int(d, "uid", r->uid);
	doc_set_int(d, "at_ms", clock_wall(core->clock));
	doc_set_str(d, "plan", a->plan);
	doc_set_str(d, "shown", a->shown);
	doc_set_str(d, "rationale", a->rationale);
	doc_set_str(d, "typed", a->typed);
	return d;
}

/* The first of two persons: true when one more is needed, and the decision that is kept says who
 * was first. */
static bool wants_another(const struct loaded *l, const struct verdict *v, struct doc *decision)
{
	struct doc *first = NULL;
	struct err e = {0};
	bool other;

	if (v->action != ACTION_TWO_PERSON)
		return false;
	if (!l->row.decision ||
		json_read(&first, l->row.decision, strlen(l->row.decision), "the store", &e))
		return true;
	other = doc_get_int(first, "uid", -1) != doc_get_int(decision, "uid", -1) &&
		str_eq(doc_get_str(first, "plan", ""), l->row.p.plan) &&
		str_eq(doc_get_str(first, "shown", ""), l->row.shown);
	if (other)
		doc_set_str(decision, "first", doc_get_str(first, "by", ""));
	doc_free(first);
	return !other;
}

static int put_decision(struct server_core *core, struct loaded *l, struct req *r,
	struct doc *decision, bool wait, struct err *e)
{
	struct buf json = {0};

	json_write(&json, decision);
	free(l->row.decision);
	l->row.decision = buf_take(&json);
	free(l->row.p.note);
	l->row.p.note = wait ? xstrdup("approved by one of two persons") : NULL;
	if (!wait)
		l->row.p.state = PROPOSAL_APPROVED;
	/* Both or neither: an approval without its row would stand there and never be applied. */
	if (store_begin(core->store, e))
		return -1;
	if (store_put_proposal(core->store, &l->row, e) ||
		req_audit(r, wait ? "approved-first" : "approved", l->row.p.id, doc_copy(decision),
			e)) {
		store_rollback(core->store);
		return -1;
	}
	return store_commit(core->store, e);
}

static void answer_first(struct req *r, const struct loaded *l)
{
	struct doc *result = doc_new_map();

	doc_set_str(result, "id", l->row.p.id);
	doc_set_str(result, "state", proposal_state_name(l->row.p.state));
	doc_set_str(result, "note", l->row.p.note);
	req_answer(r, result);
}

void change_approve(struct server_core *core, struct req *r)
{
	struct approval a;
	struct loaded l = {0};
	struct verdict v = {0};
	struct doc *decision = NULL;
	struct err e = {0};
	bool wait = false;
	int rc = read_approval(&a, r, &e);

	if (rc == 0 && !core->intent)
		rc = err_set(&e, ERR_CONFLICT, "no fleet is in force; see the server's error");
	if (rc == 0 && changes_of(core)->run)
		rc = err_set(&e, ERR_BUSY,
			"another change is applying; approve this one when it is done");
	if (rc == 0)
		rc = change_load(core, a.id, &l, &e);
	if (rc == 0)
		rc = check_approval(core, &a, &l, r, &v, &e);
	if (rc == 0) {
		decision = decision_doc(core, &a, r);
		wait = wants_another(&l, &v, decision);
		rc = put_decision(core, &l, r, decision, wait, &e);
	}
	if (rc)
		req_fail(r, &e);
	else if (wait)
		answer_first(r, &l);
	else
		change_run_start(core, &l, r);
	doc_free(decision);
	verdict_finish(&v);
	loaded_finish(&l);
}
