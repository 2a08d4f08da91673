/*
 * Host keys: fetched and shown, then written into the server's own known_hosts by an operator's
 * act. Knows no socket.
 */
#ifndef OPSDECK_SERVER_TRUST_H
#define OPSDECK_SERVER_TRUST_H

#include "server/core.h"

/* {host} -> {fingerprint, algorithm, line, known}; {host, fingerprint} -> {line} */
req_handler trust_request;
void trust_free(struct trust *t);

#endif
