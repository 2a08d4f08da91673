/*
 * Rows to model structs, for the writer and the readers alike. Each list of columns goes with the
 * function below it.
 */
#ifndef OPSDECK_STORE_ROWS_H
#define OPSDECK_STORE_ROWS_H

#include "model/finding.h"
#include "model/proposal.h"
#include "model/sample.h"
#include "model/snapshot.h"

struct db_rows;
struct proposal_row;

#define FINDING_COLS                                                                               \
	"j.host, j.chk, j.state, j.cond, j.summary, j.metrics, j.items, j.added, j.removed,"       \
	" j.fingerprint, j.at_ms, j.since_ms, j.valid_until_ms, j.every_ms"
/* Everything but facts and diff. *out is overwritten; caller owns what it holds. */
void row_finding(struct db_rows *q, struct finding *out);

#define TRANSITION_COLS "at_ms, host, chk, was, became, summary, cause"
void row_transition(struct db_rows *q, struct transition *out);

#define SNAP_PROPOSAL_COLS                                                                         \
	"n, title, proposer, runbook, plan, state, hosts, created_ms, expires_ms, moved_ms, note," \
	" commit_id"
void row_snap_proposal(struct db_rows *q, struct snap_proposal *out);

#define PROPOSAL_COLS                                                                              \
	SNAP_PROPOSAL_COLS                                                                         \
	", proposer_uid, rationale, source, binding, view, shown, verdict, decision, outcome"
void row_proposal(struct db_rows *q, struct proposal_row *out);

#define AUDIT_COLS "seq, at_ms, who, uid, role, request, subject, allowed, detail, hash"
void row_audit(struct db_rows *q, struct audit_row *out);

/* N of "P-N"; -1 when it is not such an id. */
long long proposal_number(const char *id);

#endif
