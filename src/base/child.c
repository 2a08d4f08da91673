#include "config.h"

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/spawn.h"

#define TERM_TO_KILL_MS 2000
#define KILL_TO_GIVE_UP_MS 1000
#define KILL_WAIT_MS 2000 /* a busy machine takes its time; only a hanging disk takes all of it */
#define READ_CHUNK 16384
#define STATUS_LOST 255

struct child {
	struct loop *loop;
	pid_t pid;
	int pidfd;
	int fd[SPAWN_COUNT]; /* our ends; -1 once closed */
	struct loop_io *io[SPAWN_COUNT];
	struct loop_io *exit_io;
	struct loop_timer *timer; /* deadline, then KILL, then giving up */
	struct buf input;
	size_t input_sent;
	int64_t started;
	size_t total, flood_max; /* bytes read of both streams */
	struct child_result result;
	bool done; /* fn runs or has run: child_kill from inside it does nothing */
	child_done_fn *fn;
	void *arg;
};

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* The group, and the leader even if it moved to another one. It is not reaped yet, so its number
 * cannot be another's. False: the leader does not take our signals. */
static bool signal_all(const struct child *c, int signo)
{
	kill(-c->pid, signo);
	return !kill(c->pid, signo);
}

/* ---- bytes in and out ---- */

static void close_end(struct child *c, int end)
{
	loop_io_del(c->io[end]);
	c->io[end] = NULL;
	spawn_fd_close(&c->fd[end]);
}

/* write(2) whose SIGPIPE, should one arise, is swallowed without touching the disposition. */
static ssize_t write_no_signal(int fd, const void *p, size_t n)
{
	sigset_t sigpipe, before, pending;
	ssize_t put;
	int errnum;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &sigpipe, &before);
	put = write(fd, p, n);
	errnum = errno;
	if (put < 0 && errnum == EPIPE && !sigismember(&pending, SIGPIPE)) {
		struct timespec zero = {0};

		sigtimedwait(&sigpipe, NULL, &zero);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = errnum;
	return put;
}

static void on_writable(void *arg, int fd, short revents)
{
	struct child *c = arg;
	ssize_t put =
		write_no_signal(fd, c->input.data + c->input_sent, c->input.len - c->input_sent);

	(void)revents;
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* A child that does not want its input is no failure: its exit status tells. */
	if (put > 0)
		c->input_sent += (size_t)put;
	if (put < 0 || c->input_sent == c->input.len)
		close_end(c, SPAWN_IN);
}

/* Closed pipes also stop those that do not take our KILL. */
static void stop_flood(struct child *c)
{
	c->result.flooded = true;
	signal_all(c, SIGKILL);
	close_end(c, SPAWN_OUT);
	close_end(c, SPAWN_ERR);
}

static ssize_t read_some(struct child *c, int end)
{
	char chunk[READ_CHUNK];
	ssize_t got = read(c->fd[end], chunk, sizeof chunk);

	if (got <= 0)
		return got;
	buf_add(end == SPAWN_OUT ? &c->result.out : &c->result.err, chunk, (size_t)got);
	c->total += (size_t)got;
	if (c->flood_max && c->total > c->flood_max)
		stop_flood(c);
	return got;
}

static void on_readable(void *arg, int fd, short revents)
{
	struct child *c = arg;
	int end = fd == c->fd[SPAWN_OUT] ? SPAWN_OUT : SPAWN_ERR;
	ssize_t got = read_some(c, end);

	(void)revents;
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		close_end(c, end);
}

/* What the child itself wrote is in the pipe when it has ended, and a pipe holds no more than its
 * size: what descendants go on to write is not waited for. */
