#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "jq/eval_parts.h"
#include "jq/native.h"

#define INDEX_MAX 536870911.0 /* as jq: an array past it is a mistake */

/* ---- whole paths ---- */

int native_getpath(struct run *r, struct val v, const struct val *path, struct val *out)
{
	for (size_t i = 0; i < val_len(path) && v.kind != VAL_NULL; i++)
		if (native_index(r, v, val_copy(val_at(path, i)), &v))
			return -1;
	*out = v;
	return 0;
}

static int set_slice(
	struct run *r, struct val v, const struct val *key, struct val to, struct val *out)
{
	size_t start, end;
	struct val new;

	if (v.kind == VAL_NULL)
		v = val_array(0);
	if (v.kind != VAL_ARRAY || to.kind != VAL_ARRAY) {
		val_free(v);
		val_free(to);
		return run_fail(r, "A slice of an array can only be assigned another array");
	}
	native_clamp(val_get_str(key, "start"), val_get_str(key, "end"), val_len(&v), &start, &end);
	new = val_slice(&v, 0, start);
	for (size_t i = 0; i < val_len(&to); i++)
		new = val_push(new, val_copy(val_at(&to, i)));
	for (size_t i = end; i < val_len(&v); i++)
		new = val_push(new, val_copy(val_at(&v, i)));
	val_free(v);
	val_free(to);
	*out = new;
	return 0;
}

static int set_index(struct run *r, struct val v, double k, struct val to, struct val *out)
{
	double i = floor(k);

	if (v.kind == VAL_NULL)
		v = val_array(0);
	if (i < 0)
		i += (double)val_len(&v);
	if (i >= 0 && i <= INDEX_MAX) {
		*out = val_set_at(v, (size_t)i, to);
		return 0;
	}
	val_free(v);
	val_free(to);
	return run_fail(r, i < 0 ? "Out of bounds negative array index" : "Array index too large");
}

/* One key of v becomes `to`. Takes v and to. */
static int set_key(
	struct run *r, struct val v, const struct val *key, struct val to, struct val *out)
{
	if (key->kind == VAL_STRING && (v.kind == VAL_OBJECT || v.kind == VAL_NULL)) {
		*out = val_set(v.kind == VAL_NULL ? val_object() : v, key->u.string, to);
		return 0;
	}
	if (key->kind == VAL_NUMBER && (v.kind == VAL_ARRAY || v.kind == VAL_NULL))
		return set_index(r, v, key->u.number, to, out);
	if (native_is_slice(key))
		return set_slice(r, v, key, to, out);
	val_free(to);
	return native_no_index(r, v, val_copy(key));
}

/* The child is taken out of its parent, so that it can be changed in place. */
static int take_child(struct run *r, struct val *v, const struct val *key, struct val *child)
{
	if (v->kind == VAL_OBJECT && key->kind == VAL_STRING) {
		*v = val_own_object(*v);
		*child = val_take(v, key->u.string);
		return 0;
	}
	return native_index(r, val_copy(v), val_copy(key), child);
}

int native_setpath(struct run *r, struct val v, const struct val *path, size_t at, struct val to,
	struct val *out)
{
	const struct val *key;
	struct val child;

	if (at == val_len(path)) {
		val_free(v);
		*out = to;
		return 0;
	}
	key = val_at(path, at);
	if (at + 1 < val_len(path)) {
		if (take_child(r, &v, key, &child)) {
			val_free(v);
			val_free(to);
			return -1;
		}
		if (native_setpath(r, child, path, at + 1, to, &to)) {
			val_free(v);
			return -1;
		}
	}
	return set_key(r, v, key, to, out);
}

static int delete_key(struct run *r, struct val v, const struct val *key, struct val *out)
{
	size_t start, end;

	if (v.kind == VAL_NULL) {
		*out = v;
	} else if (v.kind == VAL_OBJECT && key->kind == VAL_STRING) {
		*out = val_delete(v, key->u.string);
	} else if (v.kind == VAL_ARRAY && (key->kind == VAL_NUMBER || native_is_slice(key))) {
		struct val rest;
		double n = (double)val_len(&v);

		if (key->kind == VAL_NUMBER) {
			double i = floor(key->u.number) + (key->u.number < 0 ? n : 0);

			start = i >= 0 && i < n ? (size_t)i : val_len(&v);
			end = i >= 0 && i < n ? start + 1 : start;
		} else {
			native_clamp(val_get_str(key, "start"), val_get_str(key, "end"),
				val_len(&v), &start, &end);
		}
		rest = val_slice(&v, 0, start);
		for (size_t i = end; i < val_len(&v); i++)
			rest = val_push(rest, val_copy(val_at(&v, i)));
		val_free(v);
		*out = rest;
	} else {
		run_fail(r, "Cannot delete field at %s index of %s", val_kind_name(key),
			val_kind_name(&v));
		val_free(v);
		return -1;
	}
	return 0;
}

