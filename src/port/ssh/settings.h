/*
 * How an SSH transport is set up. Plain data.
 */
#ifndef OPSDECK_PORT_SSH_SETTINGS_H
#define OPSDECK_PORT_SSH_SETTINGS_H

#include <stdint.h>

#include "base/err.h"
#include "model/host.h"

struct known_hosts;
struct log;
struct loop;

/* The known hosts in force, asked at each connect; borrowed until the callback is called again.
 * NULL with `e` set when they cannot be read. */
typedef const struct known_hosts *ssh_known_fn(void *arg, struct err *e);

/* Strings are copied. 0 means the default of each number. */
struct ssh_config {
	struct loop *loop;
	const struct log *log; /* or NULL */

	/* One of the two: a file (read again when it changed), or a callback. */
	const char *known_hosts;
	ssh_known_fn *known;
	void *known_arg;

	/* Private key file of each identity. NULL, or PATH.pub or a PATH with only PATH.pub beside
	 * it: the agent signs, with that one key when there is a .pub. */
	const char *key[IDENTITY_COUNT];
	const char *agent; /* SSH agent's socket, or NULL */

	int width;		 /* hosts being logged in to at once; default 32 */
	int width_per_target;	 /* the same for one address and port; default 4 */
	int64_t keepalive_ms;	 /* of held sessions; default 20 s */
	int64_t idle_ms;	 /* a session unused that long is closed; default 15 min */
	int64_t refused_hold_ms; /* after a refused login nothing is tried for that long, doubling
				  * up to 8 times it; default 5 min. forget() ends it */
};

#endif
