/*
 * Looking at hosts for given checks: collected, judged, and (when asked) stored, a transaction a
 * host. Knows no schedule and no request.
 */
#ifndef OPSDECK_SERVER_GATHER_H
#define OPSDECK_SERVER_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/check.h"
#include "model/host.h"
#include "server/judge.h"

struct gather;
struct server_core;
struct worker_pool;

struct gather_item {
	const struct host *host;
	const struct check **checks; /* heap; becomes the gather's */
	size_t check_count;
};

/* One check of one host; heap. */
struct gather_item *gather_one(const struct host *host, const struct check *check);

struct gathered_check {
	const struct check *check;
	bool judged; /* false: the host was not reached, and what stood before only ages */
	bool cut;    /* the host's deadline came before its commands were done */
	struct judge_answer answer; /* the callee may take parts of it */
};

/* One host's outcome; lives until on_host returns. */
struct gathered {
	const struct host *host;
	bool reachable;
	struct err error; /* when it was not reachable or was cut */
	struct gathered_check *checks;
	size_t check_count;
};

struct gather_spec {
	struct server_core *core;
	struct worker_pool *pool;  /* NULL = the server's */
	struct gather_item *items; /* heap, in the order of the fleet; becomes the gather's */
	size_t item_count;
	bool fresh;   /* judge even what did not change */
	bool explain; /* bring also how it came about */
	bool adopt;   /* bring also the files of new references */
	bool store;
	const char *cause; /* for the transitions; copied; or NULL */
	void (*on_host)(void *arg, struct gathered *g);
	void (*on_done)(void *arg); /* once; the gather is gone when it returns */
	void *arg;
};

/* Neither callback is called from within. Intent and its hosts stay alive meanwhile (core_borrow).
 */
struct gather *gather_start(const struct gather_spec *spec);
/* Ends all that run without calling them back. Only for the server's end: after the pools were
 * freed (so that no answer comes), before the transports are. */
void gather_cancel_all(struct server_core *core);

/* The finding's state that a host's connection gives: for the builtin check `reachable`. */
void gather_reachable(struct finding *f, const struct host *host, const struct check *check,
	const struct err *error, int64_t at_ms, int64_t connect_ms);

#endif