static int delete_path(
	struct run *r, struct val v, const struct val *path, size_t at, struct val *out)
{
	const struct val *key;
	struct val child;

	if (at == val_len(path)) {
		val_free(v);
		*out = val_null();
		return 0;
	}
	key = val_at(path, at);
	if (at + 1 == val_len(path))
		return delete_key(r, v, key, out);
	if (native_index(r, val_copy(&v), val_copy(key), &child)) {
		val_free(v);
		return -1;
	}
	if (child.kind == VAL_NULL) {
		*out = v;
		return 0;
	}
	if (delete_path(r, child, path, at + 1, &child)) {
		val_free(v);
		return -1;
	}
	return set_key(r, v, key, child, out);
}

static int by_value(const void *a, const void *b)
{
	return val_compare(a, b);
}

/* The last ones first, so that the places of the others stay. */
int native_delpaths(struct run *r, struct val v, struct val paths, struct val *out)
{
	int rc = 0;

	paths = val_own_array(paths);
	if (val_len(&paths) > 1)
		qsort(paths.u.array->v, val_len(&paths), sizeof *paths.u.array->v, by_value);
	for (size_t i = val_len(&paths); !rc && i--;) {
		if (val_at(&paths, i)->kind != VAL_ARRAY) {
			val_free(v);
			rc = run_fail(r, "Path must be specified as an array");
		} else {
			rc = delete_path(r, v, val_at(&paths, i), 0, &v);
		}
	}
	val_free(paths);
	if (!rc)
		*out = v;
	return rc;
}

/* ---- the table ---- */

struct keep {
	struct sink out;
	const struct path *path;
};

static bool path_emit(void *arg, struct val v, struct path path)
{
	struct keep *k = arg;

	val_free(v);
	return k->out.fn(k->out.arg, path.v, path_lose(path_copy(k->path)));
}

struct check_path {
	struct run *r;
	struct keep keep;
};

static bool known_emit(void *arg, struct val v, struct path path)
{
	struct check_path *c = arg;

	if (path.kind == PATH_KNOWN)
		return path_emit(&c->keep, v, path);
	run_fail(c->r, "Invalid path expression with result %s", run_show(&v));
	val_free(v);
	return false;
}

static EVAL_PART(paths_of)
{
	struct check_path c = {r, {out, &path}};
	struct path here = {PATH_KNOWN, val_array(0)};
	bool more = eval(r, n->kids[0], f, in, here, (struct sink){known_emit, &c});

	path_free(path);
	return more;
}

static EVAL_PART(del)
{
	struct val paths, v;

	if (!eval_paths(r, n->kids[0], f, val_copy(&in), &paths)) {
		val_free(in);
		path_free(path);
		return false;
	}
	if (native_delpaths(r, in, paths, &v)) {
		path_free(path);
		return false;
	}
	return out.fn(out.arg, v, path_lose(path));
}

struct getpath {
	struct run *r;
	const struct val *in;
	const struct path *path;
	struct sink out;
};

static bool getpath_emit(void *arg, struct val keys, struct path unused)
{
	struct getpath *g = arg;
	struct path path = path_copy(g->path);
	struct val v;

	path_free(unused);
	if (keys.kind != VAL_ARRAY) {
		val_free(keys);
		path_free(path);
		run_fail(g->r, "Path must be specified as an array");
		return false;
	}
	if (native_getpath(g->r, val_copy(g->in), &keys, &v)) {
		val_free(keys);
		path_free(path);
		return false;
	}
	for (size_t i = 0; i < val_len(&keys) && path.kind == PATH_KNOWN; i++)
		path = path_push(path, val_copy(val_at(&keys, i)));
	val_free(keys);
	return g->out.fn(g->out.arg, v, path);
}

static EVAL_PART(getpath)
{
	struct getpath g = {r, &in, &path, out};
	bool more =
		eval(r, n->kids[0], f, val_copy(&in), path_none(), (struct sink){getpath_emit, &g});

	val_free(in);
	path_free(path);
	return more;
}

static int setpath(struct run *r, struct val in, struct val *args, struct val *out)
{
	int rc;

	if (args[0].kind != VAL_ARRAY)
		return native_refuse(r, in, args, 2, "Path must be specified as an array");
	rc = native_setpath(r, in, &args[0], 0, args[1], out);
	val_free(args[0]);
	return rc;
}

static int delpaths(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (args[0].kind != VAL_ARRAY)
		return native_refuse(r, in, args, 1, "Paths must be specified as an array");
	return native_delpaths(r, in, args[0], out);
}

const struct native native_paths[] = {
	{"path", 1, NULL, paths_of},
	{"del", 1, NULL, del},
	{"getpath", 1, NULL, getpath},
	{"setpath", 2, setpath, NULL},
	{"delpaths", 1, delpaths, NULL},
	{NULL, 0, NULL, NULL},
};
