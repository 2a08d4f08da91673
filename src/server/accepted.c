#include "config.h"

#include "server/accepted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "flow/fleet.h"
#include "flow/record.h"
#include "port/repo/repo.h"
#include "server/incoming.h"
#include "server/intake.h"
#include "server/refs.h"
#include "server/sweep.h"
#include "store/write.h"

/* ---- in force ---- */

/* Everything that is derived from one commit, loaded before anything in force is touched. */
struct loaded {
	struct intent *intent;
	struct refs *refs;
};

static void loaded_finish(struct loaded *l)
{
	intent_free(l->intent);
	refs_free(l->refs);
}

static int load(struct loaded *out, struct server_core *core, const char *commit, struct err *e)
{
	struct strs left_out = {0};
	int rc = -1;

	*out = (struct loaded){0};
	if (!intake_intent(&out->intent, core->repo, commit, core->paths.data, e))
		rc = refs_load(&out->refs, core->repo, commit, &left_out, e);
	for (size_t i = 0; i < left_out.n && !rc; i++)
		log_line(core->log, LOG_LEVEL_WARN, "reference left out: %s", left_out.v[i]);
	strs_finish(&left_out);
	if (rc)
		loaded_finish(out);
	return rc;
}

static int put_into_store(
	struct server_core *core, const struct loaded *l, const char *commit, struct err *e)
{
	const struct err *problem = &l->intent->problem;

	if (store_begin(core->store, e))
		return -1;
	if (store_set(core->store, "accepted", commit, e) ||
		store_set(core->store, "estate", l->intent->fleet->estate, e) ||
		store_set(core->store, "server_error", problem->code ? problem->msg : NULL, e) ||
		store_put_fleet(core->store, l->intent->fleet, l->intent->catalogue, e) ||
		intake_docs(core, l->refs, commit, e)) {
		store_rollback(core->store);
		return -1;
	}
	return store_commit(core->store, e);
}

/* Brings a loaded commit into force. On failure what was in force stays. */
static int enforce(struct server_core *core, struct loaded *l, const char *commit, struct err *e)
{
	struct err keep;

	if (put_into_store(core, l, commit, e))
		return -1;
	if (repo_keep(core->repo, commit, &keep))
		log_line(core->log, LOG_LEVEL_WARN, "refs/opsdeck/accepted: %s", keep.msg);
	core_retire(core, core->intent);
	refs_free(core->refs);
	core->intent = l->intent;
	core->refs = l->refs;
	*l = (struct loaded){0};
	/* `commit` may be core->accepted itself. */
	if (!str_eq(core->accepted, commit)) {
		char *id = xstrdup(commit);

		free(core->accepted);
		core->accepted = id;
	}
	sweep_reload(core->sweep);
	incoming_refresh(core);
	return 0;
}

int accepted_is_tip(struct server_core *core, struct err *e)
{
	struct repo_head head;
	int rc = 0;

	if (repo_head(core->repo, &head, e))
		return -1;
	if (!str_eq(head.tip, core->accepted))
		rc = err_set(e, ERR_CONFLICT,
			"%s is at %.12s, but %.12s is accepted: read `opsdeck incoming`, then "
			"accept it",
			head.branch, head.tip, core->accepted ? core->accepted : "nothing");
	repo_head_finish(&head);
	return rc;
}

/* ---- moving ---- */

static int audit_move(struct server_core *core, const struct req *r, const char *what,
	const char *commit, struct err *e)
{
	struct doc *detail = doc_new_map();

	doc_set_str(detail, "from", core->accepted);
	doc_set_str(detail, "to", commit);
	return r ? req_audit(r, what, commit, detail, e)
		 : core_audit(core, what, commit, detail, e);
}

int accepted_advance(struct server_core *core, struct req *r, const char *commit, struct err *e)
{
	struct loaded l;

	if (load(&l, core, commit, e))
		return -1;
	if (audit_move(core, r, "accepted", commit, e) || enforce(core, &l, commit, e)) {
		loaded_finish(&l);
		return -1;
	}
	return 0;
}

