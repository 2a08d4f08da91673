/*
 * From a connection to a login: handshake, host key, public keys. Nothing is offered to a host
 * whose key is not known. Knows no channel. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_LOGIN_H
#define OPSDECK_PORT_SSH_LOGIN_H

#include <stdbool.h>

#include "base/err.h"

struct known_hosts;
struct login;
struct loop;
struct wire;

/* Strings are copied; the rest is borrowed until login_free. */
struct login_spec {
	struct loop *loop;
	struct wire *wire;
	const char *host;    /* its name, for messages */
	const char *address; /* what it is known by */
	int port;
	const char *user;
	const char *key;	 /* as in ssh_config, or NULL */
	const char *agent;	 /* or NULL */
	void (*step)(void *arg); /* called when the agent has answered */
	void *arg;
};

enum login_result { LOGIN_WAIT, LOGIN_DONE, LOGIN_FAILED };

struct login *login_new(const struct login_spec *spec);
void login_free(struct login *l);

/* Goes as far as it can. `known` is what is known now. */
enum login_result login_step(struct login *l, const struct known_hosts *known, struct err *e);

/* A key was offered: from here a failure may count against us on the host, so nothing is retried.
 */
bool login_offered(const struct login *l);
/* The host refused every key. */
bool login_refused(const struct login *l);

#endif
