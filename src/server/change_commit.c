#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/proposal.h"
#include "flow/record.h"
#include "server/accepted.h"
#include "server/change_int.h"
#include "server/intake.h"
#include "server/roles.h"

/* What a commit is made of, with all that record_spec borrows. */
struct material {
	struct record_spec spec;
	struct repo_change *paths;
	struct repo_person author;
	struct doc *proposal, *outcome;
	char *audit;
};

static void material_finish(struct material *m)
{
	free(m->paths);
	repo_person_finish(&m->author);
	doc_free(m->proposal);
	doc_free(m->outcome);
	free(m->audit);
}

/* References are written only when the change came to its end as it should. */
static void set_paths(struct material *m, const struct loaded *l, bool whole)
{
	m->paths = xcalloc(l->p.step_count + 1, sizeof *m->paths);
	for (size_t i = 0; whole && i < l->p.step_count; i++) {
		const struct step *s = &l->p.steps[i];

		if (s->kind == STEP_REFERENCE)
			m->paths[m->spec.path_count++] = (struct repo_change){.path = s->path,
				.bytes = s->content ? s->content : "",
				.len = s->content_len,
				.remove = s->remove};
	}
	m->spec.paths = m->paths;
}

static void material_make(struct material *m, struct server_core *core, const struct loaded *l,
	const char *rationale, const char *user, long uid, bool whole)
{
	*m = (struct material){
		.proposal = proposal_to_doc(&l->p, true), .audit = store_audit_head(core->store)};
	m->spec = (struct record_spec){
		.proposal = l->row.p.id,
		.title = l->p.title,
		.rationale = rationale,
		.runbook = l->p.runbook,
		.plan = l->row.p.plan,
		.proposed_by = l->row.p.proposer,
		.approved_by = user,
		.hosts = &l->p.hosts,
		.audit = m->audit,
		.state = "verified",
		.proposal_doc = m->proposal,
		.proposed_ms = l->row.p.created_ms,
		.decided_ms = clock_wall(core->clock),
		.at_ms = clock_wall(core->clock),
		.parent = core->accepted,
	};
	if (user_person(&m->author, user, (uid_t)uid))
		m->spec.author = &m->author;
	set_paths(m, l, whole);
}

int change_preflight(struct server_core *core, const struct loaded *l, const char *rationale,
	const char *user, long uid, struct err *e)
{
	struct material m;
	int rc;

	material_make(&m, core, l, rationale, user, uid, true);
	rc = record_preflight(core->repo, &m.spec, e);
	if (rc == 0)
		rc = intake_try(core->repo, core->accepted, m.paths, m.spec.path_count,
			core->paths.data, e);
	material_finish(&m);
	return rc;
}

static struct doc *json_of(const char *text)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (!text || json_read(&d, text, strlen(text), "the store", &e))
		return doc_new_map();
	return d;
}

static int make_commit(
	struct server_core *core, struct loaded *l, struct record_result *result, struct err *e)
{
	struct doc *decision = json_of(l->row.decision);
	enum proposal_state state = l->row.p.state;
	bool whole = state == PROPOSAL_VERIFIED || state == PROPOSAL_UNCOMMITTED;
	struct material m;
	int rc;

	material_make(&m, core, l, doc_get_str(decision, "rationale", ""),
		doc_get_str(decision, "by", ""), (long)doc_get_int(decision, "uid", -1), whole);
	m.outcome = json_of(l->row.outcome);
	m.spec.outcome = m.outcome;
	m.spec.decided_ms = doc_get_int(decision, "at_ms", m.spec.decided_ms);
	m.spec.state = whole ? "verified" : proposal_state_name(state);
	m.spec.verified = doc_get_str(m.outcome, "verified", NULL);
	/* The tip may be this very commit, made by a server that ended before it could say so. */
	rc = record_commit(core->repo, &m.spec, result, e);
	material_finish(&m);
	doc_free(decision);
	return rc;
}

/* What could not be brought along in the work tree is the operator's to know. */
static char *left_note(const struct strs *left)
{
	char *all, *note;

	if (!left->n)
		return NULL;
	all = strs_join(left, "; ");
	note = xasprintf("committed; not brought along in the work tree: %s", all);
	free(all);
	return note;
}

#define NOT_YET "not in git yet: "

/* Why it was taken back or rejected stays the note of such a change; of others it says what is left
 * to do. */
static void set_note(struct proposal_row *row, char *note)
{
	char *why = row->p.note, *end = why ? strstr(why, NOT_YET) : NULL;

	if (row->p.state == PROPOSAL_COMMITTED || row->p.state == PROPOSAL_UNCOMMITTED || !why ||
		end == why) {
		row->p.note = note;
		free(why);
		return;
	}
	if (end) /* and the "; " before it */
		end[-2] = '\0';
	row->p.note = note ? xasprintf("%s; %s", why, note) : xstrdup(why);
	free(note);
	free(why);
}

static int committed(struct server_core *core, struct loaded *l, struct req *r,
	const struct record_result *result, struct err *e)
{
	struct proposal_row *row = &l->row;

	free(row->p.commit);
	row->p.commit = xstrdup(result->commit);
	if (row->p.state == PROPOSAL_VERIFIED || row->p.state == PROPOSAL_UNCOMMITTED)
		row->p.state = PROPOSAL_COMMITTED;
	set_note(row, left_note(&result->left));
	if (store_put_proposal(core->store, row, e))
		return -1;
	/* One that was found lies at or before what is accepted: never back to it. */
	return result->already ? 0 : accepted_advance(core, r, result->commit, e);
}

static void uncommitted(struct server_core *core, struct loaded *l, const struct err *why)
{
	struct proposal_row *row = &l->row;
	struct err e = {0};

	if (row->p.state == PROPOSAL_VERIFIED)
		row->p.state = PROPOSAL_UNCOMMITTED;
	set_note(row, xasprintf(NOT_YET "%s", why->msg));
	if (store_put_proposal(core->store, row, &e))
		log_line(core->log, LOG_LEVEL_ERROR, "%s: %s", row->p.id, e.msg);
}

int change_record(struct server_core *core, struct loaded *l, struct req *r, struct err *e)
{
	struct record_result result = {0};
	int rc = make_commit(core, l, &result, e);

	if (rc)
		uncommitted(core, l, e);
	else
		rc = committed(core, l, r, &result, e);
	record_result_finish(&result);
	return rc;
}
