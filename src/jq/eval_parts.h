/*
 * The parts of the evaluator among themselves. All as eval() unless they say otherwise.
 */
#ifndef OPSDECK_JQ_EVAL_PARTS_H
#define OPSDECK_JQ_EVAL_PARTS_H

#include "jq/eval.h"

#define EVAL_PART(name)                                                                            \
	bool name(struct run *r, const struct node *n, struct frame *f, struct val in,             \
		struct path path, struct sink out)

EVAL_PART(eval_index);
EVAL_PART(eval_slice);
EVAL_PART(eval_each);
EVAL_PART(eval_try);
EVAL_PART(eval_else);
EVAL_PART(eval_test); /* if, and, or */
EVAL_PART(eval_foreach);
EVAL_PART(eval_bind);
EVAL_PART(eval_call);
EVAL_PART(eval_closure);
/* Nodes that join one result of each kid to a value of their own: every combination. */
EVAL_PART(eval_product);

bool eval_truth(struct run *r, const struct node *n, struct frame *f, struct val in,
	const struct path *path, struct sink out);

/* A node with one (or, in a call whose arguments are so, one_if): straight to its value. Takes in;
 * -1 when it failed. */
int eval_one(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
int eval_combined(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
int eval_one_call(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
int eval_one_closure(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
int eval_reduce(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
int eval_update(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out);
/* `=`, `+=` and the like, with the right side's value. Takes in and by. */
int eval_assign(struct run *r, const struct node *n, struct frame *f, struct val in, struct val by,
	struct val *out);

#endif
