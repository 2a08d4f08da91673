#include "config.h"

#include <math.h>
#include <string.h>

#include "jq/eval_parts.h"
#include "jq/native.h"

static EVAL_PART(empty)
{
	(void)r;
	(void)n;
	(void)f;
	(void)out;
	val_free(in);
	path_free(path);
	return true;
}

static int error_of(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	(void)out;
	return run_raise(r, in);
}

static int error_with(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)out;
	val_free(in);
	return run_raise(r, args[0]);
}

/* ---- range ---- */

struct ends {
	struct run *r;
	const struct path *path;
	struct sink out;
};

static bool count(struct ends *e, double from, double to, double by)
{
	if (by == 0 && from < to) {
		run_fail(e->r, "range by 0 has no end");
		return false;
	}
	for (double v = from; by > 0 ? v < to : v > to; v += by) {
		if (++e->r->steps > e->r->steps_max) {
			run_fail(e->r, "the program takes too long");
			return false;
		}
		if (!e->out.fn(e->out.arg, val_number(v), path_lose(path_copy(e->path))))
			return false;
	}
	return true;
}

/* Up to three arguments, each for each result of those before. */
struct range {
	struct ends ends;
	const struct node *n;
	struct frame *f;
	const struct val *in;
	double at[3];
	size_t i;
};

static bool range_step(struct range *g);

static bool range_emit(void *arg, struct val v, struct path unused)
{
	struct range *g = arg;
	bool more;

	path_free(unused);
	if (v.kind != VAL_NUMBER) {
		val_free(v);
		run_fail(g->ends.r, "Range bounds must be numeric");
		return false;
	}
	g->at[g->i++] = v.u.number;
	more = range_step(g);
	g->i--;
	return more;
}

static bool range_step(struct range *g)
{
	if (g->i < g->n->n)
		return eval(g->ends.r, g->n->kids[g->i], g->f, val_copy(g->in), path_none(),
			(struct sink){range_emit, g});
	if (g->n->n == 1)
		return count(&g->ends, 0, g->at[0], 1);
	return count(&g->ends, g->at[0], g->at[1], g->n->n == 3 ? g->at[2] : 1);
}

static EVAL_PART(range)
{
	struct range g = {{r, &path, out}, n, f, &in, {0}, 0};
	bool more = range_step(&g);

	val_free(in);
	path_free(path);
	return more;
}

/* ---- recurse, until, while, repeat ---- */

struct recurse {
	struct run *r;
	const struct node *step; /* NULL: .[]? */
	const struct node *test; /* NULL: always */
	struct frame *f;
	struct sink out;
};

static bool recurse_emit(void *arg, struct val v, struct path path);

static bool deeper(struct recurse *c, const struct val *v, const struct path *path)
{
	bool more = true;

	if (c->step)
		return eval(c->r, c->step, c->f, val_copy(v), path_copy(path),
			(struct sink){recurse_emit, c});
	if (v->kind == VAL_ARRAY) {
		for (size_t i = 0; more && i < val_len(v); i++)
			more = recurse_emit(c, val_copy(val_at(v, i)),
				path_push(path_copy(path), val_number((double)i)));
	} else if (v->kind == VAL_OBJECT) {
		for (size_t i = 0; more && i < v->u.object->n; i++) {
			struct val key = {
				.kind = VAL_STRING, .u.string = v->u.object->pairs[i].key};

			more = recurse_emit(c, val_copy(&v->u.object->pairs[i].v),
				path_push(path_copy(path), val_copy(&key)));
		}
	}
	return more;
}

static bool recurse_emit(void *arg, struct val v, struct path path)
{
	struct recurse *c = arg;
	bool more = true;

	if (c->test) {
		struct val yes;
		bool found;

		more = eval_first(c->r, c->test, c->f, val_copy(&v), &yes, &found);
		if (!more || !found || !val_truthy(&yes)) {
			if (more)
				val_free(yes);
			val_free(v);
			path_free(path);
			return more;
		}
		val_free(yes);
	}
	more = c->out.fn(c->out.arg, val_copy(&v), path_copy(&path)) && deeper(c, &v, &path);
	val_free(v);
	path_free(path);
	return more;
}

static EVAL_PART(recurse)
{
	struct recurse c = {r, n->n ? n->kids[0] : NULL, n->n == 2 ? n->kids[1] : NULL, f, out};

	/* The test is of what is gone to, not of where it begins. */
	if (c.test) {
		bool more =
			out.fn(out.arg, val_copy(&in), path_copy(&path)) && deeper(&c, &in, &path);

		val_free(in);
		path_free(path);
		return more;
	}
	return recurse_emit(&c, in, path);
}

static bool truth(
	struct run *r, const struct node *n, struct frame *f, const struct val *in, bool *yes)
{
	struct val v;
	bool found;

	if (!eval_first(r, n, f, val_copy(in), &v, &found))
		return false;
	*yes = found && val_truthy(&v);
	val_free(v);
	return true;
}

/* One step's only result goes round in place; more than one would be a tree of them. */
static bool step(struct run *r, const struct node *n, struct frame *f, struct val *v)
{
	bool found;

	if (++r->steps > r->steps_max) {
		run_fail(r, "the program takes too long");
		val_free(*v);
		*v = val_null();
		return false;
	}
	if (!eval_last(r, n, f, *v, v, &found))
		return false;
	if (!found)
		run_fail(r, "a step gave nothing");
	return found;
}

static EVAL_PART(until)
{
	bool done = false, good = true;

	path_free(path);
	while (good && (good = truth(r, n->kids[0], f, &in, &done)) && !done)
		good = step(r, n->kids[1], f, &in);
	if (good)
		return out.fn(out.arg, in, path_none());
	val_free(in);
	return false;
}

static EVAL_PART(while_true)
{
	bool going = true, good = true;

	path_free(path);
	while (good && (good = truth(r, n->kids[0], f, &in, &going)) && going)
		good = out.fn(out.arg, val_copy(&in), path_none()) && step(r, n->kids[1], f, &in);
	val_free(in);
	return good;
}

static EVAL_PART(repeat)
{
	bool good = true;

	path_free(path);
	while (good)
		good = out.fn(out.arg, val_copy(&in), path_none()) && step(r, n->kids[0], f, &in);
	val_free(in);
	return good;
}

const struct native native_loops[] = {
	{"empty", 0, NULL, empty},
	{"error", 0, error_of, NULL},
	{"error", 1, error_with, NULL},
	{"range", 1, NULL, range},
	{"range", 2, NULL, range},
	{"range", 3, NULL, range},
	{"recurse", 0, NULL, recurse},
	{"recurse", 1, NULL, recurse},
	{"recurse", 2, NULL, recurse},
	{"until", 2, NULL, until},
	{"while", 2, NULL, while_true},
	{"repeat", 1, NULL, repeat},
	{NULL, 0, NULL, NULL},
};
