#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "codec/doc.h"
#include "server/roles.h"
#include "server/socket_parts.h"

#define OUT_LAG ((size_t)256 << 10) /* past this progress is dropped and news wait */
#define OUT_MAX ((size_t)8 << 20)   /* past this the peer does not read: it is let go */

/* ---- connections ---- */

void socket_conn_free(struct server_conn *c)
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

void socket_reap(struct socket_server *s)
{
	size_t kept = 0;

	if (s->depth)
		return;
	for (size_t i = 0; i < s->conn_count; i++) {
		if (s->conns[i]->dead)
			socket_conn_free(s->conns[i]);
		else
			s->conns[kept++] = s->conns[i];
	}
	if (kept != s->conn_count) {
		s->conn_count = kept;
		if (!kept && s->spec.idle)
			s->spec.idle(s->spec.arg, true);
	}
}

void socket_conn_flush(struct server_conn *c)
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

void socket_conn_news(struct server_conn *c)
{
	if (!c->wants_news || c->ending || c->told_seq == c->server->seq || c->out.len > OUT_LAG)
		return;
	c->told_seq = c->server->seq;
	wire_put_news(&c->out, c->told_seq);
	socket_conn_flush(c);
}

/* ---- answers ---- */

void socket_req_free(struct req *r)
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
	socket_conn_flush(c);
	socket_reap(c->server);
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
	socket_req_free(r);
	end_turn(c);
}

void req_fail(struct req *r, const struct err *e)
{
	struct server_conn *c = r->conn;

	if (c && !c->dead)
		wire_put_error(&c->out, r->id, e);
	socket_req_free(r);
	end_turn(c);
}

void req_progress(struct req *r, struct doc *progress)
{
	struct server_conn *c = r->conn;

	if (c && !c->dead && c->out.len <= OUT_LAG) {
		wire_put_progress(&c->out, r->id, progress);
		socket_conn_flush(c);
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
