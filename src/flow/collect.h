/*
 * The first stage: hosts and their due checks to samples. One batched script for each host, so many
 * hosts at once, what came before a cut counts. Knows nothing of what the samples say.
 */
#ifndef OPSDECK_FLOW_COLLECT_H
#define OPSDECK_FLOW_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/check.h"
#include "model/host.h"
#include "model/sample.h"
#include "port/transport.h"

struct clock;
struct collect;
struct loop;

/* Host and checks are borrowed until the collect is over; the list of pointers for the start only.
 */
struct collect_item {
	const struct host *host;
	const struct check *const *checks; /* due now; builtin ones need no commands */
	size_t check_count;
};

struct collect_result {
	const struct host *host;
	bool asked; /* the host itself was asked; false when only `from: bastion` checks were due */
	bool reachable;		/* the login worked and ran the script; what was collected counts */
	struct err error;	/* one line when it was not reachable or was cut; else ERR_NONE */
	struct sample *samples; /* one for each command of the checks, in their order; the callee
				 * may take them (set to NULL), else they are freed */
	size_t sample_count;
	int64_t at_ms; /* wall time it was done */
	int64_t connect_ms, run_ms;
};

/* Once for each item, as soon as its host is done, never from within collect_start. */
typedef void collect_host_fn(void *arg, struct collect_result *r);
/* Once, after the last host; the collect frees itself when it returns. */
typedef void collect_done_fn(void *arg);

struct collect_spec {
	struct loop *loop;
	const struct clock *clock;
	struct transport *const *transports; /* TRANSPORT_KIND_COUNT of them; NULL = not built in */
	int width;			     /* hosts worked on at once */
	const struct collect_item *items;
	size_t item_count;
	collect_host_fn *on_host;
	collect_done_fn *on_done; /* or NULL */
	void *arg;
};

/* The host's deadline_ms is the wall-clock limit of each of its runs. A host of a transport that is
 * not built in is unreachable and says so. */
struct collect *collect_start(const struct collect_spec *spec);
/* Ends everything without further calls; not after on_done was called. NULL is fine. */
void collect_cancel(struct collect *c);

#endif
