#include "config.h"

#include "codec/doc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Maps past this many keys get a hash index, so that hostile ones cost no square. */
#define INDEX_FROM 16

struct pair {
	char *key;
	struct doc *value;
	int line, col;
};

struct doc {
	enum doc_kind kind;
	int line, col;
	unsigned shares; /* holders besides the first */
	bool bool_value;
	int64_t int_value;
	double real_value;
	char *str;
	size_t len; /* of str, items or pairs */
	size_t cap;
	struct doc **items;
	struct pair *pairs;
	uint32_t *index;  /* open addressing, holds pair number + 1; NULL for small maps */
	size_t index_cap; /* a power of two, at least twice len */
};

static struct doc *new_kind(enum doc_kind kind)
{
	struct doc *d = xcalloc(1, sizeof *d);

	d->kind = kind;
	return d;
}

struct doc *doc_new_null(void)
{
	return new_kind(DOC_NULL);
}

struct doc *doc_new_bool(bool v)
{
	struct doc *d = new_kind(DOC_BOOL);

	d->bool_value = v;
	return d;
}

struct doc *doc_new_int(int64_t v)
{
	struct doc *d = new_kind(DOC_INT);

	d->int_value = v;
	return d;
}

struct doc *doc_new_real(double v)
{
	struct doc *d = new_kind(DOC_REAL);

	d->real_value = v;
	return d;
}

struct doc *doc_new_str(const char *s)
{
	return s ? doc_new_strn(s, strlen(s)) : doc_new_null();
}

struct doc *doc_new_strn(const char *s, size_t n)
{
	struct doc *d = new_kind(DOC_STRING);

	d->str = xmemdup(s, n);
	d->len = n;
	return d;
}

struct doc *doc_new_list(void)
{
	return new_kind(DOC_LIST);
}

struct doc *doc_new_map(void)
{
	return new_kind(DOC_MAP);
}

void doc_free(struct doc *d)
{
	if (!d)
		return;
	if (d->shares) {
		d->shares--;
		return;
	}
	if (d->kind == DOC_LIST) {
		for (size_t i = 0; i < d->len; i++)
			doc_free(d->items[i]);
	} else if (d->kind == DOC_MAP) {
		for (size_t i = 0; i < d->len; i++) {
			free(d->pairs[i].key);
			doc_free(d->pairs[i].value);
		}
	}
	free(d->items);
	free(d->pairs);
	free(d->index);
	free(d->str);
	free(d);
}

static uint32_t hash(const char *s) /* FNV-1a */
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static void index_put(struct doc *map, size_t i)
{
	size_t at = hash(map->pairs[i].key) & (map->index_cap - 1);

	while (map->index[at])
		at = (at + 1) & (map->index_cap - 1);
	map->index[at] = (uint32_t)i + 1;
}

static void index_added(struct doc *map)
{
	if (map->len < INDEX_FROM)
		return;
	if (2 * map->len <= map->index_cap) {
		index_put(map, map->len - 1);
		return;
	}
	free(map->index);
	map->index_cap = map->index_cap ? 2 * map->index_cap : (size_t)4 * INDEX_FROM;
	map->index = xcalloc(map->index_cap, sizeof *map->index);
	for (size_t i = 0; i < map->len; i++)
		index_put(map, i);
}

static struct pair *find(const struct doc *map, const char *key)
{
	if (!map || map->kind != DOC_MAP)
		return NULL;
	if (!map->index) {
		for (size_t i = 0; i < map->len; i++) {
			if (!strcmp(map->pairs[i].key, key))
				return &map->pairs[i];
		}
		return NULL;
	}
	for (size_t at = hash(key);; at++) {
		uint32_t i = map->index[at & (map->index_cap - 1)];

		if (!i)
			return NULL;
		if (!strcmp(map->pairs[i - 1].key, key))
			return &map->pairs[i - 1];
	}
}

void doc_set(struct doc *map, const char *key, struct doc *v)
{
	struct pair *p;

	assert(map && map->kind == DOC_MAP && v);
	p = find(map, key);
	if (p) {
		doc_free(p->value);
		p->value = v;
		return;
	}
	p = ARR_ADD(map->pairs, map->len, map->cap);
	*p = (struct pair){.key = xstrdup(key), .value = v};
	index_added(map);
}

void doc_push(struct doc *list, struct doc *v)
{
	assert(list->kind == DOC_LIST && v);
	*ARR_ADD(list->items, list->len, list->cap) = v;
}

void doc_set_str(struct doc *map, const char *key, const char *s)
{
	doc_set(map, key, doc_new_str(s));
}

void doc_set_int(struct doc *map, const char *key, int64_t v)
{
	doc_set(map, key, doc_new_int(v));
}

