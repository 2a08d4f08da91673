#include "config.h"

#include "server/change.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
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
#define WAITING_OF_ONE_MAX 50 /* nobody's flood keeps others from proposing */

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

/* "max", or an agent that proposed as "luna (by max)". */
static bool is_of(const char *proposer, const char *user)
{
	char *by = xasprintf("(by %s)", user);
	bool own = str_eq(proposer, user) || str_ends(proposer, by);

	free(by);
	return own;
}

/* Refuses a flood, and a plan that waits already. */
static int refuse_again(struct server_core *core, const char *plan, const char *user, struct err *e)
{
	struct reader *reader = NULL;
	struct snapshot *snap = NULL;
	size_t waiting = 0, own = 0;
	int rc = reader_open(&reader, core->paths.state, e);

	if (rc == 0)
		rc = reader_snapshot(reader, &snap, e);
	for (size_t i = 0; rc == 0 && i < snap->proposal_count; i++) {
		const struct snap_proposal *p = &snap->proposals[i];

		if (!proposal_state_waits(p->state))
			continue;
		waiting++;
		own += is_of(p->proposer, user);
		if (str_eq(p->plan, plan))
			rc = err_set(e, ERR_CONFLICT, "%s asks for exactly this already (%s)",
				p->id, proposal_state_name(p->state));
	}
	if (rc == 0 && own >= WAITING_OF_ONE_MAX)
		rc = err_set(e, ERR_LIMIT, "%zu proposals of %s are waiting; withdraw some first",
			own, user);
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
	rc = refuse_again(core, plan, r->user, e);
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
		change_answer(r, row.p.id, row.p.plan, PROPOSAL_PROPOSED);
	} else {
		req_fail(r, &e);
	}
	proposal_row_finish(&row);
	proposal_finish(&p);
}
