/*
 * Applying a plan: walks its commands over the transports, tells each step as it runs, takes back
 * what was done when one fails. Knows no store, no git and no policy: whoever calls has the
 * approval.
 */
#ifndef OPSDECK_FLOW_APPLY_H
#define OPSDECK_FLOW_APPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "flow/apply_acts.h"
#include "flow/apply_target.h"
#include "model/snapshot.h"
#include "port/transport.h"

struct apply;
struct clock;
struct loop;

enum apply_end {
	APPLY_DONE,	   /* every step did what it must */
	APPLY_FAILED,	   /* a step failed; what was done before it stands (call apply_undo) */
	APPLY_OUTDATED,	   /* a replaced file was not the one shown; it was put back */
	APPLY_INTERRUPTED, /* a step was cut while it may have run: a person must look */
};

struct apply_spec {
	struct loop *loop;
	const struct clock *clock;
	struct transport *const *transports; /* by transport_kind; NULL where there is none */
	struct acts_spec what;		     /* borrowed until apply_free */
	/* Each command as it starts and as it ends; `r` is borrowed for the call. Called before a
	 * command that changes anything is sent; -1 stops the change before it (the store could not
	 * write). */
	int (*on_step)(void *arg, const struct step_run *r);
	/* Exactly once for each of apply_start, apply_undo, apply_clean, never from within them. */
	void (*on_end)(void *arg, enum apply_end end, const char *why);
	void *arg;
	int first_index; /* number of the first step run: those before it are another server's */
};

struct apply *apply_new(const struct apply_spec *spec);
void apply_free(struct apply *a);
/* Other callbacks for what follows; what was done so far is remembered. Plan and targets must be
 * the same. */
void apply_respec(struct apply *a, const struct apply_spec *spec);
/* For a change whose steps were all done by a server that ended since: undo would take all of them
 * back. */
void apply_assume_done(struct apply *a);

/* Runs the steps. */
void apply_start(struct apply *a);
/* Takes back, last first, what apply_start did, then runs the proposal's rollback steps. */
void apply_undo(struct apply *a);
/* Removes the .was files. */
void apply_clean(struct apply *a);

/* For a change of which nobody knows how far it came: `undo` moves .was back where there is one;
 * then leftovers are removed. */
void apply_reconcile(struct apply *a, bool undo);

#endif
