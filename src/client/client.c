#include "config.h"

#include "client/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/sock.h"
#include "codec/doc.h"
#include "codec/wire.h"

#define READ_CHUNK 16384

struct pending {
	int64_t id;
	client_progress_fn *progress;
	client_answer_fn *answer;
	void *arg;
};

struct client {
	int fd;
	struct wire_in in;
	struct buf out;
	struct pending *pending;
	size_t pending_count, pending_cap;
	int64_t last_id;
	bool broken; /* the connection ended; why says how */
	struct err why;
	bool told;   /* gone was called */
	bool closed; /* client_close came from one of our callbacks */
	int depth;   /* callbacks of ours that run */
	struct loop *loop;
	struct loop_io *io;
	struct loop_timer *late; /* tells of a failure from the loop, not from within client_send */
	client_news_fn *news;
	client_gone_fn *gone;
	void *arg;
};

int client_open(struct client **out, const char *socket, struct err *e)
{
	struct client *c;
	int fd;

	if (sock_connect(&fd, socket, e))
		return -1;
	c = xcalloc(1, sizeof *c);
	c->fd = fd;
	*out = c;
	return 0;
}

static void destroy(struct client *c)
{
	loop_io_del(c->io);
	loop_timer_del(c->late);
	close(c->fd);
	wire_in_finish(&c->in);
	buf_finish(&c->out);
	free(c->pending);
	free(c);
}

void client_close(struct client *c)
{
	if (!c)
		return;
	if (!c->depth) {
		destroy(c);
		return;
	}
	c->closed = true;
	loop_io_del(c->io);
	c->io = NULL;
}

int client_fd(const struct client *c)
{
	return c->fd;
}

/* ---- bytes ---- */

static void broke(struct client *c, enum err_code code, const char *why)
{
	if (c->broken)
		return;
	c->broken = true;
	err_set(&c->why, code, "%s", why);
}

static void flush(struct client *c)
{
	while (c->out.len && !c->broken) {
		ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);

		if (n > 0)
			buf_consume(&c->out, (size_t)n);
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno == EAGAIN)
			break;
		else /* what it sent before it went may still be read: the reader finds the end */
			buf_reset(&c->out);
	}
	if (c->io)
		loop_io_events(c->io, (short)(c->out.len ? POLLIN | POLLOUT : POLLIN));
}

static void receive(struct client *c)
{
	char chunk[READ_CHUNK];
	ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);

	if (n > 0)
		wire_feed(&c->in, chunk, (size_t)n);
	else if (n == 0)
		broke(c, ERR_UNREACHABLE, "the server closed the connection");
	else if (errno != EAGAIN && errno != EINTR)
		broke(c, ERR_UNREACHABLE, "the connection to the server broke");
}

/* ---- messages ---- */

static bool take_pending(struct client *c, int64_t id, struct pending *out)
{
	for (size_t i = 0; i < c->pending_count; i++) {
		if (c->pending[i].id != id)
			continue;
		*out = c->pending[i];
		c->pending[i] = c->pending[--c->pending_count];
		return true;
	}
	return false;
}

static void progress(struct client *c, const struct wire_message *m)
{
	for (size_t i = 0; i < c->pending_count; i++)
		if (c->pending[i].id == m->id && c->pending[i].progress) {
			c->pending[i].progress(c->pending[i].arg, m->doc);
			return;
		}
}

static void deliver(struct client *c, const struct wire_message *m)
{
	struct pending p;

	switch (m->kind) {
	case WIRE_NEWS:
		if (c->news)
			c->news(c->arg, m->id);
		break;
	case WIRE_PROGRESS:
		progress(c, m);
		break;
	case WIRE_ANSWER:
		if (take_pending(c, m->id, &p))
			p.answer(p.arg, m->doc, NULL);
		break;
	case WIRE_ERROR:
		if (take_pending(c, m->id, &p))
			p.answer(p.arg, NULL, &m->error);
		else if (!m->id)
			broke(c, m->error.code, m->error.msg);
		break;
	}
}

static void fail_all(struct client *c)
{
	/* Not those that a callback sends meanwhile: they fail from the loop, so that trying for
	 * ever is no endless loop in here. */
	for (size_t n = c->pending_count; n && c->pending_count && !c->closed; n--) {
		struct pending p = c->pending[0];

		take_pending(c, p.id, &p);
		p.answer(p.arg, NULL, &c->why);
	}
	if (!c->told && !c->closed && c->gone) {
		c->told = true;
		c->gone(c->arg, &c->why);
	}
}

