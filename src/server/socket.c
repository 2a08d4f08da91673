#include "config.h"

#include "server/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/sock.h"
#include "codec/doc.h"
#include "codec/wire.h"
#include "server/roles.h"

#define CONNS_MAX 128
#define CONNS_OF_UID_MAX 48 /* one user cannot take all the places */
#define OPEN_REQUESTS_MAX 16
#define LINES_A_TURN 8	/* then it is another connection's turn */
#define REFUSALS_MAX 64 /* then the connection is ended: each one costs an audit row */
#define READ_CHUNK 16384
#define OUT_LAG ((size_t)256 << 10) /* past this progress is dropped and news wait */
#define OUT_MAX ((size_t)8 << 20)   /* past this the peer does not read: it is let go */

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

/* ---- connections ---- */

static void conn_free(struct server_conn *c)
{
	for (size_t i = 0; i < c->open_count; i++)
		c->open[i]->conn = NULL;
	loop_io_del(c->io);
	loop_timer_del(c->again);
	if (!c->until_exit)
		close(c->fd);
	wire_in_finish(&c->in);
	buf_finish(&c->out);
	free(c->open);
	free(c->user);
	free(c);
}

static void reap(struct socket_server *s)
{
	size_t kept = 0;

	if (s->depth)
		return;
	for (size_t i = 0; i < s->conn_count; i++) {
		if (s->conns[i]->dead)
			conn_free(s->conns[i]);
		else
			s->conns[kept++] = s->conns[i];
	}
	if (kept != s->conn_count) {
		s->conn_count = kept;
		if (!kept && s->spec.idle)
			s->spec.idle(s->spec.arg, true);
	}
}

static void flush(struct server_conn *c)
{
	while (c->out.len && !c->dead) {
		ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);

		if (n > 0)
			buf_consume(&c->out, (size_t)n);
		else if (n < 0 && errno == EAGAIN)
			break;
		else if (n >= 0 || errno != EINTR)
			c->dead = true;
	}
	if (c->out.len > OUT_MAX || (c->ending && !c->out.len))
		c->dead = true;
	if (!c->dead)
		loop_io_events(c->io,
			(short)((c->ending || c->again ? 0 : POLLIN) | (c->out.len ? POLLOUT : 0)));
}

static void tell_news(struct server_conn *c)
{
	if (!c->wants_news || c->ending || c->told_seq == c->server->seq || c->out.len > OUT_LAG)
		return;
	c->told_seq = c->server->seq;
	wire_put_news(&c->out, c->told_seq);
	flush(c);
}

/* ---- answers ---- */

static void req_free(struct req *r)
{
	struct server_conn *c = r->conn;

	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	for (size_t i = 0; c && i < c->open_count; i++)
		if (c->open[i] == r) {
			c->open[i] = c->open[--c->open_count];
			break;
		}
	doc_free((struct doc *)(uintptr_t)r->args);
	free((char *)(uintptr_t)r->user);
	free(r);
}

static void end_turn(struct server_conn *c)
{
	if (!c)
		return;
	flush(c);
	reap(c->server);
}

void req_answer(struct req *r, struct doc *result)
{
	struct server_conn *c = r->conn;

	if (c && !c->dead) {
		size_t before = c->out.len;

		wire_put_answer(&c->out, r->id, result);
		if (c->out.len - before > WIRE_MAX) {
			struct err e;

			c->out.len = before;
			err_set(&e, ERR_LIMIT, "the answer is larger than a message may be");
			wire_put_error(&c->out, r->id, &e);
		}
	}
	doc_free(result);
	req_free(r);
	end_turn(c);
}

void req_fail(struct req *r, const struct err *e)
{
	struct server_conn *c = r->conn;

	if (c && !c->dead)
		wire_put_error(&c->out, r->id, e);
	req_free(r);
	end_turn(c);
}

void req_progress(struct req *r, struct doc *progress)
{
	struct server_conn *c = r->conn;

	if (c && !c->dead && c->out.len <= OUT_LAG) {
		wire_put_progress(&c->out, r->id, progress);
		flush(c);
	}
	doc_free(progress);
}

