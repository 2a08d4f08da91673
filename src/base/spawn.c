#include "config.h"

#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const clean_env[] = {
	"LC_ALL=C", "TZ=UTC", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};

/* What the new process tells before exec; nothing comes when exec worked. */
struct failure {
	int errnum;
	bool in_dir;
};

void spawn_fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void spawn_pipe_close(int pair[2])
{
	spawn_fd_close(&pair[0]);
	spawn_fd_close(&pair[1]);
}

/* Above 2, so that dup2 onto 0-2 in the child cannot hit another one. */
int spawn_pipe(int pair[2], struct err *e)
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
	spawn_pipe_close(pair);
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

static void become(const struct spawn_spec *spec, struct failure *f)
{
	const char *const *env = spec->env ? spec->env : clean_env;

	setpgid(0, 0);
	default_signals();
	for (int i = 0; i < SPAWN_COUNT; i++) {
		if (spec->ends[i] >= 0 && dup2(spec->ends[i], i) < 0) {
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

static void run_child(const struct spawn_spec *spec, int tell)
{
	struct failure f = {0};

	become(spec, &f);
	while (write(tell, &f, sizeof f) < 0 && errno == EINTR)
		continue;
	_exit(127);
}

/* Waits until exec worked (EOF) or reads why not; a child that failed is reaped. */
static int await_exec(const struct spawn_spec *spec, pid_t pid, int told, struct err *e)
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

/* A parent may have left SIGCHLD ignored to us. Then the kernel reaps our children by itself: their
 * status is lost, and their number may be another's by the time we use it. */
static void keep_children(void)
{
	struct sigaction now, dfl = {.sa_handler = SIG_DFL};

	if (!sigaction(SIGCHLD, NULL, &now) && now.sa_handler == SIG_IGN)
		sigaction(SIGCHLD, &dfl, NULL);
}

int spawn_process(pid_t *pid, const struct spawn_spec *spec, struct err *e)
{
	int tell[2];
	sigset_t all, before;
	int errnum, rc;

	if (!spec->argv[0] || spec->argv[0][0] != '/')
		return err_set(e, ERR_INPUT, "cannot run \"%s\": not an absolute path",
			spec->argv[0] ? spec->argv[0] : "");
	if (spawn_pipe(tell, e))
		return -1;
	keep_children();
	/* No handler of ours may run in the child before it has dropped them. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	errnum = errno;
	if (!*pid)
		run_child(spec, tell[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	spawn_fd_close(&tell[1]);
	rc = *pid < 0 ? err_sys(e, errnum, "cannot start a process")
		      : await_exec(spec, *pid, tell[0], e);
	spawn_fd_close(&tell[0]);
	return rc;
}