/* Delivers what is complete. The client may be gone afterwards when a callback closed it. */
static void pump(struct client *c)
{
	c->depth++;
	while (!c->closed) {
		struct wire_message m;
		struct err e;
		const char *line;
		size_t n;
		int rc = wire_line(&c->in, &line, &n, &e);

		if (rc == 0)
			break;
		if (rc < 0 || wire_read_message(&m, line, n, &e)) {
			broke(c, ERR_INPUT, e.msg);
			break;
		}
		deliver(c, &m);
		wire_message_finish(&m);
	}
	if (c->broken && !c->closed) {
		loop_io_del(c->io);
		c->io = NULL;
		fail_all(c);
	}
	if (!--c->depth && c->closed)
		destroy(c);
}

static void on_io(void *arg, int fd, short revents)
{
	struct client *c = arg;

	(void)fd;
	if (revents & POLLOUT)
		flush(c);
	if (revents & (POLLIN | POLLHUP | POLLERR))
		receive(c);
	pump(c);
}

static void ignore_answer(void *arg, const struct doc *result, const struct err *error)
{
	(void)arg;
	(void)result;
	(void)error;
}

void client_attach(
	struct client *c, struct loop *loop, client_news_fn *news, client_gone_fn *gone, void *arg)
{
	c->loop = loop;
	c->news = news;
	c->gone = gone;
	c->arg = arg;
	c->io = loop_io_add(loop, c->fd, POLLIN, on_io, c);
	if (news)
		client_send(c, REQUEST_NEWS, NULL, NULL, ignore_answer, NULL);
}

static void late_failure(void *arg)
{
	struct client *c = arg;

	c->late = NULL;
	pump(c);
}

void client_send(struct client *c, enum request request, struct doc *args,
	client_progress_fn *progress_fn, client_answer_fn *answer, void *arg)
{
	struct pending *p = ARR_ADD(c->pending, c->pending_count, c->pending_cap);

	*p = (struct pending){
		.id = ++c->last_id, .progress = progress_fn, .answer = answer, .arg = arg};
	if (!c->broken) {
		wire_put_request(&c->out, p->id, request, args);
		flush(c);
	} else if (c->loop && !c->late) {
		c->late = loop_timer_add(c->loop, 0, late_failure, c);
	}
	doc_free(args);
}

/* ---- waiting for one answer ---- */

struct waiting {
	bool done;
	struct doc *result;
	bool failed;
	struct err error;
	client_progress_fn *progress;
	void *arg;
};

static void wait_answer(void *arg, const struct doc *result, const struct err *error)
{
	struct waiting *w = arg;

	w->done = true;
	w->failed = error;
	if (error)
		w->error = *error;
	else
		w->result = doc_copy(result);
}

static void wait_progress(void *arg, const struct doc *doc)
{
	struct waiting *w = arg;

	w->progress(w->arg, doc);
}

int client_call(struct client *c, enum request request, struct doc *args,
	client_progress_fn *progress_fn, void *arg, struct doc **result, struct err *e)
{
	struct waiting w = {.progress = progress_fn, .arg = arg};

	client_send(c, request, args, progress_fn ? wait_progress : NULL, wait_answer, &w);
	while (!w.done) {
		struct pollfd p = {
			.fd = c->fd, .events = (short)(c->out.len ? POLLIN | POLLOUT : POLLIN)};

		if (!c->broken && poll(&p, 1, -1) < 0 && errno != EINTR)
			broke(c, ERR_FAIL, "cannot wait for the server");
		flush(c);
		receive(c);
		pump(c);
	}
	if (w.failed) {
		err_set(e, w.error.code, "%s", w.error.msg);
		return -1;
	}
	if (result)
		*result = w.result;
	else
		doc_free(w.result);
	return 0;
}

int client_wait_end(struct client *c, int64_t ms, struct err *e)
{
	int64_t until = clock_mono(clock_system()) + ms;

	while (!c->broken) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		int64_t left = until - clock_mono(clock_system());

		if (left <= 0)
			return err_set(e, ERR_TIMEOUT,
				"the server was told to end and is still there after %lld s",
				(long long)(ms / 1000));
		if (poll(&p, 1, (int)left) > 0)
			receive(c);
	}
	return 0;
}
