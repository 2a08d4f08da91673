#include "config.h"

#include "server/pool_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"

#define BUCKETS 4096

struct entry {
	struct entry *next;
	char *host, *check;
	char key[SHA256_HEX];
	int64_t valid_until_ms;
};

struct pool_cache {
	struct entry *buckets[BUCKETS];
};

struct pool_cache *pool_cache_new(void)
{
	return xcalloc(1, sizeof(struct pool_cache));
}

static void entry_free(struct entry *e)
{
	free(e->host);
	free(e->check);
	free(e);
}

void pool_cache_free(struct pool_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (c->buckets[i]) {
			struct entry *e = c->buckets[i];

			c->buckets[i] = e->next;
			entry_free(e);
		}
	free(c);
}

/* FNV-1a over the host's name: a host's checks share a bucket. */
static size_t bucket_of(const char *host)
{
	uint32_t h = 2166136261u;

	for (; *host; host++)
		h = (h ^ (unsigned char)*host) * 16777619u;
	return h % BUCKETS;
}

static struct entry *find(const struct pool_cache *c, const char *host, const char *check)
{
	for (struct entry *e = c->buckets[bucket_of(host)]; e; e = e->next)
		if (str_eq(e->host, host) && str_eq(e->check, check))
			return e;
	return NULL;
}

/* Lengths before contents, so that nothing can be moved from one field into the next. */
static void add(struct buf *b, const char *p, size_t n)
{
	buf_addf(b, "%zu:", p ? n : 0);
	if (p)
		buf_add(b, p, n);
}

static void add_str(struct buf *b, const char *s)
{
	add(b, s, s ? strlen(s) : 0);
}

void pool_cache_key(char out[SHA256_HEX], const struct judge_request *r, const char *body_hash)
{
	/* Every sample has a cap of its own; what did not fit would not count. */
	struct buf b = {.max = SIZE_MAX / 2};

	add_str(&b, body_hash);
	add_str(&b, r->params);
	add_str(&b, r->previous);
	for (size_t i = 0; i < r->ref_count; i++) {
		add_str(&b, r->refs[i].path);
		add(&b, r->refs[i].data, r->refs[i].len);
	}
	for (size_t i = 0; i < r->sample_count; i++) {
		const struct sample *s = &r->samples[i];

		if (!str_eq(s->check, r->check))
			continue;
		add_str(&b, s->command);
		add_str(&b, s->item);
		add_str(&b, s->note);
		buf_addf(&b, "%d %d %d;", (int)s->status, s->exit_status, s->truncated);
		add(&b, s->out, s->out_len);
		add(&b, s->err, s->err_len);
	}
	sha256_hex(out, buf_str(&b), b.len);
	buf_finish(&b);
}

bool pool_cache_stands(const struct pool_cache *c, const char *host, const char *check,
	const char *key, int64_t now_ms)
{
	const struct entry *e = find(c, host, check);

	return e && str_eq(e->key, key) && (!e->valid_until_ms || now_ms < e->valid_until_ms);
}

void pool_cache_put(struct pool_cache *c, const char *host, const char *check, const char *key,
	int64_t valid_until_ms)
{
	struct entry *e = find(c, host, check);

	if (!e) {
		size_t at = bucket_of(host);

		e = xcalloc(1, sizeof *e);
		e->host = xstrdup(host);
		e->check = xstrdup(check);
		e->next = c->buckets[at];
		c->buckets[at] = e;
	}
	memcpy(e->key, key, SHA256_HEX);
	e->valid_until_ms = valid_until_ms;
}

void pool_cache_forget(struct pool_cache *c, const char *host, const char *check)
{
	struct entry **at = &c->buckets[bucket_of(host)];

	while (*at) {
		struct entry *e = *at;

		if (str_eq(e->host, host) && (!check || str_eq(e->check, check))) {
			*at = e->next;
			entry_free(e);
		} else {
			at = &e->next;
		}
	}
}
