/*
 * The parts of the server's socket among themselves.
 */
#ifndef OPSDECK_SERVER_SOCKET_PARTS_H
#define OPSDECK_SERVER_SOCKET_PARTS_H

#include "base/buf.h"
#include "codec/wire.h"
#include "server/socket.h"

struct server_conn {
	struct socket_server *server;
	int fd;
	struct loop_io *io;
	struct loop_timer *again; /* more lines wait than one turn allows */
	struct wire_in in;
	struct buf out;
	enum role role;
	long uid;
	char *user;
	struct req **open;
	size_t open_count, open_cap;
	int refusals;
	bool until_exit; /* the process's end closes it, not we */
	bool wants_news;
	int64_t told_seq;
	bool ending; /* reads no more; goes once `out` is sent */
	bool dead;   /* freed at the end of the turn */
};

struct socket_server {
	struct socket_spec spec;
	struct loop_io *listen_io;
	struct server_conn **conns;
	size_t conn_count, conn_cap;
	int64_t seq;
	int depth;	  /* turns under way */
	struct req *live; /* not answered yet, with or without their clients */
};

/* Frees the connections that are dead, unless a turn is under way. */
void socket_reap(struct socket_server *s);
void socket_conn_free(struct server_conn *c);
/* Sends what can be sent now. */
void socket_conn_flush(struct server_conn *c);
void socket_conn_news(struct server_conn *c);
void socket_req_free(struct req *r);

/* May this request go to its handler? Audits it; -1 with what to answer. */
int socket_gate(struct server_conn *c, const struct req *r, struct err *e);

#endif
