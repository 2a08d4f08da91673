/*
 * What the files of server/change*.c share. Nobody else includes it.
 */
#ifndef OPSDECK_SERVER_CHANGE_INT_H
#define OPSDECK_SERVER_CHANGE_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/apply.h"
#include "flow/apply_read.h"
#include "flow/decide.h"
#include "model/proposal.h"
#include "server/core.h"
#include "store/read.h"
#include "store/write.h"

struct doc;

struct changes {
	struct server_core *core;
	struct change_run *run; /* the one change that is applying; NULL when none is */
	struct loop_timer *upkeep;
};

/* A proposal with its row in the store and its plan's bytes, whose hash was held against the row.
 */
struct loaded {
	struct proposal_row row;
	struct proposal p; /* steps from the plan, prose from the row */
};
void loaded_finish(struct loaded *l);
int change_load(
	struct server_core *core, const char *id, struct loaded *out, struct err *e) WARN_UNUSED;

/* Writes the plan's bytes under their hash (0400 in a 0700 folder); one that is there already
 * stays. */
int change_plan_put(struct server_core *core, const void *bytes, size_t n, const char *hash,
	struct err *e) WARN_UNUSED;

/* Answers {id, plan, state}. */
void change_answer(struct req *r, const char *id, const char *plan, enum proposal_state state);

/* From the start of the server until its end. */
struct changes *changes_of(struct server_core *core);

/* The spec of reading or applying a plan; `l` and `targets` are borrowed. */
struct apply_spec change_apply_spec(
	struct server_core *core, const struct loaded *l, const struct target *targets);

/* ---- change_binding.c ---- */

/* {"targets":[..],"blobs":{..},"hostkeys":{..}}: everything outside of the plan that an approval
 * binds. */
int binding_make(struct doc **out, struct server_core *core, const struct loaded *l,
	const struct target *targets, struct err *e) WARN_UNUSED;
/* ERR_CONFLICT names the first thing that is not as it was shown. */
int binding_same(const struct doc *bound, const struct doc *now, struct err *e) WARN_UNUSED;
/* The targets as they were bound, without content: what undo needs. Caller: targets_free. */
int binding_targets(struct target **out, const struct loaded *l, struct err *e) WARN_UNUSED;

/* ---- change_view.c ---- */

/* The verdict on a loaded proposal as policy, sudoers references and code have it now. */
int change_verdict(struct verdict *out, struct server_core *core, const struct loaded *l,
	struct err *e) WARN_UNUSED;
struct doc *verdict_to_doc(const struct verdict *v);
/* Fills row.view, shown, verdict and binding from what is there now. `warnings` may be NULL. */
int change_show(struct server_core *core, struct loaded *l, const struct target *targets,
	const struct strs *warnings, struct err *e) WARN_UNUSED;

/* ---- change_review.c ---- */

/* Called with the error, or NULL and the row in the store renewed. */
typedef void reviewed_fn(void *arg, struct loaded *l, const struct err *e);
/* Reads the targets again and shows the change anew. The state becomes proposed. */
void change_review_start(struct server_core *core, const char *id, reviewed_fn *fn, void *arg);

/* ---- change_commit.c ---- */

struct record_result;
/* Tries everything that would refuse the commit, without making it. `user` and `uid`: the approver.
 */
int change_preflight(struct server_core *core, const struct loaded *l, const char *rationale,
	const char *user, long uid, struct err *e) WARN_UNUSED;
/* Makes the commit of what became of it. On success the commit is accepted, row.p.commit is set
 * and, from verified or uncommitted, the state committed. On failure from verified the state is
 * uncommitted. `r` may be NULL. */
int change_record(
	struct server_core *core, struct loaded *l, struct req *r, struct err *e) WARN_UNUSED;

/* ---- change_run.c ---- */

/* Reads the targets once more, compares, applies, verifies, commits. `l` is taken. Answers `r`. */
void change_run_start(struct server_core *core, struct loaded *l, struct req *r);
/* For a change whose steps are all done: goes on with verifying (or, when it is verified, with
 * cleaning and committing). `l` is taken. */
void change_run_resume(struct server_core *core, struct loaded *l);
/* For interrupted and held ones: `undo` puts back what was kept; leftovers go; the record is
 * committed. `l` is taken. */
void change_run_reconcile(
	struct server_core *core, struct loaded *l, bool undo, const char *reason, struct req *r);

#endif
