#include "config.h"

#include "port/ssh/agent.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/knownhosts.h"

#define ANSWER_MAX ((size_t)256 << 10) /* OpenSSH's own limit */
#define DEADLINE_MS 20000	       /* a person may have to confirm */

enum {
	AGENT_FAILURE = 5,
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14
};

enum { RSA_SHA2_256 = 2, RSA_SHA2_512 = 4 }; /* flags of SIGN_REQUEST */

struct agent_call {
	int fd;
	struct loop_io *io;
	struct loop_timer *timer;
	struct buf out, in;
	struct err error; /* set: told by the timer */
	agent_fn *fn;
	void *arg;
};

/* ---- the wire format ---- */

struct reader {
	const unsigned char *p;
	size_t n;
};

static bool read_u32(struct reader *r, uint32_t *v)
{
	if (r->n < 4)
		return false;
	*v = (uint32_t)r->p[0] << 24 | (uint32_t)r->p[1] << 16 | (uint32_t)r->p[2] << 8 | r->p[3];
	r->p += 4;
	r->n -= 4;
	return true;
}

static bool read_string(struct reader *r, struct reader *out)
{
	uint32_t len;

	if (!read_u32(r, &len) || len > r->n)
		return false;
	*out = (struct reader){r->p, len};
	r->p += len;
	r->n -= len;
	return true;
}

static bool read_byte(struct reader *r, int *v)
{
	if (!r->n)
		return false;
	*v = *r->p++;
	r->n--;
	return true;
}

static void write_u32(struct buf *out, size_t v)
{
	const unsigned char bytes[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
		(unsigned char)(v >> 8), (unsigned char)v};

	buf_add(out, bytes, sizeof bytes);
}

static void write_string(struct buf *out, const void *p, size_t n)
{
	write_u32(out, n);
	buf_add(out, p, n);
}

/* ---- one call ---- */

static void call_free(struct agent_call *c)
{
	loop_io_del(c->io);
	loop_timer_del(c->timer);
	if (c->fd >= 0)
		close(c->fd);
	buf_finish(&c->out);
	buf_finish(&c->in);
	free(c);
}

static void finish(struct agent_call *c, bool good)
{
	if (good)
		buf_consume(&c->in, 4);
	c->fn(c->arg, good ? &c->in : NULL, &c->error);
	call_free(c);
}

static void on_time(void *arg)
{
	struct agent_call *c = arg;

	c->timer = NULL;
	if (!c->error.code)
		err_set(&c->error, ERR_TIMEOUT, "the SSH agent does not answer");
	finish(c, false);
}

static void broken(struct agent_call *c, int errnum)
{
	err_set(&c->error, ERR_FAIL, "the SSH agent hung up%s%s", errnum ? ": " : "",
		errnum ? strerror(errnum) : "");
	finish(c, false);
}

static bool whole_answer(struct agent_call *c)
{
	struct reader r = {(const unsigned char *)buf_str(&c->in), c->in.len};
	uint32_t len;

	return read_u32(&r, &len) && len && len <= r.n;
}

static void on_io(void *arg, int fd, short revents)
{
	struct agent_call *c = arg;
	char chunk[4096];
	ssize_t n;

	if (c->out.len && (revents & POLLOUT)) {
		n = send(fd, c->out.data, c->out.len, MSG_NOSIGNAL);
		if (n > 0)
			buf_consume(&c->out, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR) {
			broken(c, errno);
			return;
		}
		if (!c->out.len)
			loop_io_events(c->io, POLLIN);
	}
	if (!(revents & (POLLIN | POLLHUP | POLLERR)))
		return;
	n = recv(fd, chunk, sizeof chunk, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		buf_add(&c->in, chunk, (size_t)n);
	if (whole_answer(c))
		finish(c, true);
	else if (n <= 0 || c->in.overflow)
		broken(c, n < 0 ? errno : 0);
}

static int open_socket(const char *path, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof to.sun_path)
		return err_set(e, ERR_FAIL, "no SSH agent is configured");
	memcpy(to.sun_path, path, n);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !connect(fd, (const struct sockaddr *)&to, sizeof to))
		return fd;
	err_sys(e, errno, "cannot reach the SSH agent at %s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

struct agent_call *agent_ask(
	struct loop *loop, const char *socket, const struct buf *request, agent_fn *fn, void *arg)
{
	struct agent_call *c = xcalloc(1, sizeof *c);

	*c = (struct agent_call){.fn = fn, .arg = arg};
	buf_init(&c->in, ANSWER_MAX + 4);
	write_string(&c->out, buf_str(request), request->len);
	c->fd = open_socket(socket, &c->error);
	if (c->fd >= 0)
		c->io = loop_io_add(loop, c->fd, POLLIN | POLLOUT, on_io, c);
	c->timer = loop_timer_add(loop, c->fd >= 0 ? DEADLINE_MS : 0, on_time, c);
	return c;
}

void agent_cancel(struct agent_call *c)
{
	if (c)
		call_free(c);
}

/* ---- listing ---- */

void agent_write_list(struct buf *request)
{
	buf_addc(request, REQUEST_IDENTITIES);
}

/* sk- keys carry more than a signature, certificates more than a key: libssh2 1.10 takes neither.
 */
static bool usable(const struct reader *blob)
{
	static const char *const types[] = {"ssh-ed25519", "ecdsa-sha2-nistp256",
		"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"};
	char type[64];

	key_type(type, sizeof type, blob->p, blob->n);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(type, types[i]))
			return true;
	return false;
}

