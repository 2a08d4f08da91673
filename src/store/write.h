/*
 * Writing the store: for the server alone (one writer, under a lock). Every function is one short
 * transaction and raises the news sequence; decisions are on disk (synchronous=FULL) when it
 * returns. Knows no socket, no host and no git.
 */
#ifndef OPSDECK_STORE_WRITE_H
#define OPSDECK_STORE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/check.h"
#include "model/finding.h"
#include "model/host.h"
#include "model/proposal.h"
#include "model/sample.h"
#include "model/snapshot.h"

struct store; /* the writer */
struct clock;

/* Opens or makes `dir`/store.db, takes `dir`/store.lock (ERR_BUSY names the holder's pid),
 * migrates. A store of a newer schema is refused; a corrupt one is named, with what to do. */
int store_open(
	struct store **out, const char *dir, const struct clock *clock, struct err *e) WARN_UNUSED;
void store_close(struct store *s);
/* The sequence number after the last commit. */
int64_t store_seq(const struct store *s);

/* Groups many writes into one transaction (not nested). The seq rises once. */
int store_begin(struct store *s, struct err *e) WARN_UNUSED;
int store_commit(struct store *s, struct err *e) WARN_UNUSED;
void store_rollback(struct store *s);

/* Facts about the server and the repo, shown in headers: keys "estate", "repo", "branch",
 * "accepted", "incoming", "incoming_rewritten", "edits", "on_demand", "agent_seen",
 * "agent_separated", "server_error", "sweep_next_ms". NULL removes. Writes nothing (and raises no
 * seq) when equal. */
int store_set(struct store *s, const char *key, const char *value, struct err *e) WARN_UNUSED;
/* What store_set wrote; heap, NULL when it is not there. */
char *store_get(struct store *s, const char *key);

/* The fleet and catalogue in force: hosts that left go with their findings (a transition is kept);
 * new hosts stand as not looked at yet, with one CONDITION_NOT_LOOKED finding for each check that
 * applies. */
int store_put_fleet(struct store *s, const struct fleet *f, const struct catalogue *c,
	struct err *e) WARN_UNUSED;
/* A document of the accepted commit: kind "runbook" (name without .md), "memory", "reference" (path
 * below refs/), "policy", "fleet". NULL text removes. */
int store_put_doc(struct store *s, const char *kind, const char *name, const char *text, size_t n,
	struct err *e) WARN_UNUSED;
/* Removes the documents of a kind that are not listed. */
int store_keep_docs(
	struct store *s, const char *kind, const struct strs *names, struct err *e) WARN_UNUSED;
/* Replaces the list of recent commits (newest first). */
struct commit_row {
	char *id, *author, *subject, *body;
	int64_t at_ms;
};
int store_put_log(
	struct store *s, const struct commit_row *rows, size_t n, struct err *e) WARN_UNUSED;

int store_sweep_start(struct store *s, int hosts, struct err *e) WARN_UNUSED;
int store_sweep_progress(struct store *s, int done, struct err *e) WARN_UNUSED;
int store_sweep_end(struct store *s, struct err *e) WARN_UNUSED;

/* A host answered (error NULL) or could not be reached (error says why). `changed` (may be NULL):
 * its state turned. */
int store_put_host(struct store *s, const char *host, int64_t at_ms, const char *error,
	bool *changed, struct err *e) WARN_UNUSED;

/*
 * The judgement: keeps since_ms when the state is the same (f->since_ms is set by this call: since
 * when what stands now is so), applies the check's fail_after/recover_after, writes a transition
 * when it turned (cause may be NULL), and keeps the redacted samples as the latest. N in a row: a
 * judgement that is worse (better) than what stands is held back until fail_after (recover_after)
 * judgements in a row were; then the newest stands. Meanwhile only at_ms of what stands moves on.
 * The first look at all counts at once, and is a transition only when it is not ok. *turned (may be
 * NULL; must be zeroed) is filled when a transition was written: turned->host is set then; the
 * caller calls transition_release on it.
 */
int store_put_finding(struct store *s, struct finding *f, int fail_after, int recover_after,
	const char *cause, const struct sample *samples, size_t sample_count,
	struct transition *turned, struct err *e) WARN_UNUSED;

void transition_release(struct transition *t);

/* Transitions that were not given out yet, oldest first, at most `limit`; they count as told when
 * this returns. For the notify hook: each once, also those that a dead server left and those that
 * store_touch_findings brought about. Caller frees with transitions_free. */
int store_take_untold(struct store *s, size_t limit, struct transition **out, size_t *n,
	struct err *e) WARN_UNUSED;

/* The judgements that were kept stay true at at_ms (same sample judged the same): only the time
 * moves; one that is held back counts once more towards its streak. checks NULL: all of the host's.
 */
int store_touch_findings(struct store *s, const char *host, const char *const *checks, size_t n,
	int64_t at_ms, struct err *e) WARN_UNUSED;

/* Proposals. The plan's bytes lie in dir/plans/HASH (0700, file 0400); here is what may be seen. */
struct proposal_row {
	struct snap_proposal p; /* id NULL: a new one, gets the next P-n */
	long proposer_uid;
	char *rationale;
	char *source;	/* JSON of the proposal as accepted (codec/proposal.h), secrets replaced by
			   their hash */
	char *binding;	/* JSON: what the approval binds besides the plan; NULL until reviewed */
	char *view;	/* JSON of the canonical view; NULL until reviewed */
	char *shown;	/* sha256 hex of the view's text; NULL until reviewed */
	char *verdict;	/* JSON */
	char *decision; /* JSON: who, when, verdict, rationale, plan, shown; NULL until decided */
	char *outcome;	/* JSON; NULL until applied */
};
void proposal_row_finish(struct proposal_row *r);
/* Writes all fields; a new row gets its id (filled in). A move of state that the table does not
 * allow is ERR_CONFLICT. */
int store_put_proposal(struct store *s, struct proposal_row *r, struct err *e) WARN_UNUSED;
int store_get_proposal(
	struct store *s, const char *id, struct proposal_row *out, struct err *e) WARN_UNUSED;
/* Compare-and-swap of the state: ERR_CONFLICT names the state it is in when that is not `from`, or
 * the move is not in the table. */
int store_move_proposal(struct store *s, const char *id, enum proposal_state from,
	enum proposal_state to, const char *note, struct err *e) WARN_UNUSED;
/* No new proposal gets an id up to P-`highest`: called at start with what the ops repo's changes/
 * hold, so that a store that was lost gives no id twice. */
int store_proposal_floor(struct store *s, int64_t highest, struct err *e) WARN_UNUSED;
int store_put_step_run(
	struct store *s, const char *proposal, const struct step_run *r, struct err *e) WARN_UNUSED;

/* Appends to the chain; fills seq and hash (owned by the row). */
int store_audit(struct store *s, struct audit_row *r, struct err *e) WARN_UNUSED;
/* Hex hash of the last row ("" before the first); heap. */
char *store_audit_head(struct store *s);

/* Bounded history: drops transitions, sweeps and finished proposals past their retention. The audit
 * chain is never cut. A call drops a bounded number; call it once an hour. */
int store_prune(struct store *s, struct err *e) WARN_UNUSED;

#endif
