#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jq/val.h"

/* Below this many pairs looking through them all is quicker than an index. */
#define INDEX_FROM 9

struct val val_object(void)
{
	struct val_object *o = xcalloc(1, sizeof *o);

	o->refs = 1;
	return (struct val){.kind = VAL_OBJECT, .u.object = o};
}

static bool same_key(const struct val_string *a, const struct val_string *b)
{
	return a == b || (a->len == b->len && (!a->hash || !b->hash || a->hash == b->hash) &&
				 !memcmp(a->s, b->s, a->len));
}

/* Number of the pair, or n when there is none. */
static size_t find(const struct val_object *o, const struct val_string *key)
{
	/* Its hash is kept in it: nothing that others see changes. */
	struct val_string *k = (struct val_string *)key;

	if (o->index) {
		for (size_t at = val_hash(k) % o->slots;; at = (at + 1) % o->slots) {
			if (!o->index[at])
				return o->n;
			if (same_key(o->pairs[o->index[at] - 1].key, k))
				return o->index[at] - 1;
		}
	}
	for (size_t i = 0; i < o->n; i++)
		if (same_key(o->pairs[i].key, k))
			return i;
	return o->n;
}

static void index_put(struct val_object *o, size_t i)
{
	size_t at = val_hash(o->pairs[i].key) % o->slots;

	while (o->index[at])
		at = (at + 1) % o->slots;
	o->index[at] = (uint32_t)i + 1;
}

static void index_make(struct val_object *o)
{
	free(o->index);
	o->index = NULL;
	if (o->n < INDEX_FROM)
		return;
	o->slots = o->cap * 2 + 1;
	o->index = xcalloc(o->slots, sizeof *o->index);
	for (size_t i = 0; i < o->n; i++)
		index_put(o, i);
}

static void add(struct val_object *o, struct val_string *key, struct val v)
{
	bool grows = o->n == o->cap;

	if (grows) {
		o->cap = o->cap ? o->cap * 2 : 4;
		o->pairs = xreallocarray(o->pairs, o->cap, sizeof *o->pairs);
	}
	key->refs++;
	o->pairs[o->n++] = (struct val_pair){key, v};
	if (o->index && !grows)
		index_put(o, o->n - 1);
	else if (o->n >= INDEX_FROM)
		index_make(o);
}

struct val val_own_object(struct val object)
{
	const struct val_object *o = object.u.object;
	struct val own;

	if (o->refs == 1)
		return object;
	own = val_object();
	own.u.object->cap = o->n;
	own.u.object->pairs = xmalloc((o->n ? o->n : 1) * sizeof *o->pairs);
	for (size_t i = 0; i < o->n; i++) {
		o->pairs[i].key->refs++;
		own.u.object->pairs[i] =
			(struct val_pair){o->pairs[i].key, val_copy(&o->pairs[i].v)};
	}
	own.u.object->n = o->n;
	index_make(own.u.object);
	val_free(object);
	return own;
}

const struct val *val_get(const struct val *object, const struct val_string *key)
{
	const struct val_object *o = object->u.object;
	size_t i = find(o, key);

	return i < o->n ? &o->pairs[i].v : NULL;
}

const struct val *val_get_str(const struct val *object, const char *key)
{
	const struct val_object *o = object->u.object;
	size_t n = strlen(key);

	for (size_t i = 0; i < o->n; i++)
		if (o->pairs[i].key->len == n && !memcmp(o->pairs[i].key->s, key, n))
			return &o->pairs[i].v;
	return NULL;
}

struct val val_set(struct val object, const struct val_string *key, struct val v)
{
	struct val_object *o;
	size_t i;

	object = val_own_object(object);
	o = object.u.object;
	i = find(o, key);
	if (i < o->n) {
		val_free(o->pairs[i].v);
		o->pairs[i].v = v;
	} else {
		add(o, (struct val_string *)key, v);
	}
	return object;
}

struct val val_set_str(struct val object, const char *key, struct val v)
{
	struct val name = val_str(key);

	object = val_set(object, name.u.string, v);
	val_free(name);
	return object;
}

struct val val_delete(struct val object, const struct val_string *key)
{
	size_t i = find(object.u.object, key);
	struct val_object *o;

	if (i == object.u.object->n)
		return object;
	object = val_own_object(object);
	o = object.u.object;
	val_free((struct val){.kind = VAL_STRING, .u.string = o->pairs[i].key});
	val_free(o->pairs[i].v);
	o->n--;
	memmove(&o->pairs[i], &o->pairs[i + 1], (o->n - i) * sizeof *o->pairs);
	index_make(o);
	return object;
}

struct val val_take(struct val *object, const struct val_string *key)
{
	size_t i = find(object->u.object, key);
	struct val v;

	if (i == object->u.object->n)
		return val_null();
	if (object->u.object->refs > 1)
		return val_copy(&object->u.object->pairs[i].v);
	v = object->u.object->pairs[i].v;
	object->u.object->pairs[i].v = val_null();
	return v;
}

static int by_key(const void *a, const void *b)
{
	return val_compare(a, b);
}

struct val val_keys(const struct val *object, bool sorted)
{
	const struct val_object *o = object->u.object;
	struct val keys = val_array(o->n);

	for (size_t i = 0; i < o->n; i++) {
		o->pairs[i].key->refs++;
		keys = val_push(
			keys, (struct val){.kind = VAL_STRING, .u.string = o->pairs[i].key});
	}
	if (sorted && o->n > 1)
		qsort(keys.u.array->v, o->n, sizeof *keys.u.array->v, by_key);
	return keys;
}
