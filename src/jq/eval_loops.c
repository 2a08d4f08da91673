#include "config.h"

#include "base/mem.h"
#include "jq/eval_parts.h"
#include "jq/native.h"

/* ---- gathering ---- */

struct gather {
	struct val v;
	bool found, first;
};

static bool gather_push(void *arg, struct val v, struct path path)
{
	struct val *list = arg;

	path_free(path);
	*list = val_push(*list, v);
	return true;
}

bool eval_all(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val list = val_array(0);

	if (eval(r, n, f, in, path_none(), (struct sink){gather_push, &list})) {
		*out = list;
		return true;
	}
	val_free(list);
	return false;
}

static bool gather_one(void *arg, struct val v, struct path path)
{
	struct gather *g = arg;

	path_free(path);
	if (g->found)
		val_free(g->v);
	g->v = v;
	g->found = true;
	return !g->first;
}

static bool gathered(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct val *out, bool *found, bool first)
{
	struct gather g = {val_null(), false, first};
	bool more = eval(r, n, f, in, path_none(), (struct sink){gather_one, &g});

	/* Not going on after the first is no failure. */
	if (!more && !r->failed && !r->breaking)
		more = true;
	if (!more && g.found) {
		val_free(g.v);
		g.v = val_null();
	}
	*out = g.v;
	*found = g.found;
	return more;
}

bool eval_last(struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out,
	bool *found)
{
	return gathered(r, n, f, in, out, found, false);
}

bool eval_first(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct val *out, bool *found)
{
	return gathered(r, n, f, in, out, found, true);
}

struct paths {
	struct run *r;
	struct val list;
};

static bool paths_push(void *arg, struct val v, struct path path)
{
	struct paths *p = arg;

	if (path.kind != PATH_KNOWN) {
		run_fail(p->r, "Invalid path expression with result %s", run_show(&v));
		val_free(v);
		return false;
	}
	val_free(v);
	p->list = val_push(p->list, path.v);
	return true;
}

bool eval_paths(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct paths p = {r, val_array(0)};
	struct path here = {PATH_KNOWN, val_array(0)};

	if (eval(r, n, f, in, here, (struct sink){paths_push, &p})) {
		*out = p.list;
		return true;
	}
	val_free(p.list);
	return false;
}

/* ---- `as` ---- */

/* What a value is taken apart into, one variable after the other. */
struct bind {
	struct run *r;
	struct frame *f;
	const struct val *in; /* in which keys of patterns are evaluated */
	bool (*body)(void *arg);
	void *arg;
};

/* The rest of a pattern's parts, as a list back to the outermost. */
struct todo {
	const struct pattern *pattern;
	size_t i;
	const struct val *of;
	const struct todo *next;
};

static bool bind_todo(struct bind *b, const struct todo *t);

static bool bind_value(
	struct bind *b, const struct pattern *p, struct val v, const struct todo *next)
{
	bool more;

	if (p->kind == PATTERN_VARIABLE) {
		struct val *slot = &b->f->slots[p->slot], before = *slot;

		*slot = v;
		more = bind_todo(b, next);
		val_free(*slot);
		*slot = before;
		return more;
	}
	more = bind_todo(b, &(struct todo){p, 0, &v, next});
	val_free(v);
	return more;
}

static bool bind_todo(struct bind *b, const struct todo *t)
{
	const struct pattern *p;
	struct val key, part;
	bool found = true;

	if (!t)
		return b->body(b->arg);
	p = t->pattern;
	if (t->i == p->n)
		return bind_todo(b, t->next);
	if (p->kind == PATTERN_ARRAY)
		key = val_number((double)t->i);
	else if (!eval_first(b->r, p->keys[t->i], b->f, val_copy(b->in), &key, &found))
		return false;
	if (!found)
		return true;
	if (native_index(b->r, val_copy(t->of), key, &part))
		return false;
	return bind_value(b, &p->kids[t->i], part, &(struct todo){p, t->i + 1, t->of, t->next});
}

/* For each result of n->a, with the pattern's variables set: body. */
struct each_bound {
	struct bind bind;
	const struct pattern *pattern;
};

static bool bound_emit(void *arg, struct val v, struct path unused)
{
	struct each_bound *e = arg;

	path_free(unused);
	return bind_value(&e->bind, e->pattern, v, NULL);
}

static bool each_bound(struct run *r, const struct node *n, struct frame *f, const struct val *in,
	bool (*body)(void *arg), void *arg)
{
	struct each_bound e = {{r, f, in, body, arg}, n->pattern};

	return eval(r, n->a, f, val_copy(in), path_none(), (struct sink){bound_emit, &e});
}

