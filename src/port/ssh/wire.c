#include "config.h"

#include "port/ssh/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "port/ssh/resolve.h"

#define ROUND_BYTES ((size_t)512 << 10)
#define GREETING_MAX ((size_t)8 << 10)
#define TRY_MS 5000	      /* one of several addresses */
#define USER_TIMEOUT_MS 45000 /* unacknowledged that long: the host is gone (tcp(7)) */
#define SMALL 64	      /* libssh2 reads the banner byte by byte: served from `ahead` */

struct wire {
	struct loop *loop;
	char *address;
	int port;
	enum wire_state state;
	struct err error;
	struct resolve *resolve;
	struct addresses addresses;
	size_t next_address;
	int fd;
	struct loop_io *io;
	struct loop_timer *timer;
	LIBSSH2_SESSION *ssh;
	wire_step_fn *fn;
	void *arg;
	size_t round_left;
	uint64_t sent, received;
	int errnum; /* of the last read or write that failed; 0 = end of file */
	bool ended, closing;
	struct buf greeting;
	size_t ahead_at, ahead_len;
	char ahead[1024];
};

/* ---- bytes, called by libssh2 ---- */

/* Delayed acknowledgements stall the handshake; the kernel forgets QUICKACK (tcp(7)). */
static void ack_at_once(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

static ssize_t read_socket(struct wire *w, void *p, size_t n)
{
	ssize_t got;

	if (w->ended)
		return -ECONNRESET;
	if (!w->round_left)
		return -EAGAIN;
	do {
		got = recv(w->fd, p, n < w->round_left ? n : w->round_left, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return -EAGAIN;
	if (got <= 0) {
		w->ended = true;
		w->errnum = got ? errno : 0;
		return got ? -errno : 0;
	}
	ack_at_once(w->fd);
	w->round_left -= (size_t)got;
	w->received += (size_t)got;
	if (w->greeting.len < GREETING_MAX)
		buf_add(&w->greeting, p, (size_t)got);
	return got;
}

static LIBSSH2_RECV_FUNC(on_recv)
{
	struct wire *w = *abstract;

	(void)socket;
	(void)flags;
	if (w->closing)
		return -ECONNRESET;
	if (w->ahead_at == w->ahead_len) {
		ssize_t got;

		if (length >= SMALL)
			return read_socket(w, buffer, length);
		got = read_socket(w, w->ahead, sizeof w->ahead);
		if (got <= 0)
			return got;
		w->ahead_at = 0;
		w->ahead_len = (size_t)got;
	}
	if (length > w->ahead_len - w->ahead_at)
		length = w->ahead_len - w->ahead_at;
	memcpy(buffer, w->ahead + w->ahead_at, length);
	w->ahead_at += length;
	return (ssize_t)length;
}

static LIBSSH2_SEND_FUNC(on_send)
{
	struct wire *w = *abstract;
	ssize_t put;

	(void)socket;
	(void)flags;
	if (w->closing || w->ended)
		return -EPIPE;
	do {
		put = send(w->fd, buffer, length, MSG_NOSIGNAL);
	} while (put < 0 && errno == EINTR);
	if (put >= 0) {
		w->sent += (size_t)put;
		ack_at_once(w->fd);
		return put;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return -EAGAIN;
	w->errnum = errno;
	w->ended = true;
	return -errno;
}

/* ---- connecting ---- */

static void fail(struct wire *w)
{
	w->state = WIRE_FAILED;
	w->fn(w->arg);
}

static void on_io(void *arg, int fd, short revents)
{
	struct wire *w = arg;

	(void)fd;
	/* Nothing of ours reads the error otherwise while nothing is asked for. */
	if (revents & (POLLERR | POLLNVAL))
		w->round_left = ROUND_BYTES;
	w->fn(w->arg);
}

static void set_callbacks(LIBSSH2_SESSION *ssh)
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
	libssh2_session_callback_set2(ssh, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)on_recv);
	libssh2_session_callback_set2(ssh, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)on_send);
#else
	libssh2_session_callback_set(ssh, LIBSSH2_CALLBACK_RECV, (void *)on_recv);
	libssh2_session_callback_set(ssh, LIBSSH2_CALLBACK_SEND, (void *)on_send);
#endif
}

static void open_session(struct wire *w)
{
	loop_timer_del(w->timer);
	w->timer = NULL;
	loop_io_del(w->io);
	w->io = loop_io_add(w->loop, w->fd, 0, on_io, w);
	w->ssh = libssh2_session_init_ex(NULL, NULL, NULL, w);
	if (!w->ssh) {
		err_set(&w->error, ERR_FAIL, "libssh2 makes no session");
		fail(w);
		return;
	}
	libssh2_session_set_blocking(w->ssh, 0);
	set_callbacks(w->ssh);
	w->state = WIRE_OPEN;
	w->fn(w->arg);
}

static void connect_next(struct wire *w);

static void close_socket(struct wire *w)
{
	loop_timer_del(w->timer);
	w->timer = NULL;
	loop_io_del(w->io);
	w->io = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static void try_failed(struct wire *w, int errnum)
{
	close_socket(w);
	err_set(&w->error, errnum == ETIMEDOUT ? ERR_TIMEOUT : ERR_UNREACHABLE,
		"cannot connect to %s port %d: %s", w->address, w->port, strerror(errnum));
	connect_next(w);
}

static void on_try_time(void *arg)
{
	struct wire *w = arg;

	w->timer = NULL;
	try_failed(w, ETIMEDOUT);
}

static void on_connected(void *arg, int fd, short revents)
{
	struct wire *w = arg;
	int errnum = 0;
	socklen_t n = sizeof errnum;

	(void)revents;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &n))
		errnum = errno;
	if (errnum)
		try_failed(w, errnum);
	else
		open_session(w);
}

