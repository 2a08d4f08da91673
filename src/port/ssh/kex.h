/*
 * Why a negotiation failed: the peer's KEXINIT (RFC 4253 7.1) held against what this libssh2 can
 * do. Knows no socket. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_KEX_H
#define OPSDECK_PORT_SSH_KEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"

enum kex_class {
	KEX_METHOD,
	KEX_HOST_KEY,
	KEX_CIPHER_OUT,
	KEX_CIPHER_IN,
	KEX_MAC_OUT,
	KEX_MAC_IN,
	KEX_CLASS_COUNT
};

struct kex_offer {
	struct strs lists[KEX_CLASS_COUNT];
};

/* Reads what the peer sent first: lines, banner, KEXINIT. False when that has not come whole or is
 * none. Caller finishes either way. */
bool kex_read(struct kex_offer *out, const void *p, size_t n);
void kex_offer_finish(struct kex_offer *o);

/* The first class without a common algorithm, as one line; `can` are lists of ours. False when
 * every class has one. */
bool kex_explain(struct err *e, const struct kex_offer *offer, const struct kex_offer *can,
	const char *library);

#endif
