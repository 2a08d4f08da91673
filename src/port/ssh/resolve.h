/*
 * A host's name to addresses without blocking: getent(1) does the asking. Knows no SSH.
 */
#ifndef OPSDECK_PORT_SSH_RESOLVE_H
#define OPSDECK_PORT_SSH_RESOLVE_H

#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

struct loop;
struct resolve;

#define ADDRESSES_MAX 8

struct addresses {
	struct sockaddr_storage v[ADDRESSES_MAX];
	size_t count;
};

/* `found` is NULL when there is none: then `e` says why. */
typedef void resolve_fn(void *arg, const struct addresses *found, const struct err *e);

/* fn is called once, from the loop. A numeric address needs no asking. */
struct resolve *resolve_start(
	struct loop *loop, const char *name, int port, resolve_fn *fn, void *arg);
/* Not after fn was called. NULL is fine. */
void resolve_cancel(struct resolve *r);

#endif
