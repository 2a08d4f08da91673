#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "client/client.h"

/*
 * Starting the server on demand. The lock beside the store makes one starter of many; the server
 * says through a pipe that it listens, or why it cannot.
 */

#define START_MS 20000
#define LOCK_POLL_MS 20
#define MESSAGE_MAX 4096
#define LOG_MAX (1 << 20)
#define READY_FD 3
#define TRIES 3

/* ---- the lock ---- */

static int lock_start(int *fd, const char *state, struct err *e)
{
	int64_t until = clock_mono(clock_system()) + START_MS;
	char *path = path_join(state, "start.lock");
	struct timespec nap = {.tv_nsec = LOCK_POLL_MS * 1000000L};

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0) {
		err_sys(e, errno, "cannot open %s", path);
		free(path);
		return -1;
	}
	while (flock(*fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK && clock_mono(clock_system()) < until) {
			nanosleep(&nap, NULL);
			continue;
		}
		if (errno == EWOULDBLOCK)
			err_set(e, ERR_BUSY,
				"somebody else has been starting the server for %d s (%s)",
				START_MS / 1000, path);
		else
			err_sys(e, errno, "cannot lock %s", path);
		close(*fd);
		free(path);
		return -1;
	}
	free(path);
	return 0;
}

/* ---- the child ---- */

static void add_env(struct strs *env, const char *name)
{
	const char *value = getenv(name);

	if (value)
		strs_addf(env, "%s=%s", name, value);
}

/* Nothing of the caller's environment that could change what the server does, but for its agent. */
static void clean_env(struct strs *env)
{
	const struct passwd *pw = getpwuid(getuid());

	strs_add(env, "LC_ALL=C");
	strs_add(env, "TZ=UTC");
	strs_add(env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	if (getenv("HOME"))
		add_env(env, "HOME");
	else if (pw)
		strs_addf(env, "HOME=%s", pw->pw_dir);
	if (pw) {
		strs_addf(env, "USER=%s", pw->pw_name);
		strs_addf(env, "LOGNAME=%s", pw->pw_name);
	}
	add_env(env, "SSH_AUTH_SOCK");
	add_env(env, "XDG_CONFIG_HOME");
	add_env(env, "OPSDECK_DATADIR");
}

static void server_argv(struct strs *argv, const struct client_start *how)
{
	strs_add(argv, how->program);
	strs_add(argv, "serve");
	strs_add(argv, "--on-demand");
	strs_add(argv, "--repo");
	strs_add(argv, how->repo);
	strs_add(argv, "--state");
	strs_add(argv, how->state);
	strs_add(argv, "--socket");
	strs_add(argv, how->socket);
	strs_add(argv, "--ready-fd");
	strs_addf(argv, "%d", READY_FD);
	if (how->linger) {
		strs_add(argv, "--linger");
		strs_add(argv, how->linger);
	}
}

/* After fork: only what is safe there. */
static _Noreturn void become_server(
	const struct strs *argv, const struct strs *env, int log, int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (setsid() < 0 || fork() != 0)
		_exit(0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(log, 2) < 0)
		_exit(1);
	if (ready == READY_FD ? fcntl(ready, F_SETFD, 0) < 0 : dup2(ready, READY_FD) < 0)
		_exit(1);
	/* What the caller had open besides (a test's pipe, make's tokens) is not the server's. */
	if (chdir("/") || close_range(READY_FD + 1, ~0U, 0))
		_exit(1);
	execve(argv->v[0], argv->v, env->v);
	_exit(127);
}

/* One older log is kept. Only whoever holds the start lock comes here. */
static void turn_log(const char *path)
{
	struct stat st;
	char *old;

	if (lstat(path, &st) || st.st_size < LOG_MAX)
		return;
	old = xasprintf("%s.1", path);
	if (rename(path, old))
		errno = 0; /* it grows on, which harms nothing yet */
	free(old);
}

static int open_log(const char *state, struct err *e)
{
	char *path = path_join(state, "serve.log");
	int fd;

	turn_log(path);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd >= 0 && fd <= READY_FD) {
		int high = fcntl(fd, F_DUPFD_CLOEXEC, READY_FD + 1);

		close(fd);
		fd = high;
	}
	if (fd < 0)
		err_sys(e, errno, "cannot open %s", path);
	free(path);
	return fd;
}

static int spawn(const struct client_start *how, int log, int ready, struct err *e)
{
	struct strs argv = {0}, env = {0};
	int status;
	pid_t pid;

	server_argv(&argv, how);
	clean_env(&env);
	pid = fork();
	if (pid == 0)
		become_server(&argv, &env, log, ready);
	strs_finish(&argv);
	strs_finish(&env);
	if (pid < 0)
		return err_sys(e, errno, "cannot start the server");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* ---- its first word ---- */

/* "ready\n", or what went wrong; nothing when it died. */
static int first_word(int fd, const char *state, struct err *e)
{
	int64_t until = clock_mono(clock_system()) + START_MS;
	char text[MESSAGE_MAX + 1];
	size_t n = 0;

	while (n < MESSAGE_MAX && !memchr(text, '\n', n)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_mono(clock_system());
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return err_set(e, ERR_TIMEOUT,
				"the server did not come up in %d s; see %s/serve.log",
				START_MS / 1000, state);
		got = read(fd, text + n, MESSAGE_MAX - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	text[n] = '\0';
	if (str_starts(text, "ready"))
		return 0;
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	if (!*text)
		return err_set(e, ERR_FAIL, "the server ended before it listened; see %s/serve.log",
			state);
	return err_set(e, ERR_FAIL, "the server cannot start: %s", text);
}

static int start_server(const struct client_start *how, struct err *e)
{
	int log = open_log(how->state, e);
	int ready[2], rc;

	if (log < 0)
		return -1;
	if (pipe2(ready, O_CLOEXEC)) {
		close(log);
		return err_sys(e, errno, "cannot make a pipe");
	}
	rc = spawn(how, log, ready[1], e);
	close(log);
	close(ready[1]);
	if (!rc)
		rc = first_word(ready[0], how->state, e);
	close(ready[0]);
	return rc;
}

static int start_locked(struct client **out, const struct client_start *how, struct err *e)
{
	int lock, rc;

	if (dir_make(how->state, 0750, e) || lock_start(&lock, how->state, e))
		return -1;
	/* Another one may have started it while this one waited for the lock. */
	rc = client_open(out, how->socket, e);
	if (rc && e->code == ERR_UNREACHABLE)
		rc = start_server(how, e) ? -1 : client_open(out, how->socket, e);
	close(lock);
	return rc;
}

int client_open_or_start(struct client **out, const struct client_start *how, struct err *e)
{
	struct err local;

	if (!e)
		e = &local;
	/* A server that is about to end may still take the connection: only an answer counts. */
	for (int i = 0; i < TRIES; i++) {
		struct client *c;

		if (client_open(&c, how->socket, e)) {
			if (e->code != ERR_UNREACHABLE || start_locked(&c, how, e))
				return -1;
		}
		if (!client_call(c, REQUEST_HELLO, NULL, NULL, NULL, NULL, e)) {
			*out = c;
			return 0;
		}
		client_close(c);
		if (e->code != ERR_UNREACHABLE)
			return -1;
	}
	return -1;
}
