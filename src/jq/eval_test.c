#include "config.h"

#include "jq/eval_parts.h"

/* ---- try and // ---- */

struct guard {
	struct run *r;
	struct sink out;
	bool behind; /* what failed, failed further on */
	bool truthy_only, found;
};

static bool guard_emit(void *arg, struct val v, struct path path)
{
	struct guard *g = arg;

	if (g->truthy_only && !val_truthy(&v)) {
		val_free(v);
		path_free(path);
		return true;
	}
	g->found = true;
	if (g->out.fn(g->out.arg, v, path))
		return true;
	g->behind = true;
	return false;
}

bool eval_try(struct run *r, const struct node *n, struct frame *f, struct val in, struct path path,
	struct sink out)
{
	struct guard g = {r, out, false, false, false};
	bool more = eval(r, n->a, f, in, path, (struct sink){guard_emit, &g});
	struct val error;

	if (more || !r->failed || g.behind)
		return more;
	error = run_take_error(r);
	if (n->b)
		return eval(r, n->b, f, error, path_none(), out);
	val_free(error);
	return true;
}

bool eval_else(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct guard g = {r, out, false, true, false};
	bool more =
		eval(r, n->a, f, val_copy(&in), path_copy(&path), (struct sink){guard_emit, &g});

	if (more && !g.found)
		return eval(r, n->b, f, in, path, out);
	val_free(in);
	path_free(path);
	return more;
}

/* A condition, with what is evaluated next. */
struct with {
	struct run *r;
	const struct node *n;
	struct frame *f;
	const struct val *in; /* of the whole node */
	const struct path *path;
	struct sink out;
};

/* ---- and, or, if ---- */

static bool test_emit(void *arg, struct val v, struct path unused)
{
	struct with *w = arg;
	const struct node *n = w->n;
	bool yes = val_truthy(&v);

	path_free(unused);
	val_free(v);
	if (n->kind == NODE_IF)
		return eval(
			w->r, yes ? n->b : n->c, w->f, val_copy(w->in), path_copy(w->path), w->out);
	if (yes == (n->kind == NODE_OR))
		return w->out.fn(w->out.arg, val_bool(yes), path_lose(path_copy(w->path)));
	return eval_truth(w->r, n->b, w->f, val_copy(w->in), w->path, w->out);
}

bool eval_test(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct with w = {r, n, f, &in, &path, out};
	bool more;

	if (n->kind == NODE_IF && n->a->one) {
		struct val v;

		if (eval_one(r, n->a, f, val_copy(&in), &v)) {
			val_free(in);
			path_free(path);
			return false;
		}
		more = val_truthy(&v);
		val_free(v);
		return eval(r, more ? n->b : n->c, f, in, path, out);
	}
	more = eval(r, n->a, f, val_copy(&in), path_none(), (struct sink){test_emit, &w});
	val_free(in);
	path_free(path);
	return more;
}

struct truth {
	const struct path *path;
	struct sink out;
};

static bool truth_emit(void *arg, struct val v, struct path unused)
{
	struct truth *t = arg;
	bool yes = val_truthy(&v);

	path_free(unused);
	val_free(v);
	return t->out.fn(t->out.arg, val_bool(yes), path_lose(path_copy(t->path)));
}

bool eval_truth(struct run *r, const struct node *n, struct frame *f, struct val in,
	const struct path *path, struct sink out)
{
	struct truth t = {path, out};

	return eval(r, n, f, in, path_none(), (struct sink){truth_emit, &t});
}