void doc_set_bool(struct doc *map, const char *key, bool v)
{
	doc_set(map, key, doc_new_bool(v));
}

void doc_set_strs(struct doc *map, const char *key, const struct strs *s)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < s->n; i++)
		doc_push_str(list, s->v[i]);
	doc_set(map, key, list);
}

void doc_push_str(struct doc *list, const char *s)
{
	doc_push(list, doc_new_str(s));
}

struct doc *doc_copy(const struct doc *d)
{
	struct doc *c = new_kind(doc_kind(d));

	if (!d)
		return c;
	c->line = d->line;
	c->col = d->col;
	c->bool_value = d->bool_value;
	c->int_value = d->int_value;
	c->real_value = d->real_value;
	if (d->kind == DOC_STRING) {
		c->str = xmemdup(d->str, d->len);
		c->len = d->len;
	}
	for (size_t i = 0; d->kind == DOC_LIST && i < d->len; i++)
		doc_push(c, doc_copy(d->items[i]));
	for (size_t i = 0; d->kind == DOC_MAP && i < d->len; i++) {
		doc_set(c, d->pairs[i].key, doc_copy(d->pairs[i].value));
		doc_place_key(c, i, d->pairs[i].line, d->pairs[i].col);
	}
	return c;
}

struct doc *doc_share(const struct doc *d)
{
	/* The count is no part of what others see. */
	struct doc *own = (struct doc *)(uintptr_t)d;

	own->shares++;
	return own;
}

enum doc_kind doc_kind(const struct doc *d)
{
	return d ? d->kind : DOC_NULL;
}

bool doc_bool(const struct doc *d)
{
	return doc_kind(d) == DOC_BOOL && d->bool_value;
}

int64_t doc_int(const struct doc *d)
{
	if (doc_kind(d) == DOC_INT)
		return d->int_value;
	/* Beyond these the conversion is undefined; 2^63 itself does not fit. */
	if (doc_kind(d) == DOC_REAL && d->real_value > -0x1p63 && d->real_value < 0x1p63)
		return (int64_t)d->real_value;
	return 0;
}

double doc_real(const struct doc *d)
{
	if (doc_kind(d) == DOC_INT)
		return (double)d->int_value;
	return doc_kind(d) == DOC_REAL ? d->real_value : 0;
}

const char *doc_str(const struct doc *d)
{
	return doc_kind(d) == DOC_STRING ? d->str : NULL;
}

size_t doc_str_len(const struct doc *d)
{
	return doc_kind(d) == DOC_STRING ? d->len : 0;
}

size_t doc_len(const struct doc *d)
{
	return doc_kind(d) == DOC_LIST || doc_kind(d) == DOC_MAP ? d->len : 0;
}

const struct doc *doc_at(const struct doc *list, size_t i)
{
	return doc_kind(list) == DOC_LIST && i < list->len ? list->items[i] : NULL;
}

const char *doc_key(const struct doc *map, size_t i)
{
	return doc_kind(map) == DOC_MAP && i < map->len ? map->pairs[i].key : NULL;
}

const struct doc *doc_value(const struct doc *map, size_t i)
{
	return doc_kind(map) == DOC_MAP && i < map->len ? map->pairs[i].value : NULL;
}

const struct doc *doc_get(const struct doc *map, const char *key)
{
	const struct pair *p = find(map, key);

	return p ? p->value : NULL;
}

const char *doc_get_str(const struct doc *map, const char *key, const char *otherwise)
{
	const char *s = doc_str(doc_get(map, key));

	return s ? s : otherwise;
}

int64_t doc_get_int(const struct doc *map, const char *key, int64_t otherwise)
{
	const struct doc *d = doc_get(map, key);

	return doc_kind(d) == DOC_INT ? d->int_value : otherwise;
}

bool doc_get_bool(const struct doc *map, const char *key, bool otherwise)
{
	const struct doc *d = doc_get(map, key);

	return doc_kind(d) == DOC_BOOL ? d->bool_value : otherwise;
}

int doc_line(const struct doc *d)
{
	return d ? d->line : 0;
}

int doc_col(const struct doc *d)
{
	return d ? d->col : 0;
}

int doc_key_line(const struct doc *map, size_t i)
{
	return doc_key(map, i) ? map->pairs[i].line : 0;
}

int doc_key_col(const struct doc *map, size_t i)
{
	return doc_key(map, i) ? map->pairs[i].col : 0;
}

void doc_place(struct doc *d, int line, int col)
{
	d->line = line;
	d->col = col;
}

void doc_place_key(struct doc *map, size_t i, int line, int col)
{
	assert(map->kind == DOC_MAP && i < map->len);
	map->pairs[i].line = line;
	map->pairs[i].col = col;
}
