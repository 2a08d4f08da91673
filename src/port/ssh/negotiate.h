/*
 * What a session asks for in its negotiation, and why one failed. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_NEGOTIATE_H
#define OPSDECK_PORT_SSH_NEGOTIATE_H

#include "base/err.h"

struct wire;

/* Asks for the host key algorithms named, best first. */
int negotiate_prefer(struct wire *w, const char *algorithms, struct err *e) WARN_UNUSED;
/* A failed handshake in one line. */
void negotiate_explain(struct wire *w, int rc, const char *algorithms, struct err *e);

#endif
