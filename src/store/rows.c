#include "config.h"

#include "store/rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "port/db/db.h"
#include "store/pack.h"
#include "store/write.h"

static enum finding_state state_at(struct db_rows *q, int col)
{
	enum finding_state state;

	return finding_state_parse(db_col_text(q, col), &state) ? state : FINDING_UNKNOWN;
}

void row_finding(struct db_rows *q, struct finding *out)
{
	*out = (struct finding){
		.host = db_col_dup(q, 0),
		.check = db_col_dup(q, 1),
		.state = state_at(q, 2),
		.summary = db_col_dup(q, 4),
		.added = (int)db_col_int(q, 7),
		.removed = (int)db_col_int(q, 8),
		.fingerprint = db_col_dup(q, 9),
		.at_ms = db_col_int(q, 10),
		.since_ms = db_col_int(q, 11),
		.valid_until_ms = db_col_int(q, 12),
		.every_ms = db_col_int(q, 13),
	};
	if (!finding_condition_parse(db_col_text(q, 3), &out->condition))
		out->condition = CONDITION_NONE;
	unpack_metrics(out, db_col_text(q, 5));
	unpack_items(out, db_col_text(q, 6));
}

void row_transition(struct db_rows *q, struct transition *out)
{
	*out = (struct transition){
		.at_ms = db_col_int(q, 0),
		.host = db_col_dup(q, 1),
		.check = db_col_dup(q, 2),
		.from = state_at(q, 3),
		.to = state_at(q, 4),
		.summary = db_col_dup(q, 5),
		.cause = db_col_dup(q, 6),
	};
}

void row_snap_proposal(struct db_rows *q, struct snap_proposal *out)
{
	*out = (struct snap_proposal){
		.id = xasprintf("P-%" PRId64, db_col_int(q, 0)),
		.title = db_col_dup(q, 1),
		.proposer = db_col_dup(q, 2),
		.runbook = db_col_dup(q, 3),
		.plan = db_col_dup(q, 4),
		.created_ms = db_col_int(q, 7),
		.expires_ms = db_col_int(q, 8),
		.moved_ms = db_col_int(q, 9),
		.note = db_col_dup(q, 10),
		.commit = db_col_dup(q, 11),
	};
	/* A state this program does not know is one that a person must look at. */
	if (!proposal_state_parse(db_col_text(q, 5), &out->state))
		out->state = PROPOSAL_HELD;
	if (!db_col_null(q, 6))
		strs_split(&out->hosts, db_col_text(q, 6), '\n');
}

void row_proposal(struct db_rows *q, struct proposal_row *out)
{
	memset(out, 0, sizeof *out);
	row_snap_proposal(q, &out->p);
	out->proposer_uid = (long)db_col_int(q, 12);
	out->rationale = db_col_dup(q, 13);
	out->source = db_col_dup(q, 14);
	out->binding = db_col_dup(q, 15);
	out->view = db_col_dup(q, 16);
	out->shown = db_col_dup(q, 17);
	out->verdict = db_col_dup(q, 18);
	out->decision = db_col_dup(q, 19);
	out->outcome = db_col_dup(q, 20);
}

void row_audit(struct db_rows *q, struct audit_row *out)
{
	*out = (struct audit_row){
		.seq = db_col_int(q, 0),
		.at_ms = db_col_int(q, 1),
		.who = db_col_dup(q, 2),
		.uid = (long)db_col_int(q, 3),
		.role = db_col_dup(q, 4),
		.request = db_col_dup(q, 5),
		.subject = db_col_dup(q, 6),
		.allowed = db_col_int(q, 7) != 0,
		.detail = db_col_dup(q, 8),
		.hash = db_col_dup(q, 9),
	};
}

long long proposal_number(const char *id)
{
	long long n;

	if (id == NULL || !str_starts(id, "P-") || id[2] == '0' || id[2] == '+' ||
		!str_int(id + 2, 1, INT64_MAX, &n))
		return -1;
	return n;
}
