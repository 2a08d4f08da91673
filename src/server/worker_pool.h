/*
 * The server's side of the workers: starts them, gives them the catalogue and raw samples, takes
 * bounded answers, and replaces one that dies or hangs. Knows no host, no store, no check's
 * meaning.
 */
#ifndef OPSDECK_SERVER_WORKER_POOL_H
#define OPSDECK_SERVER_WORKER_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "server/judge.h"
#include "server/pool_calls.h"

struct catalogue;
struct log;
struct loop;
struct worker_pool;

struct pool_spec {
	struct loop *loop;
	const struct log *log; /* may be NULL */
	const char *self;      /* absolute path of the program; run as SELF worker */
	const void *key;       /* the estate's key, for redaction tokens; copied */
	size_t key_len;
	int workers;	     /* at most; 0 = 2 */
	int64_t deadline_ms; /* of one judgement; 0 = 10 s */
	int64_t load_ms;     /* of one LOAD; 0 = 30 s */
};

/* Starts nothing yet. */
struct worker_pool *pool_new(const struct pool_spec *spec);
/* Ends the workers; no callback is called any more. NULL is fine. */
void pool_free(struct worker_pool *p);

/* Brings a catalogue into force: new workers are started with it and take over; what is in flight
 * ends with the old ones. The catalogue is copied. fn (may be NULL) is called once, from the loop;
 * a load that a later one overtakes answers at once, with ERR_CONFLICT. */
void pool_load(struct worker_pool *p, const struct catalogue *c, pool_loaded_fn *fn, void *arg);

/* Called exactly once, from the loop, never from within. Always gives a finding: what cannot be
 * judged is unknown and says why. Requests before the first pool_load wait for it. */
void pool_judge(
	struct worker_pool *p, const struct judge_request *r, pool_judged_fn *fn, void *arg);
/* Forgets what it knows of a host's last judgement (check NULL: of all its checks), so that the
 * next is made again: for when an answer could not be stored. */
void pool_forget(struct worker_pool *p, const char *host, const char *check);

struct pool_stats {
	uint64_t judged, unchanged, restarts, set_aside;
};
struct pool_stats pool_stats(const struct worker_pool *p);

#endif
