#include "config.h"

#include "server/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/sock.h"
#include "server/roles.h"
#include "server/socket_parts.h"

#define CONNS_MAX 128
#define CONNS_OF_UID_MAX 48 /* one user cannot take all the places */
#define LINES_A_TURN 8	    /* then it is another connection's turn */
#define READ_CHUNK 16384

/* ---- requests ---- */

static void handle(struct server_conn *c, struct wire_request *w)
{
	struct req *r = xcalloc(1, sizeof *r);
	struct err e;

	*r = (struct req){.core = c->server->spec.core,
		.request = w->request,
		.role = c->role,
		.uid = c->uid,
		.user = xstrdup(c->user),
		.args = w->args,
		.conn = c,
		.id = w->id};
	w->args = NULL;
	r->link = &c->server->live;
	r->next = c->server->live;
	if (r->next)
		r->next->link = &r->next;
	c->server->live = r;
	if (socket_gate(c, r, &e)) {
		req_fail(r, &e);
		return;
	}
	*ARR_ADD(c->open, c->open_count, c->open_cap) = r;
	c->server->spec.handlers[r->request](r->core, r);
}

static void bad_request(struct server_conn *c, int64_t id, const struct err *e)
{
	wire_put_error(&c->out, id, e);
	if (!id) /* the peer cannot tell what this answers, and what follows cannot be trusted */
		c->ending = true;
}

static void handle_line(struct server_conn *c, const char *line, size_t n)
{
	struct wire_request w;
	struct err e;

	if (wire_read_request(&w, line, n, &e)) {
		bad_request(c, w.id, &e);
	} else if (w.request == REQUEST_COUNT) {
		struct buf name = {0};

		safe_text(&name, w.name, strlen(w.name), SAFE_ASCII);
		err_set(&e, ERR_MISSING, "there is no request `%s`", buf_str(&name));
		buf_finish(&name);
		bad_request(c, w.id, &e);
	} else {
		handle(c, &w);
	}
	wire_request_finish(&w);
}

/* ---- turns ---- */

static void more_lines(void *arg);

static void take_lines(struct server_conn *c)
{
	for (int i = 0; !c->ending && !c->dead; i++) {
		const char *line;
		struct err e;
		size_t n;
		int rc;

		if (i == LINES_A_TURN) {
			c->again = loop_timer_add(c->server->spec.core->loop, 0, more_lines, c);
			return;
		}
		rc = wire_line(&c->in, &line, &n, &e);
		if (rc == 0)
			return;
		if (rc < 0)
			bad_request(c, 0, &e);
		else
			handle_line(c, line, n);
	}
}

static void turn(struct server_conn *c, bool more)
{
	struct socket_server *s = c->server;

	s->depth++;
	if (more)
		take_lines(c);
	socket_conn_flush(c);
	socket_conn_news(c);
	s->depth--;
	socket_reap(s);
}

static void more_lines(void *arg)
{
	struct server_conn *c = arg;

	c->again = NULL;
	turn(c, true);
}

static void on_conn(void *arg, int fd, short revents)
{
	struct server_conn *c = arg;
	char chunk[READ_CHUNK];
	ssize_t n;

	if (!(revents & (POLLIN | POLLHUP | POLLERR)) ||
		(c->ending && !(revents & (POLLHUP | POLLERR)))) {
		turn(c, false);
		return;
	}
	n = recv(fd, chunk, sizeof chunk, 0);
	if (n > 0 && !c->ending)
		wire_feed(&c->in, chunk, (size_t)n);
	else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		c->dead = true;
	turn(c, n > 0 && !c->again);
}

static struct server_conn *conn_new(
	struct socket_server *s, int fd, enum role role, long uid, const char *user)
{
	struct server_conn *c = xcalloc(1, sizeof *c);

	*c = (struct server_conn){.server = s,
		.fd = fd,
		.role = role,
		.uid = uid,
		.user = xstrdup(user),
		.told_seq = s->seq};
	c->io = loop_io_add(s->spec.core->loop, fd, POLLIN, on_conn, c);
	*ARR_ADD(s->conns, s->conn_count, s->conn_cap) = c;
	if (s->conn_count == 1 && s->spec.idle)
		s->spec.idle(s->spec.arg, false);
	return c;
}