struct loop {
	struct run *r;
	const struct node *n;
	struct frame *f;
	const struct val *in;
	const struct path *path;
	struct sink out;
	struct val state;
};

static bool bind_body(void *arg)
{
	struct loop *l = arg;

	return eval(l->r, l->n->b, l->f, val_copy(l->in), path_copy(l->path), l->out);
}

EVAL_PART(eval_bind)
{
	struct loop l = {r, n, f, &in, &path, out, val_null()};
	bool more = each_bound(r, n, f, &in, bind_body, &l);

	val_free(in);
	path_free(path);
	return more;
}

/* ---- reduce and foreach ---- */

static bool reduce_body(void *arg)
{
	struct loop *l = arg;
	struct val state = l->state;
	bool found;

	l->state = val_null();
	if (l->n->c->one)
		return !eval_one(l->r, l->n->c, l->f, state, &l->state);
	return eval_last(l->r, l->n->c, l->f, state, &l->state, &found);
}

int eval_reduce(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct loop l = {.r = r, .n = n, .f = f, .in = &in, .state = val_null()};
	bool found, good = eval_last(r, n->b, f, val_copy(&in), &l.state, &found) &&
			   each_bound(r, n, f, &in, reduce_body, &l);

	val_free(in);
	if (good)
		*out = l.state;
	else
		val_free(l.state);
	return good ? 0 : -1;
}

static bool foreach_emit(void *arg, struct val v, struct path path)
{
	struct loop *l = arg;

	path_free(path);
	val_free(l->state);
	l->state = val_copy(&v);
	if (!l->n->d)
		return l->out.fn(l->out.arg, v, path_lose(path_copy(l->path)));
	return eval(l->r, l->n->d, l->f, v, path_none(), l->out);
}

static bool foreach_body(void *arg)
{
	struct loop *l = arg;

	return eval(l->r, l->n->c, l->f, val_copy(&l->state), path_none(),
		(struct sink){foreach_emit, l});
}

EVAL_PART(eval_foreach)
{
	struct loop l = {r, n, f, &in, &path, out, val_null()};
	bool found, more = eval_last(r, n->b, f, val_copy(&in), &l.state, &found);

	if (more && found)
		more = each_bound(r, n, f, &in, foreach_body, &l);
	val_free(l.state);
	val_free(in);
	path_free(path);
	return more;
}

/* ---- assignments ---- */

/* For each path: what is there becomes what n->b makes of it; without a result it is deleted. */
int eval_update(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	struct val paths, gone = val_array(0), v = in;
	int rc = 0;

	if (!eval_paths(r, n->a, f, val_copy(&in), &paths)) {
		val_free(in);
		val_free(gone);
		return -1;
	}
	for (size_t i = 0; !rc && i < val_len(&paths); i++) {
		const struct val *path = val_at(&paths, i);
		struct val old, new;
		bool found;

		if (native_getpath(r, val_copy(&v), path, &old) ||
			!eval_first(r, n->b, f, old, &new, &found)) {
			val_free(v);
			rc = -1;
		} else if (found) {
			rc = native_setpath(r, v, path, 0, new, &v);
		} else {
			gone = val_push(gone, val_copy(path));
		}
	}
	val_free(paths);
	if (rc) {
		val_free(gone);
		return -1;
	}
	return native_delpaths(r, v, gone, out);
}

static int changed(struct run *r, int op, struct val old, const struct val *by, struct val *out)
{
	if (op != '?')
		return native_binary(r, op, old, val_copy(by), out);
	if (val_truthy(&old)) {
		*out = old;
		return 0;
	}
	val_free(old);
	*out = val_copy(by);
	return 0;
}

int eval_assign(struct run *r, const struct node *n, struct frame *f, struct val in, struct val by,
	struct val *out)
{
	struct val paths, v = in;
	int rc = eval_paths(r, n->a, f, val_copy(&in), &paths) ? 0 : -1;

	if (rc) {
		val_free(in);
		val_free(by);
		return -1;
	}
	for (size_t i = 0; !rc && i < val_len(&paths); i++) {
		const struct val *path = val_at(&paths, i);
		struct val new = val_null(), old;

		if (n->kind == NODE_ASSIGN)
			new = val_copy(&by);
		else if (native_getpath(r, val_copy(&v), path, &old) ||
			 changed(r, n->op, old, &by, &new)) {
			val_free(v);
			rc = -1;
			break;
		}
		rc = native_setpath(r, v, path, 0, new, &v);
	}
	val_free(paths);
	val_free(by);
	*out = v;
	return rc;
}
