/*
 * The notify hook: one run of the operator's program for each transition, JSON on its stdin, one
 * after another. Knows no store and no socket.
 */
#ifndef OPSDECK_FLOW_NOTIFY_H
#define OPSDECK_FLOW_NOTIFY_H

#include <stdbool.h>

#include "base/strs.h"

struct log;
struct loop;
struct notify;
struct transition;

struct notify_spec {
	struct loop *loop;
	const struct log *log;
	const struct strs *argv; /* argv[0] absolute; copied */
	const char *estate;	 /* copied; may be NULL */
	/* The oldest transition that was not given out yet, which counts as told from now on; false
	 * when there is none. Its strings become the hook's. Asked only when the hook can be run at
	 * once, so that what waits stays where it is safe from a server that dies. */
	bool (*next)(void *arg, struct transition *out);
	void *arg;
};

struct notify *notify_new(const struct notify_spec *spec);
/* Kills the one that runs. NULL is fine. */
void notify_free(struct notify *n);

/* There may be transitions to tell. */
void notify_wake(struct notify *n);

#endif
