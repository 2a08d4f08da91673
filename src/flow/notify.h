/*
 * The notify hook: one run of the operator's program for each transition, JSON on its stdin, one
 * after another. Knows no store and no socket.
 */
#ifndef OPSDECK_FLOW_NOTIFY_H
#define OPSDECK_FLOW_NOTIFY_H

#include <stddef.h>

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
};

struct notify *notify_new(const struct notify_spec *spec);
/* Kills the one that runs; those that wait are lost and logged. NULL is fine. */
void notify_free(struct notify *n);

/* Holds it back until its transaction is on disk: then notify_send, otherwise notify_drop. */
void notify_add(struct notify *n, const struct transition *t);
void notify_send(struct notify *n);
void notify_drop(struct notify *n);

#endif
