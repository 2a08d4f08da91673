/*
 * Looking at hosts: collects what is due, has it judged, stores the findings, and tells of what
 * turned. Knows no socket.
 */
#ifndef OPSDECK_SERVER_SWEEP_H
#define OPSDECK_SERVER_SWEEP_H

#include <stddef.h>

#include "base/err.h"
#include "model/finding.h"
#include "model/sample.h"

struct doc;
struct server_core;
struct sweep;
struct strs;

struct sweep *sweep_new(struct server_core *core);
void sweep_free(struct sweep *s);
struct server_core *sweep_core(struct sweep *s);
/* The intent in force changed: everything is due, and the workers get the new catalogue. */
void sweep_reload(struct sweep *s);

/* A client came: sweeps that paused because nobody looked go on. */
void sweep_wake(struct sweep *s);

/* Called when the sweep asked for has ended; `result` (borrowed) is {hosts, findings:{ok:n,..},
 * seconds}. */
typedef void sweep_done_fn(void *arg, const struct doc *result, const struct err *error);
/* Looks now at all checks of these hosts (NULL or empty = all hosts), due or not. Joins the queue
 * when one is running. ERR_MISSING names a host that is not in the fleet. */
int sweep_now(struct sweep *s, const struct strs *hosts, sweep_done_fn *fn, void *arg,
	struct err *e) WARN_UNUSED;

/* One check of one host, now, outside the sweep. `f` and `samples` (redacted) are borrowed. The
 * finding has been stored when `store` was asked for. Called once, not from within. */
typedef void look_done_fn(void *arg, const struct finding *f, const struct sample *samples,
	size_t sample_count, const struct err *error);
int sweep_look(struct sweep *s, const char *host, const char *check, bool store, const char *cause,
	look_done_fn *fn, void *arg, struct err *e) WARN_UNUSED;

#endif
