/*
 * Reading all the files that a plan is about, one after the other over the held sessions. Changes
 * nothing.
 */
#ifndef OPSDECK_FLOW_APPLY_READ_H
#define OPSDECK_FLOW_APPLY_READ_H

#include "base/err.h"
#include "flow/apply.h"
#include "model/target.h"

/* Reads all targets of a plan (one for each step, TARGET_NONE where it has no file). Done is called
 * once with an array of plan->step_count that the callee takes over (targets_free), or NULL and an
 * error. */
typedef void targets_done_fn(void *arg, struct target *targets, const struct err *e);
struct targets_read;
struct targets_read *targets_read_start(
	const struct apply_spec *spec, targets_done_fn *fn, void *arg);
void targets_read_cancel(struct targets_read *r);
void targets_free(struct target *t, size_t n);

#endif
