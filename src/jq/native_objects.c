#include "config.h"

#include <math.h>

#include "base/mem.h"
#include "jq/native.h"

static struct val numbers_below(size_t n)
{
	struct val list = val_array(n);

	for (size_t i = 0; i < n; i++)
		list = val_push(list, val_number((double)i));
	return list;
}

static int keys_of(struct run *r, struct val in, bool sorted, struct val *out)
{
	if (in.kind == VAL_OBJECT)
		*out = val_keys(&in, sorted);
	else if (in.kind == VAL_ARRAY)
		*out = numbers_below(val_len(&in));
	else
		return native_refuse(
			r, in, NULL, 0, "%s (%s) has no keys", val_kind_name(&in), run_show(&in));
	val_free(in);
	return 0;
}

static int keys(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return keys_of(r, in, true, out);
}

static int keys_unsorted(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)args;
	return keys_of(r, in, false, out);
}

static int has(struct run *r, struct val in, struct val *args, struct val *out)
{
	bool yes;

	if (in.kind == VAL_OBJECT && args[0].kind == VAL_STRING)
		yes = val_get(&in, args[0].u.string) != NULL;
	else if (in.kind == VAL_ARRAY && args[0].kind == VAL_NUMBER)
		yes = args[0].u.number >= 0 && args[0].u.number < (double)val_len(&in);
	else
		return native_refuse(r, in, args, 1, "Cannot check whether %s has a %s key",
			val_kind_name(&in), val_kind_name(&args[0]));
	val_free(in);
	val_free(args[0]);
	*out = val_bool(yes);
	return 0;
}

static struct val entry(struct val key, const struct val *v)
{
	struct val e = val_set_str(val_object(), "key", key);

	return val_set_str(e, "value", val_copy(v));
}

/* Of an array the places are the keys. */
static struct val numbered(const struct val *array)
{
	struct val list = val_array(val_len(array));

	for (size_t i = 0; i < val_len(array); i++)
		list = val_push(list, entry(val_number((double)i), val_at(array, i)));
	return list;
}

static struct val paired(const struct val_object *o)
{
	struct val list = val_array(o->n);

	for (size_t i = 0; i < o->n; i++) {
		o->pairs[i].key->refs++;
		list = val_push(
			list, entry((struct val){.kind = VAL_STRING, .u.string = o->pairs[i].key},
				      &o->pairs[i].v));
	}
	return list;
}

static int to_entries(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (in.kind == VAL_ARRAY)
		*out = numbered(&in);
	else if (in.kind == VAL_OBJECT)
		*out = paired(in.u.object);
	else
		return native_refuse(
			r, in, args, 0, "%s (%s) has no keys", val_kind_name(&in), run_show(&in));
	val_free(in);
	return 0;
}

/* The first of these that is there and not null or false; false counts where it is all there is. */
static struct val pick(const struct val *of, const char *const *names)
{
	struct val v = val_null();

	for (size_t i = 0; names[i]; i++) {
		const struct val *at = val_get_str(of, names[i]);

		if (at && val_truthy(at))
			return val_copy(at);
		if (at && at->kind == VAL_FALSE)
			v = val_bool(false);
	}
	return v;
}

static int from_entries(struct run *r, struct val in, struct val *args, struct val *out)
{
	static const char *const key_names[] = {"key", "k", "name", "Name", "Key", "K", NULL};
	static const char *const value_names[] = {"value", "v", "Value", "V", NULL};
	struct val object;

	if (in.kind != VAL_ARRAY)
		return native_refuse(r, in, args, 0, "Cannot iterate over %s", val_kind_name(&in));
	object = val_object();
	for (size_t i = 0; i < val_len(&in); i++) {
		const struct val *at = val_at(&in, i);
		struct val key;

		if (at->kind != VAL_OBJECT) {
			val_free(object);
			return native_refuse(
				r, in, args, 0, "Cannot index %s with \"key\"", val_kind_name(at));
		}
		key = pick(at, key_names);
		if (key.kind == VAL_NULL)
			key = val_str("null");
		else if (key.kind != VAL_STRING && native_format(r, "@text", key, &key)) {
			val_free(object);
			val_free(in);
			return -1;
		}
		object = val_set(object, key.u.string, pick(at, value_names));
		val_free(key);
	}
	val_free(in);
	*out = object;
	return 0;
}

const struct native native_objects[] = {
	{"keys", 0, keys, NULL},
	{"keys_unsorted", 0, keys_unsorted, NULL},
	{"has", 1, has, NULL},
	{"to_entries", 0, to_entries, NULL},
	{"from_entries", 0, from_entries, NULL},
	{NULL, 0, NULL, NULL},
};