int agent_read_list(struct agent_keys *out, const struct buf *answer, struct err *e)
{
	struct reader r = {(const unsigned char *)buf_str(answer), answer->len};
	struct reader blob, comment;
	uint32_t count;
	int kind;

	*out = (struct agent_keys){0};
	if (!read_byte(&r, &kind) || kind != IDENTITIES_ANSWER || !read_u32(&r, &count))
		return err_set(e, ERR_FAIL, "the SSH agent does not list its keys");
	while (count-- && out->count < AGENT_KEYS_MAX) {
		if (!read_string(&r, &blob) || !read_string(&r, &comment)) {
			agent_keys_finish(out);
			return err_set(e, ERR_FAIL, "the SSH agent's list of keys is cut short");
		}
		if (usable(&blob))
			buf_add(&out->blobs[out->count++], blob.p, blob.n);
	}
	return 0;
}

void agent_keys_finish(struct agent_keys *k)
{
	for (size_t i = 0; i < k->count; i++)
		buf_finish(&k->blobs[i]);
	k->count = 0;
}

/* ---- signing ---- */

/* session id, 50, user, service, "publickey", TRUE, algorithm, key (RFC 4252 7) */
static bool read_algorithm(struct reader *algorithm, const void *data, size_t n)
{
	struct reader r = {data, n}, skip;
	int byte;

	return read_string(&r, &skip) && read_byte(&r, &byte) && read_string(&r, &skip) &&
	       read_string(&r, &skip) && read_string(&r, &skip) && read_byte(&r, &byte) &&
	       read_string(&r, algorithm);
}

static bool reader_is(const struct reader *r, const char *text)
{
	return r->n == strlen(text) && !memcmp(r->p, text, r->n);
}

int agent_write_sign(
	struct buf *request, const struct buf *blob, const void *data, size_t n, struct err *e)
{
	struct reader algorithm;
	size_t flags = 0;

	if (!read_algorithm(&algorithm, data, n))
		return err_set(e, ERR_FAIL, "libssh2 asks to sign something else than a login");
	if (reader_is(&algorithm, "rsa-sha2-256"))
		flags = RSA_SHA2_256;
	else if (reader_is(&algorithm, "rsa-sha2-512"))
		flags = RSA_SHA2_512;
	buf_addc(request, SIGN_REQUEST);
	write_string(request, buf_str(blob), blob->len);
	write_string(request, data, n);
	write_u32(request, flags);
	return 0;
}

int agent_read_sign(
	struct buf *signature, const struct buf *answer, const void *data, size_t n, struct err *e)
{
	struct reader r = {(const unsigned char *)buf_str(answer), answer->len};
	struct reader whole, algorithm, bare, asked;
	int kind;

	if (!read_byte(&r, &kind) || kind != SIGN_RESPONSE)
		return err_set(e, ERR_REFUSED, "the SSH agent does not sign");
	if (!read_string(&r, &whole) || !read_string(&whole, &algorithm) ||
		!read_string(&whole, &bare) || !read_algorithm(&asked, data, n))
		return err_set(e, ERR_FAIL, "the SSH agent's signature is cut short");
	if (algorithm.n != asked.n || memcmp(algorithm.p, asked.p, asked.n) != 0)
		return err_set(
			e, ERR_FAIL, "the SSH agent signs with another algorithm than asked");
	buf_add(signature, bare.p, bare.n);
	return 0;
}
