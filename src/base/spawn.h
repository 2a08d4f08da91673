/*
 * Starting a process with nothing of ours but the fds it is meant to have. For child.c alone: knows
 * neither loops nor deadlines, nor what the bytes on the pipes are.
 */
#ifndef OPSDECK_BASE_SPAWN_H
#define OPSDECK_BASE_SPAWN_H

#include <sys/types.h>

#include "base/err.h"

enum { SPAWN_IN, SPAWN_OUT, SPAWN_ERR, SPAWN_COUNT };

struct spawn_spec {
	const char *const *argv; /* argv[0] is an absolute path */
	const char *const *env;	 /* NULL = the clean one of child.h */
	const char *dir;	 /* NULL = stay */
	int ends[SPAWN_COUNT];	 /* become fds 0-2; -1 leaves ours in place */
};

/* Reading end, writing end; both close-on-exec and above 2. */
int spawn_pipe(int pair[2], struct err *e) WARN_UNUSED;
/* Closes what is open of the two, and marks it -1. */
void spawn_pipe_close(int pair[2]);
void spawn_fd_close(int *fd);
/* Returns once exec has worked, or says why it did not (then nothing is left to reap). Should this
 * process ignore SIGCHLD, that ends. */
int spawn_process(pid_t *pid, const struct spawn_spec *spec, struct err *e) WARN_UNUSED;

#endif
