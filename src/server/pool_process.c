#include "config.h"

#include "server/pool_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"
#include "server/packet.h"

#define CHUNK 65536

struct pool_process {
	struct process_spec spec;
	char *self;
	pid_t pid; /* 0 once reaped */
	int to, from;
	struct loop_io *to_io, *from_io;
	struct loop_timer *timer;
	struct buf out, in;
	unsigned depth; /* callbacks under way */
	bool ended, freed;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Kills and reaps; the description of its end is static or in `text`. */
static const char *reap(struct pool_process *p, char text[64])
{
	int status = 0;

	if (!p->pid)
		return "ended";
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	if (WIFSIGNALED(status))
		snprintf(text, 64, "ended by signal %d", WTERMSIG(status));
	else
		snprintf(text, 64, "ended with status %d", WEXITSTATUS(status));
	return text;
}

static void release(struct pool_process *p)
{
	loop_io_del(p->to_io);
	loop_io_del(p->from_io);
	loop_timer_del(p->timer);
	p->to_io = p->from_io = NULL;
	p->timer = NULL;
	close_fd(&p->to);
	close_fd(&p->from);
}

static void leave(struct pool_process *p)
{
	if (--p->depth || !p->freed)
		return;
	buf_finish(&p->out);
	buf_finish(&p->in);
	free(p->self);
	free(p);
}

/* `why` NULL: as it was reaped. */
static void end(struct pool_process *p, const char *why)
{
	char text[64];
	const char *how;

	if (p->ended)
		return;
	p->ended = true;
	release(p);
	how = reap(p, text);
	p->depth++;
	p->spec.on_end(p->spec.arg, p, why ? why : how);
	leave(p);
}

static void on_deadline(void *arg)
{
	struct pool_process *p = arg;

	p->timer = NULL;
	end(p, "took too long");
}

static void frames(struct pool_process *p)
{
	size_t len;
	struct err e;

	while (!p->ended && !p->freed) {
		struct packet_in in;

		if (packet_frame(p->in.data ? p->in.data : "", p->in.len, &len, &e)) {
			end(p, "sent too much");
			return;
		}
		if (!len)
			return;
		if (packet_read(&in, p->in.data, len, &e)) {
			end(p, "sent what is no frame");
			return;
		}
		p->spec.on_frame(p->spec.arg, p, &in);
		buf_consume(&p->in, len);
	}
}

static void on_readable(void *arg, int fd, short revents)
{
	struct pool_process *p = arg;
	char *chunk = xmalloc(CHUNK);
	ssize_t n = read(fd, chunk, CHUNK);

	(void)revents;
	p->depth++;
	if (n > 0) {
		buf_add(&p->in, chunk, (size_t)n);
		frames(p);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(p, NULL);
	}
	free(chunk);
	leave(p);
}

static void on_writable(void *arg, int fd, short revents)
{
	struct pool_process *p = arg;
	ssize_t n;

	(void)revents;
	n = write(fd, p->out.data, p->out.len);
	if (n > 0)
		buf_consume(&p->out, (size_t)n);
	else if (errno != EAGAIN && errno != EINTR)
		p->out.len = 0; /* its end shows on the other pipe */
	if (!p->out.len) {
		loop_io_del(p->to_io);
		p->to_io = NULL;
	}
}

int process_start(struct pool_process **out, const struct process_spec *spec, struct err *e)
{
	/* Nothing of our environment is of use to it. A judgement makes and frees many small
	 * values: glibc keeps 7 of a size at hand unless told. */
	static const char *const env[] = {"GLIBC_TUNABLES=glibc.malloc.tcache_count=1024", NULL};
	const char *argv[] = {spec->self, "worker", NULL};
	struct pool_process *p = xcalloc(1, sizeof *p);

	*p = (struct pool_process){.spec = *spec, .to = -1, .from = -1};
	if (child_pipe(&p->pid, &p->to, &p->from, argv, env, e)) {
		free(p);
		return -1;
	}
	buf_init(&p->in, PACKET_FRAME_MAX + CHUNK);
	buf_init(&p->out, 4 * PACKET_FRAME_MAX);
	p->from_io = loop_io_add(spec->loop, p->from, POLLIN, on_readable, p);
	*out = p;
	return 0;
}

void process_free(struct pool_process *p)
{
	char text[64];

	if (!p || p->freed)
		return;
	p->ended = p->freed = true;
	release(p);
	reap(p, text);
	p->depth++;
	leave(p);
}

void process_send(struct pool_process *p, const void *bytes, size_t n)
{
	if (p->ended)
		return;
	buf_add(&p->out, bytes, n);
	if (p->out.len && !p->to_io)
		p->to_io = loop_io_add(p->spec.loop, p->to, POLLOUT, on_writable, p);
}

void process_deadline(struct pool_process *p, int64_t ms)
{
	loop_timer_del(p->timer);
	p->timer = ms && !p->ended ? loop_timer_add(p->spec.loop, ms, on_deadline, p) : NULL;
}
