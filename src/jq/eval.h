/*
 * Walking an expression: every result is handed on as soon as it is there, so that nothing is
 * gathered that nobody asked for. Only for this folder.
 */
#ifndef OPSDECK_JQ_EVAL_H
#define OPSDECK_JQ_EVAL_H

#include <stdbool.h>

#include "jq/run.h"

/* All of these: takes `in` and `path`. False when the sink wants no more or run->failed or
 * run->breaking. */
bool eval(struct run *r, const struct node *n, struct frame *f, struct val in, struct path path,
	struct sink out);
/* The last (first) result; *found false when there is none. False only on failure. */
bool eval_last(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out,
	bool *found);
bool eval_first(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct val *out, bool *found);
/* All results as an array. */
bool eval_all(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
/* The paths of n in `in`, as an array. */
bool eval_paths(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);

#endif
