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
#include "port/ssh/settings.h"
#include "port/transport.h"

struct loop;

struct transport *ssh_transport_new(const struct ssh_config *config, struct err *e) WARN_UNUSED;

/* A host's key as it offers it, without logging in: for `opsdeck trust`. */
struct ssh_host_key {
	char type[64];	    /* "ssh-ed25519" */
	unsigned char *key; /* wire format; the callee's until fn returns */
	size_t n;
	char fingerprint[64]; /* "SHA256:..." */
};
/* `key` is NULL when it did not work: then `e` says why. Called exactly once, never from within
 * the start. */
typedef void ssh_key_fn(void *arg, const struct ssh_host_key *key, const struct err *e);

struct ssh_fetch;
struct ssh_fetch *ssh_fetch_key(
	struct loop *loop, const struct host *host, int64_t deadline_ms, ssh_key_fn *fn, void *arg);
/* Ends it without calling fn; not after fn was called. NULL is fine. */
void ssh_fetch_cancel(struct ssh_fetch *f);

#endif
