#include "config.h"

#include "jq/eval_parts.h"
#include "jq/native.h"

/* ---- first, last, limit, isempty ---- */

struct some {
	struct sink out;
	double left;
	bool behind; /* stopped by what comes after, not by the count */
};

static bool some_emit(void *arg, struct val v, struct path path)
{
	struct some *s = arg;

	s->left--;
	if (!s->out.fn(s->out.arg, v, path)) {
		s->behind = true;
		return false;
	}
	return s->left > 0;
}

static bool take(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out, double limit)
{
	struct some s = {out, limit, false};

	if (!(limit > 0)) {
		val_free(in);
		path_free(path);
		return true;
	}
	return eval(r, n, f, in, path, (struct sink){some_emit, &s}) ||
	       (!s.behind && !r->failed && !r->breaking);
}

static EVAL_PART(first)
{
	return take(r, n->kids[0], f, in, path, out, 1);
}

struct limit {
	struct run *r;
	const struct node *n;
	struct frame *f;
	const struct val *in;
	const struct path *path;
	struct sink out;
};

static bool limit_emit(void *arg, struct val v, struct path unused)
{
	struct limit *l = arg;
	double limit = v.kind == VAL_NUMBER ? v.u.number : 0;

	path_free(unused);
	val_free(v);
	return take(l->r, l->n->kids[1], l->f, val_copy(l->in), path_copy(l->path), l->out, limit);
}

static EVAL_PART(limit)
{
	struct limit l = {r, n, f, &in, &path, out};
	bool more =
		eval(r, n->kids[0], f, val_copy(&in), path_none(), (struct sink){limit_emit, &l});

	val_free(in);
	path_free(path);
	return more;
}

struct newest {
	struct val v;
	struct path path;
	bool found;
};

static bool newest_emit(void *arg, struct val v, struct path path)
{
	struct newest *l = arg;

	if (l->found) {
		val_free(l->v);
		path_free(l->path);
	}
	l->v = v;
	l->path = path;
	l->found = true;
	return true;
}

static EVAL_PART(last)
{
	struct newest l = {val_null(), path_none(), false};
	bool more = eval(r, n->kids[0], f, in, path, (struct sink){newest_emit, &l});

	if (more && l.found)
		return out.fn(out.arg, l.v, l.path);
	if (l.found) {
		val_free(l.v);
		path_free(l.path);
	}
	return more;
}

static EVAL_PART(isempty)
{
	struct val v;
	bool found;

	if (!eval_first(r, n->kids[0], f, in, &v, &found)) {
		path_free(path);
		return false;
	}
	val_free(v);
	return out.fn(out.arg, val_bool(!found), path_lose(path));
}

/* ---- any and all ---- */

struct quantor {
	struct run *r;
	const struct node *test; /* NULL: the value itself */
	struct frame *f;
	bool wanted, found;
};

static bool quantor_result(struct quantor *q, struct val v)
{
	bool yes = val_truthy(&v);

	val_free(v);
	q->found = yes == q->wanted;
	return !q->found;
}

static bool quantor_tested(void *arg, struct val v, struct path unused)
{
	path_free(unused);
	return quantor_result(arg, v);
}

static bool quantor_emit(void *arg, struct val v, struct path unused)
{
	struct quantor *q = arg;
	struct val result;

	path_free(unused);
	if (!q->test)
		return quantor_result(q, v);
	if (!q->test->one)
		return eval(q->r, q->test, q->f, v, path_none(), (struct sink){quantor_tested, q});
	return !eval_one(q->r, q->test, q->f, v, &result) && quantor_result(q, result);
}

static bool over_elements(struct quantor *q, const struct val *in)
{
	bool more = true;

	if (in->kind == VAL_ARRAY)
		for (size_t i = 0; more && i < val_len(in); i++)
			more = quantor_emit(q, val_copy(val_at(in, i)), path_none());
	else if (in->kind == VAL_OBJECT)
		for (size_t i = 0; more && i < in->u.object->n; i++)
			more = quantor_emit(q, val_copy(&in->u.object->pairs[i].v), path_none());
	else
		more = run_fail(q->r, "Cannot iterate over %s", val_kind_name(in)) == 0;
	return more;
}

/* any, any(test), any(source; test), and all. */
static EVAL_PART(any_all)
{
	struct quantor q = {
		r, n->n ? n->kids[n->n - 1] : NULL, f, n->native->name[1] == 'n', false};
	bool more = n->n == 2 ? eval(r, n->kids[0], f, val_copy(&in), path_none(),
					(struct sink){quantor_emit, &q})
			      : over_elements(&q, &in);

	val_free(in);
	if (!more && !q.found) {
		path_free(path);
		return false;
	}
	return out.fn(out.arg, val_bool(q.found == q.wanted), path_lose(path));
}

const struct native native_some[] = {
	{"first", 1, NULL, first},
	{"last", 1, NULL, last},
	{"limit", 2, NULL, limit},
	{"isempty", 1, NULL, isempty},
	{"any", 0, NULL, any_all},
	{"any", 1, NULL, any_all},
	{"any", 2, NULL, any_all},
	{"all", 0, NULL, any_all},
	{"all", 1, NULL, any_all},
	{"all", 2, NULL, any_all},
	{NULL, 0, NULL, NULL},
};