static void set_socket_options(int fd)
{
	int one = 1, idle = 30, interval = 15;
	unsigned user_timeout = USER_TIMEOUT_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
}

static void connect_next(struct wire *w)
{
	const struct sockaddr_storage *to;
	socklen_t n;

	if (w->next_address == w->addresses.count) {
		fail(w);
		return;
	}
	to = &w->addresses.v[w->next_address++];
	n = to->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	w->state = WIRE_CONNECTING;
	w->fd = socket(to->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0) {
		try_failed(w, errno);
		return;
	}
	set_socket_options(w->fd);
	if (connect(w->fd, (const struct sockaddr *)to, n) && errno != EINPROGRESS) {
		try_failed(w, errno);
		return;
	}
	ack_at_once(w->fd);
	w->io = loop_io_add(w->loop, w->fd, POLLOUT, on_connected, w);
	if (w->next_address < w->addresses.count)
		w->timer = loop_timer_add(w->loop, TRY_MS, on_try_time, w);
}

static void on_resolved(void *arg, const struct addresses *found, const struct err *e)
{
	struct wire *w = arg;

	w->resolve = NULL;
	if (!found) {
		w->error = *e;
		fail(w);
		return;
	}
	w->addresses = *found;
	connect_next(w);
}

struct wire *wire_new(struct loop *loop, const char *address, int port, wire_step_fn *fn, void *arg)
{
	struct wire *w = xcalloc(1, sizeof *w);

	*w = (struct wire){.loop = loop, .port = port, .fn = fn, .arg = arg, .fd = -1};
	w->address = xstrdup(address);
	buf_init(&w->greeting, GREETING_MAX);
	w->resolve = resolve_start(loop, address, port, on_resolved, w);
	return w;
}

void wire_free(struct wire *w, bool polite)
{
	if (!w)
		return;
	resolve_cancel(w->resolve);
	if (w->ssh) {
		w->round_left = 0;
		if (polite && !w->ended)
			libssh2_session_disconnect(w->ssh, "opsdeck is done");
		/* From here every read and write fails at once, so that freeing cannot wait. */
		w->closing = true;
		for (int i = 0; i < 64 && libssh2_session_free(w->ssh) == LIBSSH2_ERROR_EAGAIN; i++)
			continue;
	}
	close_socket(w);
	buf_finish(&w->greeting);
	free(w->address);
	free(w);
}

/* ---- waiting ---- */

void wire_round(struct wire *w)
{
	w->round_left = ROUND_BYTES;
}

void wire_wait(struct wire *w)
{
	int directions = libssh2_session_block_directions(w->ssh);
	short events = POLLIN;

	if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND)
		events |= POLLOUT;
	loop_io_events(w->io, events);
}

void wire_listen(struct wire *w)
{
	loop_io_events(w->io, POLLIN);
}

void wire_pause(struct wire *w)
{
	loop_io_events(w->io, 0);
}

/* ---- answers ---- */

int wire_fd(const struct wire *w)
{
	return w->fd;
}

enum wire_state wire_state(const struct wire *w)
{
	return w->state;
}

const struct err *wire_error(const struct wire *w)
{
	return &w->error;
}

LIBSSH2_SESSION *wire_ssh(const struct wire *w)
{
	return w->ssh;
}

bool wire_ended(const struct wire *w)
{
	return w->ended;
}

uint64_t wire_sent(const struct wire *w)
{
	return w->sent;
}

uint64_t wire_received(const struct wire *w)
{
	return w->received;
}

const struct buf *wire_greeting(const struct wire *w)
{
	return &w->greeting;
}

void wire_explain(const struct wire *w, struct err *e, const char *what)
{
	struct buf text = {0};
	char *message = NULL;
	int n = 0, code;

	code = libssh2_session_last_error(w->ssh, &message, &n, 0);
	if (w->ended && w->errnum) {
		err_set(e, w->errnum == ETIMEDOUT ? ERR_TIMEOUT : ERR_UNREACHABLE,
			"%s: the connection broke: %s", what, strerror(w->errnum));
	} else if (w->ended) {
		err_set(e, ERR_UNREACHABLE, "%s: the host closed the connection", what);
	} else {
		safe_text(&text, message ? message : "", n > 0 ? (size_t)n : 0, SAFE_TEXT);
		err_set(e, ERR_UNREACHABLE, "%s: %s (libssh2 %d)", what, buf_str(&text), code);
		buf_finish(&text);
	}
}
