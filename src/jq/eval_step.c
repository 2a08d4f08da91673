#include "config.h"

#include "jq/eval_parts.h"
#include "jq/native.h"

/* An index or a slice, with what was evaluated of it already. */
struct with {
	struct run *r;
	const struct node *n;
	struct frame *f;
	const struct val *in; /* of the whole node */
	const struct path *path;
	struct val first; /* results that came already */
	struct sink out;
};

/* ---- index, slice, each ---- */

/* A step that failed: with `?` it has just no result. */
static bool forgive(struct with *w)
{
	if (w->n->lenient)
		val_free(run_take_error(w->r));
	return w->n->lenient;
}

static bool index_emit(void *arg, struct val of, struct path path)
{
	struct with *w = arg;
	struct val v;

	if (path.kind == PATH_LOST) {
		run_fail(w->r, "Invalid path expression with result %s", run_show(&of));
		val_free(of);
		return false;
	}
	path = path_push(path, path.kind == PATH_KNOWN ? val_copy(&w->first) : val_null());
	if (native_index(w->r, of, val_copy(&w->first), &v)) {
		path_free(path);
		return forgive(w);
	}
	return w->out.fn(w->out.arg, v, path);
}

static bool key_emit(void *arg, struct val key, struct path unused)
{
	struct with *w = arg;
	struct with inner = *w;
	bool more;

	path_free(unused);
	inner.first = key;
	more = eval(w->r, w->n->a, w->f, val_copy(w->in), path_copy(w->path),
		(struct sink){index_emit, &inner});
	val_free(key);
	return more;
}

bool eval_index(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct with w = {r, n, f, &in, &path, val_null(), out};
	bool more;

	if (n->b->kind == NODE_LITERAL) {
		w.first = n->b->v;
		return eval(r, n->a, f, in, path, (struct sink){index_emit, &w});
	}
	more = eval(r, n->b, f, val_copy(&in), path_none(), (struct sink){key_emit, &w});
	val_free(in);
	path_free(path);
	return more;
}

static struct val slice_key(const struct val *from, const struct val *to)
{
	struct val key = val_set_str(val_object(), "start", val_copy(from));

	return val_set_str(key, "end", val_copy(to));
}

static bool slice_emit(void *arg, struct val of, struct path path)
{
	struct with *w = arg;
	const struct val *ends = &w->first;
	struct val v;

	if (path.kind == PATH_LOST) {
		run_fail(w->r, "Invalid path expression with result %s", run_show(&of));
		val_free(of);
		return false;
	}
	path = path_push(path, slice_key(val_at(ends, 0), val_at(ends, 1)));
	if (native_slice(w->r, of, val_copy(val_at(ends, 0)), val_copy(val_at(ends, 1)), &v)) {
		path_free(path);
		return forgive(w);
	}
	return w->out.fn(w->out.arg, v, path);
}

/* Both ends are taken by their first result. */
bool eval_slice(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct with w = {r, n, f, &in, &path, val_array(2), out};
	const struct node *const ends[] = {n->b, n->c};
	bool more = true;

	for (int i = 0; more && i < 2; i++) {
		struct val end = val_null();
		bool found = true;

		if (ends[i])
			more = eval_first(r, ends[i], f, val_copy(&in), &end, &found);
		w.first = val_push(w.first, end);
		if (more && !found) {
			val_free(w.first);
			val_free(in);
			path_free(path);
			return true;
		}
	}
	if (more)
		more = eval(
			r, n->a, f, val_copy(&in), path_copy(&path), (struct sink){slice_emit, &w});
	val_free(w.first);
	val_free(in);
	path_free(path);
	return more;
}

static bool each_of_array(struct with *w, struct val of, struct path path)
{
	size_t n = val_len(&of);
	bool more = true;

	for (size_t i = 0; more && i < n; i++) {
		struct path at = path_copy(&path);

		if (at.kind == PATH_KNOWN)
			at = path_push(at, val_number((double)i));
		more = w->out.fn(w->out.arg, val_copy(val_at(&of, i)), at);
	}
	return more;
}

static bool each_of_object(struct with *w, struct val of, struct path path)
{
	const struct val_object *o = of.u.object;
	bool more = true;

	for (size_t i = 0; more && i < o->n; i++) {
		struct path at = path_copy(&path);

		if (at.kind == PATH_KNOWN) {
			o->pairs[i].key->refs++;
			at = path_push(
				at, (struct val){.kind = VAL_STRING, .u.string = o->pairs[i].key});
		}
		more = w->out.fn(w->out.arg, val_copy(&o->pairs[i].v), at);
	}
	return more;
}

static bool each_emit(void *arg, struct val of, struct path path)
{
	struct with *w = arg;
	bool more;

	if (path.kind == PATH_LOST) {
		run_fail(w->r, "Invalid path expression with result %s", run_show(&of));
		more = false;
	} else if (of.kind == VAL_ARRAY) {
		more = each_of_array(w, of, path);
	} else if (of.kind == VAL_OBJECT) {
		more = each_of_object(w, of, path);
	} else {
		if (of.kind == VAL_NULL)
			run_fail(w->r, "Cannot iterate over null");
		else
			run_fail(w->r, "Cannot iterate over %s (%s)", val_kind_name(&of),
				run_show(&of));
		more = forgive(w);
	}
	val_free(of);
	path_free(path);
	return more;
}

bool eval_each(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out)
{
	struct with w = {r, n, f, NULL, NULL, val_null(), out};

	return eval(r, n->a, f, in, path, (struct sink){each_emit, &w});
}
