#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "server/sandbox.h"

/* Each try is made in a child behind the walls; it must be refused, with EPERM. */

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_exec(void)
{
	char *argv[] = {(char *)"/bin/true", NULL};

	return execv(argv[0], argv);
}

static int try_fork(void)
{
	return fork();
}

static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int try_kill(void)
{
	return kill(getppid(), 0);
}

static int try_unlink(void)
{
	return unlink("/nonexistent");
}

static int try_executable_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static const struct {
	const char *name;
	int (*fn)(void);
} tries[] = {
	{"open", try_open},
	{"socket", try_socket},
	{"unix socket", try_unix_socket},
	{"exec", try_exec},
	{"fork", try_fork},
	{"ptrace", try_ptrace},
	{"kill", try_kill},
	{"unlink", try_unlink},
	{"executable memory", try_executable_memory},
};

/* 0: refused with EPERM; 1: let through; 2: another error; 3: the walls did not come up. */
static int behind_walls(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct err e;

		if (sandbox_limit(&e) || sandbox_enter(&e))
			_exit(3);
		errno = 0;
		if (fn() >= 0)
			_exit(1);
		_exit(errno == EPERM ? 0 : 2);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void bars_what_a_reader_does_not_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		int result = behind_walls(tries[i].fn);

		if (result)
			fail_msg("%s: %d", tries[i].name, result);
	}
}

static int work(void)
{
	char *big = xmalloc(1 << 24);

	big[1 << 20] = 1;
	big = xrealloc(big, 1 << 25);
	free(big);
	errno = EPERM;
	return write(STDERR_FILENO, "", 0) == 0 ? -1 : 0;
}

static void leaves_what_it_needs(void **state)
{
	(void)state;
	assert_int_equal(behind_walls(work), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_what_a_reader_does_not_need),
		cmocka_unit_test(leaves_what_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
