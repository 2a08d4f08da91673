/*
 * One TCP connection with a libssh2 session on it, driven by the loop: name, connect, bytes. Knows
 * nothing of keys, logins and channels. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_WIRE_H
#define OPSDECK_PORT_SSH_WIRE_H

#include <libssh2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct loop;
struct wire;

enum wire_state {
	WIRE_RESOLVING,
	WIRE_CONNECTING,
	WIRE_OPEN, /* wire_ssh is there; libssh2 may be called */
	WIRE_FAILED
};

/* Called when something changed: the state, or what libssh2 waited for. */
typedef void wire_step_fn(void *arg);

struct wire *wire_new(
	struct loop *loop, const char *address, int port, wire_step_fn *fn, void *arg);
/* Says goodbye when `polite`, closes, frees session and channels. Never blocks. NULL is fine. */
void wire_free(struct wire *w, bool polite);

enum wire_state wire_state(const struct wire *w);
/* Why it is WIRE_FAILED. */
const struct err *wire_error(const struct wire *w);
LIBSSH2_SESSION *wire_ssh(const struct wire *w);
int wire_fd(const struct wire *w);

/* Before a round of libssh2 calls: gives it its share of bytes, so that a peer that never stops
 * sending does not keep the loop from the others. */
void wire_round(struct wire *w);
/* After LIBSSH2_ERROR_EAGAIN: step is called when it can go on. */
void wire_wait(struct wire *w);
/* Step is called when the peer sends or goes away. */
void wire_listen(struct wire *w);
/* Step is not called until one of the two above. */
void wire_pause(struct wire *w);

/* The peer closed or the connection broke. */
bool wire_ended(const struct wire *w);
uint64_t wire_sent(const struct wire *w);
uint64_t wire_received(const struct wire *w);
/* The first bytes the peer sent: banner and KEXINIT are in clear. */
const struct buf *wire_greeting(const struct wire *w);

/* One line on libssh2's last error on this wire, errno and "the host closed the connection" told.
 */
void wire_explain(const struct wire *w, struct err *e, const char *what);

#endif
