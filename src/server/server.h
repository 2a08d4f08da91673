/*
 * The server as a whole: brings its parts up in order, runs the loop, and takes them down. Knows no
 * request.
 */
#ifndef OPSDECK_SERVER_SERVER_H
#define OPSDECK_SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "server/core.h"

#define SERVER_LINGER_MS ((int64_t)10 * 60 * 1000)

/* Absolute paths, borrowed. */
struct serve_spec {
	const char *repo, *state, *socket;
	const char *config; /* serve.yml; NULL = state/serve.yml where there is one */
	bool on_demand;
	int64_t linger_ms; /* on demand: how long after the last client it ends */
	int ready_fd;	   /* "ready\n" or what is wrong is written there; -1 = none */
};

/* Serves until it is told to end. -1: it could not start. */
int server_run(const struct serve_spec *spec, struct err *e) WARN_UNUSED;

#endif