/* Everybody sees why what is incoming is not in force. The next commit that is accepted clears it.
 */
static void tell_broken(struct server_core *core, const char *tip, const struct err *why)
{
	char *text = xasprintf(
		"%.12s is not accepted, what was before stays in force: %s", tip, why->msg);
	struct err e;

	if (store_set(core->store, "server_error", text, &e))
		log_line(core->log, LOG_LEVEL_ERROR, "%s", e.msg);
	free(text);
}

static int accept_tip(struct server_core *core, struct req *r, struct err *e)
{
	const char *tip = req_str(r, "tip", e);
	const char *shown = tip ? req_str(r, "shown", e) : NULL;
	struct incoming in;
	int rc = -1;

	if (!shown)
		return -1;
	if (core->holds)
		return err_set(e, ERR_BUSY, "a change is being applied: accept when it has ended");
	if (incoming_read(&in, core, e))
		return -1;
	if (!str_eq(in.tip, tip))
		err_set(e, ERR_CONFLICT, "%s moved to %.12s meanwhile: read it again", in.branch,
			in.tip);
	else if (!str_eq(in.shown, shown))
		err_set(e, ERR_CONFLICT, "this is not what was shown: read it again");
	else if ((rc = accepted_advance(core, r, in.tip, e)) && e->code == ERR_INPUT)
		tell_broken(core, in.tip, e);
	incoming_finish(&in);
	return rc;
}

void accepted_accept(struct server_core *core, struct req *r)
{
	struct doc *result;
	struct err e;

	if (accept_tip(core, r, &e)) {
		req_fail(r, &e);
		return;
	}
	result = doc_new_map();
	doc_set_str(result, "accepted", core->accepted);
	req_answer(r, result);
}

void accepted_incoming(struct server_core *core, struct req *r)
{
	struct incoming in;
	struct doc *result;
	struct err e;

	if (incoming_read(&in, core, &e)) {
		req_fail(r, &e);
		return;
	}
	result = in.doc;
	in.doc = NULL;
	incoming_finish(&in);
	req_answer(r, result);
}

/* ---- the start ---- */

static int first_accepted(struct server_core *core, struct err *e)
{
	struct repo_head head;
	int rc;

	if (repo_head(core->repo, &head, e))
		return -1;
	if (!*head.tip) {
		repo_head_finish(&head);
		return err_set(e, ERR_MISSING, "%s has no commit yet: run `opsdeck init %s`",
			core->paths.repo, core->paths.repo);
	}
	rc = audit_move(core, NULL, "accepted", head.tip, e);
	if (!rc)
		core->accepted = xstrdup(head.tip);
	repo_head_finish(&head);
	return rc;
}

int accepted_start(struct server_core *core, struct err *e)
{
	struct loaded l;
	struct err broken;
	int64_t highest;

	core->accepted = store_get(core->store, "accepted");
	if (core->accepted && !repo_has_commit(core->repo, core->accepted))
		return err_set(e, ERR_MISSING,
			"the accepted commit %.12s is not in %s: pull it; or, where the repo was "
			"made anew, move the earlier one's state away: mv %s %s.old",
			core->accepted, core->paths.repo, core->paths.state, core->paths.state);
	if (!core->accepted && first_accepted(core, e))
		return -1;
	if (store_set(core->store, "repo", core->paths.repo, e) ||
		store_set(core->store, "accepted", core->accepted, e) ||
		record_highest_id(core->repo, core->accepted, &highest, e) ||
		store_proposal_floor(core->store, highest, e))
		return -1;
	if (!load(&l, core, core->accepted, &broken)) {
		if (enforce(core, &l, core->accepted, e)) {
			loaded_finish(&l);
			return -1;
		}
		return 0;
	}
	log_line(core->log, LOG_LEVEL_ERROR, "%s", broken.msg);
	incoming_refresh(core);
	return store_set(core->store, "server_error", broken.msg, e);
}

void accepted_finish(struct server_core *core)
{
	refs_free(core->refs);
	intent_free(core->intent);
	free(core->accepted);
	core->refs = NULL;
	core->intent = NULL;
	core->accepted = NULL;
}
