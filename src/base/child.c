#include "config.h"

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
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

#define TERM_TO_KILL_MS 2000
#define KILL_TO_GIVE_UP_MS 1000
#define KILL_WAIT_MS 200
#define READ_CHUNK 16384

static const char *const clean_env[] = {
	"LC_ALL=C", "TZ=UTC", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};

enum { END_IN, END_OUT, END_ERR, END_COUNT };

struct child {
	struct loop *loop;
	pid_t pid;
	int pidfd;
	int fd[END_COUNT]; /* our ends; -1 once closed */
	struct loop_io *io[END_COUNT];
	struct loop_io *exit_io;
	struct loop_timer *timer; /* deadline, then KILL, then giving up */
	struct buf input;
	int64_t started;
	size_t total, flood_max; /* bytes read of both streams */
	struct child_result result;
	bool done; /* fn runs or has run: child_kill from inside it does nothing */
	child_done_fn *fn;
	void *arg;
};

/* What the new process tells before exec; nothing comes when exec worked. */
struct failure {
	int errnum;
	bool in_dir;
};

/* ---- starting ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_pair(int pair[2])
{
	close_fd(&pair[0]);
	close_fd(&pair[1]);
}

/* Both ends close-on-exec and above 2, so that dup2 onto 0-2 in the child cannot hit another one.
 */
static int open_pipe(int pair[2], struct err *e)
{
	int low[2];

	if (pipe2(low, O_CLOEXEC))
		return err_sys(e, errno, "cannot make a pipe");
	for (int i = 0; i < 2; i++) {
		pair[i] = low[i];
		if (low[i] > STDERR_FILENO)
			continue;
		pair[i] = fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low[i]);
	}
	if (pair[0] >= 0 && pair[1] >= 0)
		return 0;
	err_sys(e, errno, "cannot make a pipe");
	close_pair(pair);
	return -1;
}

static void default_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		sigaction(signo, &dfl, NULL); /* KILL, STOP and libc's own refuse: as they should */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const struct child_spec *spec, const int ends[END_COUNT], struct failure *f)
{
	const char *const *env = spec->env ? spec->env : clean_env;

	setpgid(0, 0);
	default_signals();
	for (int i = 0; i < END_COUNT; i++) {
		if (ends[i] >= 0 && dup2(ends[i], i) < 0) {
			f->errnum = errno;
			return;
		}
	}
	/* Libraries may hold fds that are not close-on-exec. */
	if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC)) {
		f->errnum = errno;
		return;
	}
	if (spec->dir && chdir(spec->dir)) {
		*f = (struct failure){.errnum = errno, .in_dir = true};
		return;
	}
	/* execve's prototype lacks the const that POSIX promises (exec(3p), rationale). */
	execve(spec->argv[0], (char *const *)(void *)spec->argv, (char *const *)(void *)env);
	f->errnum = errno;
}

static void run_child(const struct child_spec *spec, const int ends[END_COUNT], int tell)
{
	struct failure f = {0};

	become(spec, ends, &f);
	while (write(tell, &f, sizeof f) < 0 && errno == EINTR)
		continue;
	_exit(127);
}

/* Waits until exec worked (EOF) or reads why not; a child that failed is reaped. */
static int await_exec(const struct child_spec *spec, pid_t pid, int told, struct err *e)
{
	struct failure f = {0};
	ssize_t got;

	while ((got = read(told, &f, sizeof f)) < 0 && errno == EINTR)
		continue;
	if (got != (ssize_t)sizeof f)
		return 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (f.in_dir)
		return err_sys(e, f.errnum, "cannot enter %s", spec->dir);
	return err_sys(e, f.errnum, "cannot run %s", spec->argv[0]);
}

