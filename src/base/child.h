/*
 * Child processes: fork, exec (never a shell of ours), bytes in, bytes out, a deadline.
 * The child gets only the given environment, fds 0-2, default signals, and a process group of its
 * own.
 */
#ifndef OPSDECK_BASE_CHILD_H
#define OPSDECK_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct loop;
struct child;

struct child_spec {
	const char *const *argv; /* argv[0] is an absolute path; borrowed for the call */
	const char *const *env; /* NULL = LC_ALL=C TZ=UTC PATH=/usr/sbin:/usr/bin:/sbin:/bin only */
	const char *dir;	/* NULL = stay */
	const void *input;	/* written to stdin, then closed; copied */
	size_t input_len;
	size_t out_max, err_max; /* bytes kept of each (0 = buf's default); more is read, dropped
				  * and sets overflow */
	size_t flood_max;    /* past so many bytes of both it is killed, pipes closed; 0 = never */
	int64_t deadline_ms; /* from now, 0 = none; then the group gets TERM, 2 s later KILL */
};

struct child_result {
	struct buf out, err;
	int exit_status; /* 0-255, or 128+signal */
	bool timed_out;
	bool flooded; /* killed for flood_max */
	int64_t duration_ms;
};

/* `r` is the callee's until it returns; buf_take what is to be kept.
 * The end is the end of the process started, with all it wrote; what it left in the background is
 * not waited for, and killed only after a deadline. A program that became another user (sudo) does
 * not take our signals: 1 s after KILL its pipes are closed and it is left to itself. */
typedef void child_done_fn(void *arg, struct child_result *r);

/* Starts it on the loop; fn is called exactly once, unless child_kill came first. */
int child_start(struct child **out, struct loop *l, const struct child_spec *spec,
	child_done_fn *fn, void *arg, struct err *e) WARN_UNUSED;
/* Kills the group at once, reaps, frees; fn will not be called. NULL is fine. */
void child_kill(struct child *c);

/* The same, waiting for the end. Caller finishes the result. */
int child_run(struct child_result *r, const struct child_spec *spec, struct err *e) WARN_UNUSED;
void child_result_finish(struct child_result *r);

/* A child with pipes that stay open: for the worker. Here they are non-blocking and close-on-exec;
 * stderr is ours. The caller closes both and reaps. */
int child_pipe(pid_t *pid, int *to, int *from, const char *const *argv, const char *const *env,
	struct err *e) WARN_UNUSED;

/* Absolute path of the running program (/proc/self/exe), heap. */
char *self_path(void);

#endif
