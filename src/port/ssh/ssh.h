/*
 * The transport over libssh2: one loop, many hosts, sessions that are held. Knows no check and no
 * frame. Host keys are judged by codec/knownhosts before any login is tried.
 */
#ifndef OPSDECK_PORT_SSH_SSH_H
#define OPSDECK_PORT_SSH_SSH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/host.h"
#include "port/transport.h"

struct clock;
struct known_hosts;
struct log;
struct loop;

/* The known hosts in force, asked at each connect; borrowed until the callback is called again. NULL
 * with `e` set when they cannot be read. */
typedef const struct known_hosts *ssh_known_fn(void *arg, struct err *e);

/* Strings are copied. 0 means the default of each number. */
struct ssh_config {
	struct loop *loop;
	const struct log *log; /* or NULL */

	/* One of the two: a file (read again when it changed), or a callback. */
	const char *known_hosts;
	ssh_known_fn *known;
	void *known_arg;

	/* Private key file of each identity. NULL, or PATH.pub or a PATH with only PATH.pub beside it:
	 * the agent signs, with that one key when there is a .pub. */
	const char *key[IDENTITY_COUNT];
	const char *agent; /* SSH agent's socket, or NULL */

	int width;		 /* hosts being logged in to at once; default 32 */
	int width_per_target;	 /* the same for one address and port; default 4 */
	int64_t keepalive_ms;	 /* of held sessions; default 20 s */
	int64_t idle_ms;	 /* a session unused that long is closed; default 15 min */
	int64_t refused_hold_ms; /* after a refused login nothing is tried for that long, doubling
				  * up to 8 times it; default 5 min. forget() ends it */
};

struct transport *ssh_transport_new(const struct ssh_config *config, struct err *e) WARN_UNUSED;

/* A host's key as it offers it, without logging in: for `opsdeck trust`. */
struct ssh_host_key {
	char type[64];	   /* "ssh-ed25519" */
	unsigned char *key; /* wire format; the callee's until fn returns */
	size_t n;
	char fingerprint[64]; /* "SHA256:..." */
};
/* `key` is NULL when it did not work: then `e` says why. Called exactly once, never from within
 * the start. */
typedef void ssh_key_fn(void *arg, const struct ssh_host_key *key, const struct err *e);

struct ssh_fetch;
struct ssh_fetch *ssh_fetch_key(struct loop *loop, const struct host *host, int64_t deadline_ms,
	ssh_key_fn *fn, void *arg);
/* Ends it without calling fn; not after fn was called. NULL is fine. */
void ssh_fetch_cancel(struct ssh_fetch *f);

#endif
