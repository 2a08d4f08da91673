#include "config.h"

#include "server/pool_generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "model/check.h"
#include "server/packet.h"

struct generation *generation_new(const struct catalogue *c, pool_loaded_fn *fn, void *arg)
{
	struct generation *g = xcalloc(1, sizeof *g);

	*g = (struct generation){.refs = 1, .fn = fn, .arg = arg};
	for (size_t i = 0; i < c->check_count; i++) {
		char hex[SHA256_HEX];

		if (!c->checks[i].body)
			continue;
		sha256_hex(hex, c->checks[i].body, strlen(c->checks[i].body));
		strs_add(&g->names, c->checks[i].name);
		strs_add(&g->bodies, c->checks[i].body);
		strs_add(&g->hashes, hex);
	}
	return g;
}

struct generation *generation_hold(struct generation *g)
{
	g->refs++;
	return g;
}

void generation_drop(struct generation *g)
{
	if (!g || --g->refs)
		return;
	buf_finish(&g->frame);
	strs_finish(&g->names);
	strs_finish(&g->hashes);
	strs_finish(&g->bodies);
	free(g);
}

static const char *good_body(const struct good_bodies *good, const char *name)
{
	for (size_t i = 0; i < good->names.n; i++)
		if (str_eq(good->names.v[i], name))
			return good->bodies.v[i];
	return NULL;
}

int generation_encode(struct generation *g, const struct good_bodies *good, const void *key,
	size_t key_len, struct err *e)
{
	struct packet_out w;

	buf_init(&g->frame, PACKET_FRAME_MAX);
	w = packet_start(&g->frame, PACKET_LOAD);
	packet_put(&w, key, key_len);
	packet_put_int(&w, (int64_t)g->names.n);
	for (size_t i = 0; i < g->names.n; i++) {
		const char *last = good_body(good, g->names.v[i]);

		packet_put_str(&w, g->names.v[i]);
		packet_put_str(&w, g->bodies.v[i]);
		packet_put_str(&w, last && !str_eq(last, g->bodies.v[i]) ? last : NULL);
	}
	return packet_end(&w, e);
}

void generation_tell(struct generation *g, const struct strs *names, const struct strs *texts,
	const struct err *error)
{
	static const struct strs none = {0};

	if (g->told)
		return;
	g->told = true;
	if (g->fn)
		g->fn(g->arg, names ? names : &none, texts ? texts : &none, error);
}

const char *generation_hash(const struct generation *g, const char *check)
{
	for (size_t i = 0; i < g->names.n; i++)
		if (str_eq(g->names.v[i], check))
			return g->hashes.v[i];
	return "";
}

void good_bodies_keep(
	struct good_bodies *good, const struct generation *g, const struct strs *problems)
{
	struct good_bodies new = {0};

	for (size_t i = 0; i < g->names.n; i++) {
		const char *name = g->names.v[i], *body = g->bodies.v[i];

		if (strs_has(problems, name))
			body = good_body(good, name);
		if (!body)
			continue;
		strs_add(&new.names, name);
		strs_add(&new.bodies, body);
	}
	good_bodies_finish(good);
	*good = new;
}

void good_bodies_finish(struct good_bodies *good)
{
	strs_finish(&good->names);
	strs_finish(&good->bodies);
	*good = (struct good_bodies){0};
}
