/*
 * The SSH agent's protocol (draft-miller-ssh-agent) over its Unix socket, without blocking. Knows
 * no session and no host. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_AGENT_H
#define OPSDECK_PORT_SSH_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct agent_call;
struct loop;

#define AGENT_KEYS_MAX 16

struct agent_keys {
	struct buf blobs[AGENT_KEYS_MAX]; /* wire format */
	size_t count;
};

/* `answer` is the agent's message without its length; NULL when there is none: then `e`. */
typedef void agent_fn(void *arg, const struct buf *answer, const struct err *e);

/* Sends one request; fn is called once, from the loop. */
struct agent_call *agent_ask(
	struct loop *loop, const char *socket, const struct buf *request, agent_fn *fn, void *arg);
/* Not after fn was called. NULL is fine. */
void agent_cancel(struct agent_call *c);

void agent_write_list(struct buf *request);
/* Keys of types that this libssh2 can use; those it cannot are left out. */
int agent_read_list(struct agent_keys *out, const struct buf *answer, struct err *e) WARN_UNUSED;
void agent_keys_finish(struct agent_keys *k);

/* `data` is what an SSH user authentication signs (RFC 4252 7); it names the algorithm, which
 * decides the hash of an RSA signature. */
int agent_write_sign(struct buf *request, const struct buf *blob, const void *data, size_t n,
	struct err *e) WARN_UNUSED;
/* The bare signature, as libssh2 wants it; the algorithm it names must be the one in `data`. */
int agent_read_sign(struct buf *signature, const struct buf *answer, const void *data, size_t n,
	struct err *e) WARN_UNUSED;

#endif