/* `ends` become fds 0-2 of the child; -1 inherits ours. */
static int spawn(
	pid_t *pid, const struct child_spec *spec, const int ends[END_COUNT], struct err *e)
{
	int tell[2];
	sigset_t all, before;
	int errnum, rc;

	if (!spec->argv[0] || spec->argv[0][0] != '/')
		return err_set(e, ERR_INPUT, "cannot run \"%s\": not an absolute path",
			spec->argv[0] ? spec->argv[0] : "");
	if (open_pipe(tell, e))
		return -1;
	/* No handler of ours may run in the child before it has dropped them. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	errnum = errno;
	if (!*pid)
		run_child(spec, ends, tell[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close_fd(&tell[1]);
	rc = *pid < 0 ? err_sys(e, errnum, "cannot start a process")
		      : await_exec(spec, *pid, tell[0], e);
	close_fd(&tell[0]);
	return rc;
}

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* ---- bytes in and out ---- */

static void close_end(struct child *c, int end)
{
	loop_io_del(c->io[end]);
	c->io[end] = NULL;
	close_fd(&c->fd[end]);
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
	ssize_t put = write_no_signal(fd, c->input.data, c->input.len);

	(void)revents;
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* A child that does not want its input is no failure: its exit status tells. */
	if (put < 0 || (size_t)put == c->input.len)
		close_end(c, END_IN);
	else
		buf_consume(&c->input, (size_t)put);
}

static ssize_t read_some(struct child *c, int end)
{
	char chunk[READ_CHUNK];
	ssize_t got = read(c->fd[end], chunk, sizeof chunk);

	if (got <= 0)
		return got;
	buf_add(end == END_OUT ? &c->result.out : &c->result.err, chunk, (size_t)got);
	c->total += (size_t)got;
	if (c->flood_max && c->total > c->flood_max && !c->result.flooded) {
		c->result.flooded = true;
		kill(-c->pid, SIGKILL);
	}
	return got;
}

static void on_readable(void *arg, int fd, short revents)
{
	struct child *c = arg;
	int end = fd == c->fd[END_OUT] ? END_OUT : END_ERR;
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
	for (int end = 0; end < END_COUNT; end++)
		close_end(c, end);
	loop_io_del(c->exit_io);
	loop_timer_del(c->timer);
	close_fd(&c->pidfd);
	buf_finish(&c->input);
}

/* The group, and the leader even if it moved to another one. It is not reaped yet, so its number
 * cannot be another's. */
static void signal_all(const struct child *c, int signo)
{
	kill(-c->pid, signo);
	kill(c->pid, signo);
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

static void on_exit_of(void *arg, int fd, short revents)
{
	struct child *c = arg;
	int status = 0;

	(void)fd;
	(void)revents;
	if (c->result.timed_out)
		signal_all(c, SIGKILL); /* what it left behind */
	if (waitpid(c->pid, &status, WNOHANG) == 0)
		return;
	c->result.exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	drain(c, END_OUT);
	drain(c, END_ERR);
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
	signal_all(c, SIGKILL);
	poll(&ended, 1, KILL_WAIT_MS);
	waitpid(c->pid, NULL, WNOHANG);
	release(c);
	child_result_finish(&c->result);
	free(c);
}

/* ---- the interface ---- */

static int open_ends(int pairs[END_COUNT][2], struct err *e)
{
	for (int i = 0; i < END_COUNT; i++) {
		if (!open_pipe(pairs[i], e))
			continue;
		while (i--)
			close_pair(pairs[i]);
		return -1;
	}
	return 0;
}

static int spawn_piped(struct child *c, const struct child_spec *spec, struct err *e)
{
	int pairs[END_COUNT][2];
	int ends[END_COUNT];
	int rc;

	if (open_ends(pairs, e))
		return -1;
	for (int i = 0; i < END_COUNT; i++) {
		int ours = i == END_IN;

		c->fd[i] = pairs[i][ours];
		ends[i] = pairs[i][!ours];
		set_nonblocking(c->fd[i]);
	}
	rc = spawn(&c->pid, spec, ends, e);
	for (int i = 0; i < END_COUNT; i++) {
		close_fd(&ends[i]);
		if (rc)
			close_fd(&c->fd[i]);
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
	for (int i = 0; i < END_COUNT; i++)
		close_fd(&c->fd[i]);
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
	if (spawn_piped(c, spec, e) || watch_exit(c, e)) {
		free(c);
		return -1;
	}
	c->exit_io = loop_io_add(l, c->pidfd, POLLIN, on_exit_of, c);
	c->io[END_OUT] = loop_io_add(l, c->fd[END_OUT], POLLIN, on_readable, c);
	c->io[END_ERR] = loop_io_add(l, c->fd[END_ERR], POLLIN, on_readable, c);
	if (spec->input_len) {
		buf_init(&c->input, spec->input_len);
		buf_add(&c->input, spec->input, spec->input_len);
		c->io[END_IN] = loop_io_add(l, c->fd[END_IN], POLLOUT, on_writable, c);
	} else {
		close_fd(&c->fd[END_IN]);
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
	const struct child_spec spec = {.argv = argv, .env = env};
	int in[2], out[2];

	if (open_pipe(in, e))
		return -1;
	if (open_pipe(out, e)) {
		close_pair(in);
		return -1;
	}
	if (spawn(pid, &spec, (const int[END_COUNT]){in[0], out[1], -1}, e)) {
		close_pair(in);
		close_pair(out);
		return -1;
	}
	close_fd(&in[0]);
	close_fd(&out[1]);
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