void socket_adopt(struct socket_server *s, int fd, enum role role, long uid, const char *user)
{
	conn_new(s, fd, role, uid, user);
}

/* ---- newcomers ---- */

static void turn_away(struct server_conn *c, const char *request, const struct err *e)
{
	const struct socket_spec *spec = &c->server->spec;
	const struct req r = {.core = spec->core, .role = c->role, .uid = c->uid, .user = c->user};
	struct err audit;

	if (request && spec->audit(spec->core, &r, request, NULL, false, NULL, &audit))
		log_line(spec->core->log, LOG_LEVEL_ERROR, "cannot audit a refusal: %s", audit.msg);
	bad_request(c, 0, e);
	turn(c, false);
}

static size_t count_of_uid(const struct socket_server *s, long uid)
{
	size_t n = 0;

	for (size_t i = 0; i < s->conn_count; i++)
		n += s->conns[i]->uid == uid;
	return n;
}

static void greet(struct socket_server *s, int fd, const struct sock_peer *peer)
{
	struct server_core *core = s->spec.core;
	enum role role = role_of_peer(&core->config, core->on_demand, getuid(), peer);
	size_t before = count_of_uid(s, (long)peer->uid);
	char *user = user_name(peer->uid);
	struct server_conn *c = conn_new(s, fd, role, (long)peer->uid, user);
	struct err e;

	if (s->conn_count > CONNS_MAX || before >= CONNS_OF_UID_MAX) {
		err_set(&e, ERR_BUSY, "the server has too many connections (%zu, %zu of them %s's)",
			s->conn_count, before + 1, user);
		turn_away(c, NULL, &e);
	} else if (role == ROLE_NONE) {
		err_set(&e, ERR_REFUSED,
			"%s has no role on this server; roles stand in its serve.yml", user);
		turn_away(c, "connect", &e);
	}
	free(user);
}

static void on_listen(void *arg, int fd, short revents)
{
	struct socket_server *s = arg;
	struct sock_peer peer;
	struct err e;
	int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	if (conn < 0)
		return;
	if (sock_peer(&peer, conn, &e)) {
		log_line(s->spec.core->log, LOG_LEVEL_WARN, "%s", e.msg);
		close(conn);
		return;
	}
	greet(s, conn, &peer);
	free(peer.groups);
}

/* ---- the whole ---- */

struct socket_server *socket_server_new(const struct socket_spec *spec)
{
	struct socket_server *s = xcalloc(1, sizeof *s);

	s->spec = *spec;
	if (spec->listen_fd >= 0)
		s->listen_io = loop_io_add(spec->core->loop, spec->listen_fd, POLLIN, on_listen, s);
	return s;
}

void socket_server_close(struct socket_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->conn_count; i++) {
		socket_conn_flush(s->conns[i]);
		socket_conn_free(s->conns[i]);
	}
	s->conn_count = 0;
	loop_io_del(s->listen_io);
	s->listen_io = NULL;
	if (s->spec.listen_fd >= 0)
		close(s->spec.listen_fd);
	s->spec.listen_fd = -1;
}

void socket_server_free(struct socket_server *s)
{
	if (!s)
		return;
	socket_server_close(s);
	while (s->live)
		socket_req_free(s->live);
	free(s->conns);
	free(s);
}

size_t socket_client_count(const struct socket_server *s)
{
	return s->conn_count;
}

void socket_news(struct socket_server *s, int64_t seq)
{
	if (s->seq == seq)
		return;
	s->seq = seq;
	s->depth++;
	for (size_t i = 0; i < s->conn_count; i++)
		socket_conn_news(s->conns[i]);
	s->depth--;
	socket_reap(s);
}

void socket_keep_until_exit(struct req *r)
{
	if (r->conn)
		r->conn->until_exit = true;
}

void socket_want_news(struct req *r)
{
	if (!r->conn)
		return;
	r->conn->wants_news = true;
	r->conn->told_seq = 0;
	req_answer(r, NULL);
}