const char *req_str(const struct req *r, const char *key, struct err *e)
{
	const char *s = doc_get_str(r->args, key, NULL);

	if (!s)
		err_set(e, ERR_INPUT, "%s needs `%s`", request_table[r->request].name, key);
	else if (strlen(s) == doc_str_len(doc_get(r->args, key)))
		return s;
	else
		err_set(e, ERR_INPUT, "`%s` holds a NUL byte", key);
	return NULL;
}

/* ---- the gate ---- */

/* What the request is about, for the audit. */
static const char *subject_of(const struct doc *args)
{
	static const char *const keys[] = {"id", "host", "tip", "check", NULL};

	for (size_t i = 0; keys[i]; i++)
		if (doc_get_str(args, keys[i], NULL))
			return doc_get_str(args, keys[i], NULL);
	return NULL;
}

/* Reading what everybody may read leaves no row; asking for what one may not always does. */
static bool is_audited(enum request request)
{
	switch (request) {
	case REQUEST_HELLO:
	case REQUEST_NEWS:
	case REQUEST_INCOMING:
	case REQUEST_AUDIT_VERIFY:
	case REQUEST_INFO:
	case REQUEST_COUNT:
		return false;
	case REQUEST_SWEEP:
	case REQUEST_CHECK_RUN:
	case REQUEST_PROPOSE:
	case REQUEST_WITHDRAW:
	case REQUEST_REVIEW:
	case REQUEST_APPROVE:
	case REQUEST_REJECT:
	case REQUEST_RECONCILE:
	case REQUEST_COMMIT:
	case REQUEST_ADOPT:
	case REQUEST_TRUST:
	case REQUEST_ACCEPT:
	case REQUEST_STOP:
		return true;
	}
	return true;
}

static void roles_text(struct buf *out, unsigned roles)
{
	static const char *const plural[ROLE_COUNT] = {
		[ROLE_NONE] = "nobody",
		[ROLE_VIEWER] = "viewers",
		[ROLE_AGENT] = "agents",
		[ROLE_OPERATOR] = "operators",
	};

	for (int r = 0; r < ROLE_COUNT; r++)
		if (roles & (1u << r))
			buf_addf(out, "%s%s", out->len ? " and " : "", plural[r]);
}

static int refuse(struct server_conn *c, const struct req *r, struct err *e)
{
	const struct request_row *row = &request_table[r->request];
	const struct socket_spec *spec = &c->server->spec;
	struct buf who = {0};
	struct err audit;

	if (spec->audit(spec->core, r, row->name, subject_of(r->args), false, NULL, &audit))
		log_line(spec->core->log, LOG_LEVEL_ERROR, "cannot audit a refusal: %s", audit.msg);
	roles_text(&who, row->roles);
	err_set(e, ERR_REFUSED, "%s may not send `%s`: that is for %s", role_name(r->role),
		row->name, buf_str(&who));
	buf_finish(&who);
	return -1;
}

/* May this request go to its handler? */
static int gate(struct server_conn *c, const struct req *r, struct err *e)
{
	const struct socket_spec *spec = &c->server->spec;
	const char *name = request_table[r->request].name;

	if (!request_allowed(r->request, c->role)) {
		if (++c->refusals >= REFUSALS_MAX)
			c->ending = true;
		return refuse(c, r, e);
	}
	if (c->open_count >= OPEN_REQUESTS_MAX)
		return err_set(e, ERR_BUSY, "%zu requests of this connection are under way already",
			c->open_count);
	if (!is_audited(r->request))
		return 0;
	if (!spec->audit(spec->core, r, name, subject_of(r->args), true, NULL, e))
		return 0;
	/* With its store gone or its disk full a server must still end when it is told to. */
	if (r->request == REQUEST_STOP) {
		log_line(spec->core->log, LOG_LEVEL_ERROR, "cannot audit `stop`: %s", e->msg);
		return 0;
	}
	return err_prefix(e, "not done, because it cannot be audited");
}

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
	if (gate(c, r, &e)) {
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
	flush(c);
	tell_news(c);
	s->depth--;
	reap(s);
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
		flush(s->conns[i]);
		conn_free(s->conns[i]);
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
		req_free(s->live);
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
		tell_news(s->conns[i]);
	s->depth--;
	reap(s);
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
