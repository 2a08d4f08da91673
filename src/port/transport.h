/*
 * The one contract of all transports: run a script on a host under an identity, give back both
 * streams and the status. Knows no check and no frame.
 */
#ifndef OPSDECK_PORT_TRANSPORT_H
#define OPSDECK_PORT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/host.h"

struct loop;
struct clock;
struct transport; /* one kind of transport with all its sessions */
struct transport_run;

struct transport_spec {
	const struct host *host; /* borrowed until done was called */
	enum identity identity;
	const char *script; /* POSIX shell text, run as /bin/sh -c on the host; copied */
	const void *input;  /* given to the script's stdin, then closed; copied; NULL = none
			       (/dev/null) */
	size_t input_len;
	size_t out_max,
		err_max;     /* what is kept of each stream; past twice the sum the run is cut */
	int64_t deadline_ms; /* from now, wall clock of the whole run, connecting included */
};

struct transport_result {
	struct buf out, err;
	int exit_status; /* valid when ended; 128+n after signal n */
	bool ended; /* the script came to its end; false: connection, deadline or flood cut it */
	bool connected;	  /* the login worked: what came before the cut counts */
	bool started;	  /* the script may have begun to run (matters for apply: interrupted, not
			     failed) */
	struct err error; /* when !ended: one clear line */
	int64_t connect_ms, run_ms;
};

/* `r` is the transport's; buf_take what is to be kept. Called exactly once, never from within
 * start. */
typedef void transport_done_fn(void *arg, struct transport_result *r);

struct transport_ops {
	struct transport_run *(*start)(struct transport *t, const struct transport_spec *spec,
		transport_done_fn *fn, void *arg);
	/* Ends it without calling done. */
	void (*cancel)(struct transport_run *run);
	/* Closes held sessions of a host that left the fleet or changed (NULL: all). */
	void (*forget)(struct transport *t, const char *host);
	void (*free)(struct transport *t);
};

struct transport {
	const struct transport_ops *ops;
};

#endif
