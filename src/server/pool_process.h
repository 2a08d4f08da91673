/*
 * One worker process as the pool holds it: its pipes, what is on its way to it, and the deadline of
 * what it works on. Knows no catalogue and no cache: it gives frames to the pool and tells of its
 * end.
 */
#ifndef OPSDECK_SERVER_POOL_PROCESS_H
#define OPSDECK_SERVER_POOL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct pool_process;
struct packet_in;

/* A whole frame came. */
typedef void process_frame_fn(void *arg, struct pool_process *p, struct packet_in *in);
/* It ended, hung, or talked nonsense: `why` is one line. The process is gone already; only
 * process_free is left to do. Called at most once. */
typedef void process_end_fn(void *arg, struct pool_process *p, const char *why);

struct process_spec {
	struct loop *loop;
	const char *self;
	process_frame_fn *on_frame;
	process_end_fn *on_end;
	void *arg;
};

int process_start(
	struct pool_process **out, const struct process_spec *spec, struct err *e) WARN_UNUSED;
/* Kills it if it runs. NULL is fine. Safe within its callbacks. */
void process_free(struct pool_process *p);
/* Bytes of a frame; copied. */
void process_send(struct pool_process *p, const void *bytes, size_t n);
/* From now; 0 = none. What passes it ends the process. */
void process_deadline(struct pool_process *p, int64_t ms);

#endif