static void drain(struct child *c, int end)
{
	ssize_t left, got;

	if (c->fd[end] < 0)
		return;
	left = fcntl(c->fd[end], F_GETPIPE_SZ);
	while (left > 0 && (got = read_some(c, end)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		left -= got > 0 ? got : 0;
	}
}

/* ---- ending ---- */

static void release(struct child *c)
{
	for (int end = 0; end < SPAWN_COUNT; end++)
		close_end(c, end);
	loop_io_del(c->exit_io);
	loop_timer_del(c->timer);
	spawn_fd_close(&c->pidfd);
	buf_finish(&c->input);
}

static void finish(struct child *c)
{
	c->result.duration_ms = clock_mono(loop_clock(c->loop)) - c->started;
	c->done = true;
	release(c);
	c->fn(c->arg, &c->result);
	child_result_finish(&c->result);
	free(c);
}

static int exit_status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void on_exit_of(void *arg, int fd, short revents)
{
	struct child *c = arg;
	int status;
	pid_t reaped;

	(void)fd;
	(void)revents;
	drain(c, SPAWN_OUT);
	drain(c, SPAWN_ERR);
	if (c->result.timed_out)
		signal_all(c, SIGKILL); /* what it left behind */
	reaped = waitpid(c->pid, &status, WNOHANG);
	if (!reaped)
		return;
	/* Reaped by somebody else: what is not known must not look like success. */
	c->result.exit_status = reaped < 0 ? STATUS_LOST : exit_status_of(status);
	finish(c);
}

/* A program that runs as another user (sudo) cannot be killed by us: it is left alone. */
static void on_give_up(void *arg)
{
	struct child *c = arg;

	c->timer = NULL;
	c->result.exit_status = 128 + SIGKILL;
	finish(c);
}

static void on_kill_time(void *arg)
{
	struct child *c = arg;

	signal_all(c, SIGKILL);
	c->timer = loop_timer_add(c->loop, KILL_TO_GIVE_UP_MS, on_give_up, c);
}

static void on_deadline(void *arg)
{
	struct child *c = arg;

	c->result.timed_out = true;
	signal_all(c, SIGTERM);
	c->timer = loop_timer_add(c->loop, TERM_TO_KILL_MS, on_kill_time, c);
}

void child_kill(struct child *c)
{
	struct pollfd ended;

	if (!c || c->done)
		return;
	ended = (struct pollfd){.fd = c->pidfd, .events = POLLIN};
	if (signal_all(c, SIGKILL))
		poll(&ended, 1, KILL_WAIT_MS);
	waitpid(c->pid, NULL, WNOHANG);
	release(c);
	child_result_finish(&c->result);
	free(c);
}

/* ---- the interface ---- */

static int open_ends(int pairs[SPAWN_COUNT][2], struct err *e)
{
	for (int i = 0; i < SPAWN_COUNT; i++) {
		if (!spawn_pipe(pairs[i], e))
			continue;
		while (i--)
			spawn_pipe_close(pairs[i]);
		return -1;
	}
	return 0;
}

static int start_piped(struct child *c, const struct child_spec *spec, struct err *e)
{
	struct spawn_spec how = {.argv = spec->argv, .env = spec->env, .dir = spec->dir};
	int pairs[SPAWN_COUNT][2];
	int rc;

	if (open_ends(pairs, e))
		return -1;
	for (int i = 0; i < SPAWN_COUNT; i++) {
		int ours = i == SPAWN_IN;

		c->fd[i] = pairs[i][ours];
		how.ends[i] = pairs[i][!ours];
		set_nonblocking(c->fd[i]);
	}
	rc = spawn_process(&c->pid, &how, e);
	for (int i = 0; i < SPAWN_COUNT; i++) {
		spawn_fd_close(&how.ends[i]);
		if (rc)
			spawn_fd_close(&c->fd[i]);
	}
	return rc;
}

static int watch_exit(struct child *c, struct err *e)
{
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0); /* sets close-on-exec by itself */
	if (c->pidfd >= 0)
		return 0;
	err_sys(e, errno, "cannot watch a process");
	signal_all(c, SIGKILL);
	waitpid(c->pid, NULL, 0);
	for (int i = 0; i < SPAWN_COUNT; i++)
		spawn_fd_close(&c->fd[i]);
	return -1;
}

int child_start(struct child **out, struct loop *l, const struct child_spec *spec,
	child_done_fn *fn, void *arg, struct err *e)
{
	struct child *c = xcalloc(1, sizeof *c);

	*c = (struct child){.loop = l, .fn = fn, .arg = arg, .pidfd = -1};
	buf_init(&c->result.out, spec->out_max);
	buf_init(&c->result.err, spec->err_max);
	c->started = clock_mono(loop_clock(l));
	c->flood_max = spec->flood_max;
	if (start_piped(c, spec, e) || watch_exit(c, e)) {
		free(c);
		return -1;
	}
	c->exit_io = loop_io_add(l, c->pidfd, POLLIN, on_exit_of, c);
	c->io[SPAWN_OUT] = loop_io_add(l, c->fd[SPAWN_OUT], POLLIN, on_readable, c);
	c->io[SPAWN_ERR] = loop_io_add(l, c->fd[SPAWN_ERR], POLLIN, on_readable, c);
	if (spec->input_len) {
		buf_init(&c->input, spec->input_len);
		buf_add(&c->input, spec->input, spec->input_len);
		c->io[SPAWN_IN] = loop_io_add(l, c->fd[SPAWN_IN], POLLOUT, on_writable, c);
	} else {
		spawn_fd_close(&c->fd[SPAWN_IN]);
	}
	if (spec->deadline_ms > 0)
		c->timer = loop_timer_add(l, spec->deadline_ms, on_deadline, c);
	*out = c;
	return 0;
}

static void keep_result(void *arg, struct child_result *r)
{
	struct child_result *kept = arg;

	*kept = *r;
	*r = (struct child_result){0};
}

int child_run(struct child_result *r, const struct child_spec *spec, struct err *e)
{
	struct loop *l = loop_new(clock_system());
	struct child *c;
	int rc;

	*r = (struct child_result){0};
	rc = child_start(&c, l, spec, keep_result, r, e);
	if (!rc)
		loop_run(l);
	loop_free(l);
	return rc;
}

void child_result_finish(struct child_result *r)
{
	buf_finish(&r->out);
	buf_finish(&r->err);
}

int child_pipe(pid_t *pid, int *to, int *from, const char *const *argv, const char *const *env,
	struct err *e)
{
	struct spawn_spec spec = {.argv = argv, .env = env};
	int in[2], out[2];

	if (spawn_pipe(in, e))
		return -1;
	if (spawn_pipe(out, e)) {
		spawn_pipe_close(in);
		return -1;
	}
	spec.ends[SPAWN_IN] = in[0];
	spec.ends[SPAWN_OUT] = out[1];
	spec.ends[SPAWN_ERR] = -1;
	if (spawn_process(pid, &spec, e)) {
		spawn_pipe_close(in);
		spawn_pipe_close(out);
		return -1;
	}
	spawn_fd_close(&in[0]);
	spawn_fd_close(&out[1]);
	set_nonblocking(in[1]);
	set_nonblocking(out[0]);
	*to = in[1];
	*from = out[0];
	return 0;
}

char *self_path(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	return xmemdup(path, n > 0 && (size_t)n < sizeof path ? (size_t)n : 0);
}
