/*
 * The server's socket: connections, their roles, the gate before each request, answers and news.
 * Knows no request's meaning: `handlers` does.
 */
#ifndef OPSDECK_SERVER_SOCKET_H
#define OPSDECK_SERVER_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "server/core.h"

struct sock_peer;
struct socket_server;

struct socket_spec {
	struct server_core *core;     /* borrowed: loop, clock, log, store, config, on_demand */
	req_handler *const *handlers; /* REQUEST_COUNT of them */
	int listen_fd; /* becomes the server's; -1: connections come from socket_adopt */
	/* Appends an audit row; a request that cannot be audited is not carried out. */
	int (*audit)(struct server_core *core, const struct req *r, const char *what,
		const char *subject, bool allowed, struct doc *detail, struct err *e);
	void (*idle)(
		void *arg, bool idle); /* no client is left (true), or the first came (false) */
	void *arg;
};

struct socket_server *socket_server_new(const struct socket_spec *spec);
/* Closes all connections and the listener. Requests under way stay alive; their answers go nowhere.
 */
void socket_server_close(struct socket_server *s);
/* The same, and frees the requests under way: once nobody is left who could answer them. */
void socket_server_free(struct socket_server *s);

/* Takes a connected fd as if it had come from the listener, with this role instead of the
 * configured one. */
void socket_adopt(struct socket_server *s, int fd, enum role role, long uid, const char *user);
size_t socket_client_count(const struct socket_server *s);

/* Sends the sequence number to the connections that asked for news, once for each change. */
void socket_news(struct socket_server *s, int64_t seq);
/* For the `stop` request: the client sees its connection end when this process has ended and every
 * lock is free, not before. */
void socket_keep_until_exit(struct req *r);
/* For the `news` request. */
void socket_want_news(struct req *r);

#endif
