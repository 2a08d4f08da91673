#include "config.h"

#include "jq/eval.h"

#include <stdlib.h>

#include "base/mem.h"
#include "jq/eval_parts.h"
#include "jq/native.h"

/* ---- plumbing ---- */

/* Evaluates the next node with each result of the one before. */
struct then {
	struct run *r;
	const struct node *n;
	struct frame *f;
	struct sink out;
};

static bool then_emit(void *arg, struct val v, struct path path)
{
	struct then *t = arg;

	return eval(t->r, t->n, t->f, v, path, t->out);
}

/* ---- the rest ---- */

static bool eval_pipe(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct then t = {r, n->b, f, out};
	struct val v;

	if (path.kind != PATH_NONE || !n->a->one)
		return eval(r, n->a, f, in, path, (struct sink){then_emit, &t});
	return !eval_one(r, n->a, f, in, &v) && eval(r, n->b, f, v, path_none(), out);
}

static bool eval_comma(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	if (eval(r, n->a, f, val_copy(&in), path_copy(&path), out))
		return eval(r, n->b, f, in, path, out);
	val_free(in);
	path_free(path);
	return false;
}

static bool eval_label(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct val before = f->slots[n->slot];
	double label = ++r->labels;
	bool more;

	f->slots[n->slot] = val_number(label);
	more = eval(r, n->a, f, in, path, out);
	f->slots[n->slot] = before;
	if (!more && !r->failed && r->breaking == label) {
		r->breaking = 0;
		return true;
	}
	return more;
}

static bool leave(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct path path)
{
	for (size_t i = 0; i < n->up; i++)
		f = f->outer;
	r->breaking = f->slots[n->slot].u.number;
	val_free(in);
	path_free(path);
	return false;
}

static bool one(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct val v;

	if (eval_one(r, n, f, in, &v)) {
		path_free(path);
		return false;
	}
	return out.fn(out.arg, v, path_lose(path));
}

static bool dispatch(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	switch (n->kind) {
	case NODE_SELF:
		return out.fn(out.arg, in, path);
	case NODE_INDEX:
		return eval_index(r, n, f, in, path, out);
	case NODE_SLICE:
		return eval_slice(r, n, f, in, path, out);
	case NODE_EACH:
		return eval_each(r, n, f, in, path, out);
	case NODE_TRY:
		return eval_try(r, n, f, in, path, out);
	case NODE_PIPE:
		return eval_pipe(r, n, f, in, path, out);
	case NODE_COMMA:
		return eval_comma(r, n, f, in, path, out);
	case NODE_AND:
	case NODE_OR:
	case NODE_IF:
		return eval_test(r, n, f, in, path, out);
	case NODE_ELSE:
		return eval_else(r, n, f, in, path, out);
	case NODE_FOREACH:
		return eval_foreach(r, n, f, in, path, out);
	case NODE_BIND:
		return eval_bind(r, n, f, in, path, out);
	case NODE_LABEL:
		return eval_label(r, n, f, in, path, out);
	case NODE_BREAK:
		return leave(r, n, f, in, path);
	case NODE_CALL:
		return eval_call(r, n, f, in, path, out);
	case NODE_CLOSURE:
		return eval_closure(r, n, f, in, path, out);
	case NODE_NATIVE:
		if (n->native->special)
			return n->native->special(r, n, f, in, path, out);
		return eval_product(r, n, f, in, path, out);
	case NODE_TEXT:
	case NODE_OBJECT:
	case NODE_NEGATE:
	case NODE_BINARY:
	case NODE_ASSIGN:
	case NODE_CHANGE:
		return eval_product(r, n, f, in, path, out);
	case NODE_LITERAL:
	case NODE_VARIABLE:
	case NODE_ARRAY:
	case NODE_REDUCE:
	case NODE_UPDATE:
		break;
	}
	return one(r, n, f, in, path, out);
}

bool eval(struct run *r, const struct node *n, struct frame *f, struct val in, struct path path,
	struct sink out)
{
	bool more = false;

	r->depth++;
	if (run_too_deep(r)) {
		run_fail(r, "the program calls itself too deep");
	} else if (++r->steps > r->steps_max) {
		run_fail(r, "the program takes too long");
	} else {
		more = n->one && path.kind == PATH_NONE ? one(r, n, f, in, path, out)
							: dispatch(r, n, f, in, path, out);
		r->depth--;
		return more;
	}
	r->depth--;
	val_free(in);
	path_free(path);
	return false;
}
