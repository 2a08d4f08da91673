/*
 * A catalogue on its way into force: its LOAD frame, and who waits to hear of it. Knows no process.
 */
#ifndef OPSDECK_SERVER_POOL_GENERATION_H
#define OPSDECK_SERVER_POOL_GENERATION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/strs.h"
#include "server/pool_calls.h"

struct catalogue;

/* Bodies as they last compiled, by name. */
struct good_bodies {
	struct strs names, bodies;
};

struct generation {
	int refs;
	struct buf frame; /* LOAD */
	struct strs names, hashes, bodies;
	pool_loaded_fn *fn;
	void *arg;
	bool told; /* fn has been called */
	int fails; /* workers that ended before they had loaded it */
};

/* One reference is the caller's. */
struct generation *generation_new(const struct catalogue *c, pool_loaded_fn *fn, void *arg);
struct generation *generation_hold(struct generation *g);
void generation_drop(struct generation *g); /* NULL is fine */

int generation_encode(struct generation *g, const struct good_bodies *good, const void *key,
	size_t key_len, struct err *e) WARN_UNUSED;
/* Calls who waits, once. */
void generation_tell(struct generation *g, const struct strs *names, const struct strs *texts,
	const struct err *error);
/* SHA-256 of the check's body, "" for one it has not. */
const char *generation_hash(const struct generation *g, const char *check);

/* It is loaded: its bodies are good but for those of `problems`. */
void good_bodies_keep(
	struct good_bodies *good, const struct generation *g, const struct strs *problems);
void good_bodies_finish(struct good_bodies *good);

#endif
