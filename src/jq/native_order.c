#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "jq/eval_parts.h"
#include "jq/native.h"

static int no_list(struct run *r, struct val in, const char *what)
{
	return native_refuse(r, in, NULL, 0, "%s (%s) cannot be %s, as it is not an array",
		val_kind_name(&in), run_show(&in), what);
}

/* A value with what it is sorted by. */
struct keyed {
	struct val key, v;
	size_t i;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int c = val_compare(&x->key, &y->key);

	return c ? c : (x->i > y->i) - (x->i < y->i);
}

/* The elements with their keys, sorted; NULL on failure. Takes in. */
static struct keyed *sorted(
	struct run *r, const struct node *n, struct frame *f, struct val in, size_t *count)
{
	struct keyed *list = xcalloc(val_len(&in) + 1, sizeof *list);

	*count = 0;
	for (size_t i = 0; i < val_len(&in); i++) {
		struct keyed *k = &list[i];

		k->v = val_copy(val_at(&in, i));
		k->i = i;
		if (!n)
			k->key = val_copy(&k->v);
		else if (!eval_all(r, n, f, val_copy(&k->v), &k->key)) {
			val_free(k->v);
			for (size_t j = 0; j < i; j++) {
				val_free(list[j].key);
				val_free(list[j].v);
			}
			free(list);
			val_free(in);
			return NULL;
		}
		++*count;
	}
	val_free(in);
	qsort(list, *count, sizeof *list, by_key);
	return list;
}

static struct val plain_list(struct keyed *list, size_t n)
{
	struct val out = val_array(n);

	for (size_t i = 0; i < n; i++) {
		out = val_push(out, list[i].v);
		val_free(list[i].key);
	}
	return out;
}

static struct val grouped(struct keyed *list, size_t n)
{
	struct val groups = val_array(0), group = val_array(0);

	for (size_t i = 0; i < n; i++) {
		group = val_push(group, list[i].v);
		if (i + 1 == n || !val_equal(&list[i].key, &list[i + 1].key)) {
			groups = val_push(groups, group);
			group = val_array(0);
		}
	}
	for (size_t i = 0; i < n; i++)
		val_free(list[i].key);
	val_free(group);
	return groups;
}

/* The first of each group. */
static struct val uniques(struct keyed *list, size_t n)
{
	struct val out = val_array(0);

	for (size_t i = 0; i < n; i++) {
		if (i && val_equal(&list[i].key, &list[i - 1].key))
			val_free(list[i].v);
		else
			out = val_push(out, list[i].v);
	}
	for (size_t i = 0; i < n; i++)
		val_free(list[i].key);
	return out;
}

/* The first of the least; of the greatest the last, as jq has it. */
static struct val extreme(struct keyed *list, size_t n, bool greatest)
{
	struct val v = val_null();

	if (n)
		v = val_copy(&list[greatest ? n - 1 : 0].v);
	for (size_t i = 0; i < n; i++) {
		val_free(list[i].key);
		val_free(list[i].v);
	}
	return v;
}

static struct val made_of(const char *name, struct keyed *list, size_t n)
{
	switch (name[0]) {
	case 's':
		return plain_list(list, n);
	case 'g':
		return grouped(list, n);
	case 'u':
		return uniques(list, n);
	default:
		return extreme(list, n, name[1] == 'a');
	}
}

static const char *past(const char *name)
{
	return name[0] == 's' ? "sorted" : name[0] == 'g' ? "grouped" : "indexed";
}

static EVAL_PART(ordered_by)
{
	struct keyed *list;
	struct val v;
	size_t count;

	if (in.kind != VAL_ARRAY) {
		path_free(path);
		return !no_list(r, in, past(n->native->name));
	}
	list = sorted(r, n->kids[0], f, in, &count);
	if (!list) {
		path_free(path);
		return false;
	}
	v = made_of(n->native->name, list, count);
	free(list);
	return out.fn(out.arg, v, path_lose(path));
}

static int ordered(struct run *r, struct val in, const char *name, struct val *out)
{
	struct keyed *list;
	size_t count;

	if (in.kind != VAL_ARRAY)
		return no_list(r, in, past(name));
	list = sorted(r, NULL, NULL, in, &count);
	*out = made_of(name, list, count);
	free(list);
	return 0;
}

static int sort(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return ordered(r, in, "sort", out);
}

static int unique(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return ordered(r, in, "unique", out);
}

static int min(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return ordered(r, in, "min", out);
}

static int max(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return ordered(r, in, "max", out);
}

const struct native native_order[] = {
	{"sort", 0, sort, NULL},
	{"unique", 0, unique, NULL},
	{"min", 0, min, NULL},
	{"max", 0, max, NULL},
	{"sort_by", 1, NULL, ordered_by},
	{"group_by", 1, NULL, ordered_by},
	{"unique_by", 1, NULL, ordered_by},
	{"min_by", 1, NULL, ordered_by},
	{"max_by", 1, NULL, ordered_by},
	{NULL, 0, NULL, NULL},
};
