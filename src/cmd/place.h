/*
 * Where the ops repo, the store and the socket lie, from options, environment and the folder we are
 * in. Opens nothing.
 */
#ifndef OPSDECK_CMD_PLACE_H
#define OPSDECK_CMD_PLACE_H

#include <stdbool.h>

#include "base/err.h"

/* Absolute paths; owned. */
struct place {
	char *repo; /* NULL under the system's server when its file does not name one */
	char *state;
	char *socket;
	char *config; /* serve.yml in force; NULL = state/serve.yml where there is one */
	bool system;  /* a server of another user, which is not ours to start */
};

struct place_hints {
	const char *repo, *state, *socket, *config; /* options; NULL = not given */
};

/* ERR_MISSING, with what to do, where there is no ops repo. */
int place_find(struct place *out, const struct place_hints *hints, struct err *e) WARN_UNUSED;
void place_finish(struct place *p);

/* STATE for an ops repo at this path: .../opsdeck/ and the first 12 hex digits of the SHA-256 of
 * its real path; heap. */
char *place_state(const char *repo);

/* The current folder or the nearest above it that holds both .git and fleet.yml; heap, or NULL. */
char *place_around(void);

#endif
