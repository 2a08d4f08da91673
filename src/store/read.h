/*
 * Reading the store: for everyone, read-only, never in the writer's way. Works with no server
 * running. Knows no socket.
 */
#ifndef OPSDECK_STORE_READ_H
#define OPSDECK_STORE_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/sample.h"
#include "model/series.h"
#include "model/snapshot.h"
#include "store/write.h" /* struct proposal_row, commit_row */

struct reader;

/* `dir` is the store's folder. ERR_MISSING when there is no store yet. */
int reader_open(struct reader **out, const char *dir, struct err *e) WARN_UNUSED;
void reader_close(struct reader *r);

/* The news sequence without opening a transaction: reads dir/store.seq. -1 when unreadable. */
int64_t reader_seq(const struct reader *r);

/* Everything at one moment; of findings without facts and diff, which reader_finding gives. Caller
 * frees with snapshot_free. A store that was deleted and made again under an open reader is opened
 * again. */
int reader_snapshot(struct reader *r, struct snapshot **out, struct err *e) WARN_UNUSED;
int reader_finding(struct reader *r, const char *host, const char *check, struct finding *out,
	struct err *e) WARN_UNUSED;
/* Latest redacted samples of a finding. */
int reader_samples(struct reader *r, const char *host, const char *check, struct sample **out,
	size_t *n, struct err *e) WARN_UNUSED;
/* The past of a host's metrics, of all its checks or one. Caller frees with series_list_free. */
int reader_series(struct reader *r, const char *host, const char *check, struct series **out,
	size_t *n, struct err *e) WARN_UNUSED;
/* Newest first; host or check NULL = all. */
int reader_transitions(struct reader *r, const char *host, const char *check, size_t limit,
	struct transition **out, size_t *n, struct err *e) WARN_UNUSED;
int reader_proposal(
	struct reader *r, const char *id, struct proposal_row *out, struct err *e) WARN_UNUSED;
int reader_step_runs(struct reader *r, const char *id, struct step_run **out, size_t *n,
	struct err *e) WARN_UNUSED;
/* Heap text; ERR_MISSING when there is none. */
int reader_doc(struct reader *r, const char *kind, const char *name, char **out,
	struct err *e) WARN_UNUSED;
/* Names of a kind, sorted. */
int reader_docs(struct reader *r, const char *kind, struct strs *out, struct err *e) WARN_UNUSED;
int reader_log(struct reader *r, size_t limit, struct commit_row **out, size_t *n,
	struct err *e) WARN_UNUSED;
/* Oldest first, from `after` (exclusive). */
int reader_audit(struct reader *r, int64_t after, size_t limit, struct audit_row **out, size_t *n,
	struct err *e) WARN_UNUSED;
/* Recomputes the chain: ERR_CONFLICT names the first row that does not fit. *rows and head (heap)
 * on success. */
int reader_audit_verify(struct reader *r, int64_t *rows, char **head, struct err *e) WARN_UNUSED;
/* Whether a row of this hash is in the chain: the Audit trailer of a commit is looked up so, to see
 * that the chain was not cut or an older store restored. *seq (may be NULL) is the row's number, 0
 * = not there. */
int reader_audit_find(struct reader *r, const char *hash, int64_t *seq, struct err *e) WARN_UNUSED;
/* Ids of proposals in a state, oldest first. */
int reader_proposals_in(
	struct reader *r, enum proposal_state state, struct strs *out, struct err *e) WARN_UNUSED;
void commit_rows_free(struct commit_row *rows, size_t n);

#endif
