#include "config.h"

#include "jq/eval_parts.h"
#include "jq/native.h"

static int one_index(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val key, of;

	if (n->b->kind == NODE_LITERAL) {
		key = val_copy(&n->b->v);
	} else if (eval_one(r, n->b, f, val_copy(&in), &key)) {
		val_free(in);
		return -1;
	}
	if (eval_one(r, n->a, f, in, &of)) {
		val_free(key);
		return -1;
	}
	return native_index(r, of, key, out);
}

static int one_slice(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val from = val_null(), to = val_null(), of;

	if (n->b && eval_one(r, n->b, f, val_copy(&in), &from)) {
		val_free(in);
		return -1;
	}
	if (n->c && eval_one(r, n->c, f, val_copy(&in), &to)) {
		val_free(from);
		val_free(in);
		return -1;
	}
	if (eval_one(r, n->a, f, in, &of)) {
		val_free(from);
		val_free(to);
		return -1;
	}
	return native_slice(r, of, from, to, out);
}

static int truth(
	struct run *r, const struct node *n, struct frame *f, const struct val *in, bool *yes)
{
	struct val v;

	if (eval_one(r, n, f, val_copy(in), &v))
		return -1;
	*yes = val_truthy(&v);
	val_free(v);
	return 0;
}

static int one_test(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	bool yes;

	if (truth(r, n->a, f, &in, &yes)) {
		val_free(in);
		return -1;
	}
	if (n->kind == NODE_IF)
		return eval_one(r, yes ? n->b : n->c, f, in, out);
	if (yes == (n->kind == NODE_AND) && truth(r, n->b, f, &in, &yes)) {
		val_free(in);
		return -1;
	}
	val_free(in);
	*out = val_bool(yes);
	return 0;
}

static int one_else(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	if (eval_one(r, n->a, f, val_copy(&in), out)) {
		val_free(in);
		return -1;
	}
	if (!val_truthy(out)) {
		val_free(*out);
		return eval_one(r, n->b, f, in, out);
	}
	val_free(in);
	return 0;
}

static int one_try(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	if (!eval_one(r, n->a, f, in, out))
		return 0;
	return r->failed ? eval_one(r, n->b, f, run_take_error(r), out) : -1;
}

static int one_pipe(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val v;

	return eval_one(r, n->a, f, in, &v) ? -1 : eval_one(r, n->b, f, v, out);
}

static int one_bind(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val *slot = &f->slots[n->pattern->slot], before = *slot, v;
	int rc;

	if (eval_one(r, n->a, f, val_copy(&in), &v)) {
		val_free(in);
		return -1;
	}
	*slot = v;
	rc = eval_one(r, n->b, f, in, out);
	val_free(*slot);
	*slot = before;
	return rc;
}

static int one_variable(const struct node *n, struct frame *f, struct val in, struct val *out)
{
	for (size_t i = 0; i < n->up; i++)
		f = f->outer;
	val_free(in);
	*out = val_copy(&f->slots[n->slot]);
	return 0;
}

static int dispatch(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	switch (n->kind) {
	case NODE_SELF:
		*out = in;
		return 0;
	case NODE_LITERAL:
		val_free(in);
		*out = val_copy(&n->v);
		return 0;
	case NODE_VARIABLE:
		return one_variable(n, f, in, out);
	case NODE_INDEX:
		return one_index(r, n, f, in, out);
	case NODE_SLICE:
		return one_slice(r, n, f, in, out);
	case NODE_PIPE:
		return one_pipe(r, n, f, in, out);
	case NODE_AND:
	case NODE_OR:
	case NODE_IF:
		return one_test(r, n, f, in, out);
	case NODE_ELSE:
		return one_else(r, n, f, in, out);
	case NODE_TRY:
		return one_try(r, n, f, in, out);
	case NODE_BIND:
		return one_bind(r, n, f, in, out);
	case NODE_CALL:
		return eval_one_call(r, n, f, in, out);
	case NODE_CLOSURE:
		return eval_one_closure(r, n, f, in, out);
	case NODE_ARRAY:
		if (n->a)
			return eval_all(r, n->a, f, in, out) ? 0 : -1;
		val_free(in);
		*out = val_array(0);
		return 0;
	case NODE_REDUCE:
		return eval_reduce(r, n, f, in, out);
	case NODE_UPDATE:
		return eval_update(r, n, f, in, out);
	case NODE_NATIVE:
	case NODE_TEXT:
	case NODE_OBJECT:
	case NODE_NEGATE:
	case NODE_BINARY:
	case NODE_ASSIGN:
	case NODE_CHANGE:
		return eval_combined(r, n, f, in, out);
	case NODE_EACH:
	case NODE_COMMA:
	case NODE_FOREACH:
	case NODE_LABEL:
	case NODE_BREAK:
		break;
	}
	val_free(in);
	return run_fail(r, "an expression of many results where one is wanted");
}

int eval_one(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	int rc;

	r->depth++;
	if (run_too_deep(r) || ++r->steps > r->steps_max) {
		r->depth--;
		val_free(in);
		return run_fail(r, r->steps > r->steps_max ? "the program takes too long"
							   : "the program calls itself too deep");
	}
	rc = dispatch(r, n, f, in, out);
	r->depth--;
	return rc;
}
