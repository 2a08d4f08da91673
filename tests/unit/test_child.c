#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"

/* Runs `script` under sh with the rest of the spec as given. */
static void run(struct child_result *r, const char *script, struct child_spec spec)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	struct err e;

	spec.argv = argv;
	if (child_run(r, &spec, &e))
		fail_msg("%s", e.msg);
}

static void output_error_and_status_stay_apart(void **state)
{
	struct child_result r;

	(void)state;
	run(&r, "echo out; echo err >&2; exit 7", (struct child_spec){0});
	assert_string_equal(buf_str(&r.out), "out\n");
	assert_string_equal(buf_str(&r.err), "err\n");
	assert_int_equal(r.exit_status, 7);
	assert_false(r.timed_out);
	child_result_finish(&r);
}

static void a_signal_is_128_and_its_number(void **state)
{
	struct child_result r;

	(void)state;
	run(&r, "kill -INT $$", (struct child_spec){0});
	assert_int_equal(r.exit_status, 128 + SIGINT);
	child_result_finish(&r);
}

static void an_inherited_ignored_sigchld_loses_no_status(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	struct child_result r;

	(void)state;
	sigaction(SIGCHLD, &ignore, &before);
	run(&r, "exit 3", (struct child_spec){0});
	sigaction(SIGCHLD, &before, NULL);
	assert_int_equal(r.exit_status, 3);
	child_result_finish(&r);
}

static void input_larger_than_a_pipe_comes_back(void **state)
{
	size_t n = 1 << 20;
	char *text = xmalloc(n);
	struct child_result r;

	(void)state;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)(i * 31 >> 3);
	run(&r, "cat", (struct child_spec){.input = text, .input_len = n});
	assert_int_equal(r.out.len, n);
	assert_memory_equal(r.out.data, text, n);
	child_result_finish(&r);
	free(text);
}

static void input_that_nobody_reads_does_no_harm(void **state)
{
	size_t n = 1 << 20;
	char *text = xcalloc(n, 1);
	struct child_result r;

	(void)state;
	/* Its stdin is closed while it goes on: writing meets EPIPE, and SIGPIPE must not come. */
	run(&r, "exec <&-; echo fine", (struct child_spec){.input = text, .input_len = n});
	assert_string_equal(buf_str(&r.out), "fine\n");
	assert_int_equal(r.exit_status, 0);
	child_result_finish(&r);
	free(text);
}

static void without_input_stdin_is_at_its_end(void **state)
{
	struct child_result r;

	(void)state;
	run(&r, "cat; echo done", (struct child_spec){0});
	assert_string_equal(buf_str(&r.out), "done\n");
	child_result_finish(&r);
}

static void output_past_the_cap_is_read_and_dropped(void **state)
{
	struct child_result r;

	(void)state;
	run(&r,
		"i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789;"
		" i=$((i+1)); done; echo e >&2",
		(struct child_spec){.out_max = 10, .err_max = 10});
	assert_string_equal(buf_str(&r.out), "0123456789");
	assert_true(r.out.overflow);
	assert_string_equal(buf_str(&r.err), "e\n");
	assert_false(r.err.overflow);
	assert_int_equal(r.exit_status, 0);
	child_result_finish(&r);
}

static void a_flood_ends_it(void **state)
{
	static const char *const scripts[] = {
		"while :; do echo 0123456789; done",		/* would never end */
		"while :; do echo 0123456789; done >&2 & wait", /* nor would this one's group */
	};
	struct child_result r;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		run(&r, scripts[i], (struct child_spec){.out_max = 10, .flood_max = 100000});
		assert_true(r.flooded);
		assert_int_equal(r.exit_status, 128 + SIGKILL);
		assert_int_equal(r.out.len + r.err.len > 100000, i);
		child_result_finish(&r);
	}
	run(&r, "echo 0123456789", (struct child_spec){.flood_max = 11});
	assert_false(r.flooded);
	child_result_finish(&r);
}

static void environment_is_the_given_one_only(void **state)
{
	static const char *const env[] = {"A=1", NULL};
	static const char *const argv[] = {"/usr/bin/env", NULL};
	struct child_spec spec = {.argv = argv};
	struct child_result r;
	struct err e;

	(void)state;
	setenv("SECRET", "x", 1);
	assert_int_equal(child_run(&r, &spec, &e), 0);
	assert_string_equal(
		buf_str(&r.out), "LC_ALL=C\nTZ=UTC\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
	child_result_finish(&r);
	spec.env = env;
	assert_int_equal(child_run(&r, &spec, &e), 0);
	assert_string_equal(buf_str(&r.out), "A=1\n");
	child_result_finish(&r);
}

static void directory_is_the_given_one(void **state)
{
	struct child_result r;

	(void)state;
	run(&r, "pwd", (struct child_spec){.dir = "/usr"});
	assert_string_equal(buf_str(&r.out), "/usr\n");
	child_result_finish(&r);
}

static void no_other_descriptor_reaches_it(void **state)
{
	int leak = fcntl(STDIN_FILENO, F_DUPFD, 50); /* not close-on-exec */
	struct child_result r;

	(void)state;
	assert_int_equal(leak, 50);
	run(&r, "cd /proc/$$/fd; [ -e 0 -a -e 1 -a -e 2 ] && [ ! -e 50 ] && echo closed",
		(struct child_spec){0});
	close(leak);
	assert_string_equal(buf_str(&r.out), "closed\n");
	child_result_finish(&r);
}

static void signals_and_group_are_fresh(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	struct child_result r;
	sigset_t set, mask;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &mask);
	sigaction(SIGPIPE, &ignore, &before);
	/* Fields of proc(5), of the masks the first 28 signals: libc keeps 32 and 33 to itself. The
	 * group's number is the shell's own. */
	run(&r,
		"while read k v; do case $k in SigBlk:|SigIgn:) echo $k ${v#?????????};; esac; done"
		" </proc/self/status; read l </proc/$$/stat; set -- $l; [ $5 = $$ ] && echo leader",
		(struct child_spec){0});
	sigaction(SIGPIPE, &before, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_string_equal(buf_str(&r.out), "SigBlk: 0000000\nSigIgn: 0000000\nleader\n");
	child_result_finish(&r);
}

static void what_cannot_run_is_an_error(void **state)
{
	static const struct {
		const char *path, *dir;
		enum err_code code;
		const char *message;
	} cases[] = {
		{"/nonexistent/x", NULL, ERR_MISSING, "cannot run /nonexistent/x: "},
		{"/etc", NULL, ERR_FAIL, "cannot run /etc: "},
		{"/bin/sh", "/nonexistent", ERR_MISSING, "cannot enter /nonexistent: "},
		{"sh", NULL, ERR_INPUT, "cannot run \"sh\": not an absolute path"},
		{NULL, NULL, ERR_INPUT, "cannot run \"\": not an absolute path"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *argv[] = {cases[i].path, NULL};
		struct child_spec spec = {.argv = argv, .dir = cases[i].dir};
		struct child_result r;
		struct err e = {0};

		assert_int_equal(child_run(&r, &spec, &e), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_memory_equal(e.msg, cases[i].message, strlen(cases[i].message));
	}
	/* No zombie is left of those that forked. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void what_stays_in_the_background_is_not_waited_for(void **state)
{
	struct child_result r;
	pid_t pid;

	(void)state;
	run(&r, "sleep 1000 & echo $!", (struct child_spec){0});
	assert_int_equal(r.exit_status, 0);
	pid = (pid_t)strtol(buf_str(&r.out), NULL, 10);
	assert_true(pid > 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	child_result_finish(&r);
}

/* What an asynchronous child gave. */
struct got {
	int calls;
	int exit_status;
	int timed_out;
	int64_t duration_ms;
	char out[64];
	struct child *child; /* killed from inside the callback: must do nothing */
	struct loop *loop;
};

static void on_done(void *arg, struct child_result *r)
{
	struct got *g = arg;

	g->calls++;
	g->exit_status = r->exit_status;
	g->timed_out = r->timed_out;
	g->duration_ms = r->duration_ms;
	strncat(g->out, buf_str(&r->out), sizeof g->out - 1);
	child_kill(g->child);
	if (g->loop)
		loop_stop(g->loop);
}

static void start(struct got *g, struct loop *l, const char *script, int64_t deadline_ms)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	struct child_spec spec = {.argv = argv, .deadline_ms = deadline_ms};
	struct err e;

	*g = (struct got){0};
	if (child_start(&g->child, l, &spec, on_done, g, &e))
		fail_msg("%s", e.msg);
}

static void several_run_on_one_loop(void **state)
{
	struct loop *l = loop_new(clock_system());
	struct got g[5];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		static const char *const scripts[] = {
			"echo 0", "echo 1; exit 1", "echo 2; exit 2", "echo 3; exit 3", "echo 4"};

		start(&g[i], l, scripts[i], 0);
	}
	loop_run(l); /* ends by itself: nothing of a finished child is left on the loop */
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(g[i].calls, 1);
		assert_int_equal(g[i].out[0], (int)('0' + i));
		assert_int_equal(g[i].exit_status, i == 4 ? 0 : i);
	}
	loop_free(l);
}

static void step_until(struct loop *l, const int *calls, int wanted)
{
	while (*calls < wanted)
		if (!loop_step(l, 100))
			break;
	assert_int_equal(*calls, wanted);
}

/* A loop at a frozen time, and a fifo on which scripts (with its path as %s) tell where they are.
 */
struct stage {
	int64_t now;
	struct clock clock;
	struct loop *loop;
	char *path;
	int fifo;
	int lines;
};

static void on_line(void *arg, int fd, short revents)
{
	struct stage *s = arg;
	char c[16];

	(void)revents;
	if (read(fd, c, sizeof c) > 0)
		s->lines++;
}

static int setup(void **state)
{
	struct stage *s = xcalloc(1, sizeof *s);

	s->clock = clock_frozen(&s->now);
	s->loop = loop_new(&s->clock);
	s->path = xasprintf("/tmp/opsdeck-test-child.%d", (int)getpid());
	*state = s;
	if (mkfifo(s->path, 0600))
		return -1;
	s->fifo = open(s->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return s->fifo < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	loop_free(s->loop);
	close(s->fifo);
	unlink(s->path);
	free(s->path);
	free(s);
	return 0;
}

/* Starts the script and waits for its first line on the fifo. */
static void start_told(struct stage *s, struct got *g, const char *before, const char *behind)
{
	char *script = xasprintf("%s %s %s", before, s->path, behind);
	struct loop_io *io = loop_io_add(s->loop, s->fifo, POLLIN, on_line, s);

	start(g, s->loop, script, 50);
	step_until(s->loop, &s->lines, 1);
	loop_io_del(io);
	free(script);
}

static void the_deadline_ends_the_whole_group(void **state)
{
	struct stage *s = *state;
	struct pollfd gone = {.fd = s->fifo};
	struct got g;

	start_told(s, &g, "{ echo x; exec sleep 1000; } >", "& wait");
	s->now += 49;
	loop_step(s->loop, 0);
	assert_int_equal(g.calls, 0);
	s->now += 1;
	step_until(s->loop, &g.calls, 1);
	assert_true(g.timed_out);
	assert_int_equal(g.exit_status, 128 + SIGTERM);
	assert_int_equal(poll(&gone, 1, 10000), 1); /* who held the fifo open is gone too */
	assert_true(gone.revents & POLLHUP);
}

static void a_child_deaf_to_term_is_killed(void **state)
{
	struct stage *s = *state;
	struct got g;

	start_told(s, &g, "trap '' TERM; echo x >", "; while :; do sleep 1000; done");
	s->now += 50;
	loop_step(s->loop, 0);
	s->now += 1999;
	loop_step(s->loop, 0);
	assert_int_equal(g.calls, 0);
	s->now += 1;
	step_until(s->loop, &g.calls, 1);
	assert_true(g.timed_out);
	assert_int_equal(g.exit_status, 128 + SIGKILL);
	assert_int_equal(g.duration_ms, 2050);
}

static void what_is_deaf_below_a_child_that_heeds_is_killed(void **state)
{
	struct stage *s = *state;
	struct pollfd gone = {.fd = s->fifo};
	struct got g;

	start_told(s, &g, "{ trap '' TERM; echo x; exec sleep 1000; } >", "& wait");
	s->now += 50;
	step_until(s->loop, &g.calls, 1);
	assert_int_equal(g.exit_status, 128 + SIGTERM);
	assert_int_equal(poll(&gone, 1, 10000), 1);
	assert_true(gone.revents & POLLHUP);
}

static void a_child_that_left_its_group_is_ended_too(void **state)
{
	static const char *const argv[] = {
		"/usr/bin/perl", "-e", "setpgrp(0, getpgrp(getppid)); sleep 1000", NULL};
	const struct child_spec spec = {.argv = argv, .deadline_ms = 200};
	struct child_result r;
	struct err e;

	(void)state;
	assert_int_equal(child_run(&r, &spec, &e), 0);
	assert_int_equal(r.exit_status, 128 + SIGTERM);
	child_result_finish(&r);
}

/* As with sudo: the child belongs to another user than we do. Only root can arrange that. */
static void a_child_of_another_user_is_left_alone(void **state)
{
	int64_t now = 0;
	struct clock clock = clock_frozen(&now);
	struct loop *l = loop_new(&clock);
	struct got g;
	pid_t pid;

	(void)state;
	if (geteuid()) {
		loop_free(l);
		skip();
	}
	start(&g, l, "echo $$; exec sleep 1000", 100000);
	assert_int_equal(setresuid(65534, 65534, 0), 0);
	loop_step(l, -1); /* its number */
	for (int i = 0; i < 3; i++) {
		static const int64_t steps[] = {100000, 2000, 1000};

		assert_int_equal(g.calls, 0);
		now += steps[i];
		loop_step(l, 0);
	}
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(g.calls, 1);
	assert_true(g.timed_out);
	assert_int_equal(g.exit_status, 128 + SIGKILL);
	assert_false(loop_step(l, 0)); /* nothing of it is left on the loop */
	pid = (pid_t)strtol(g.out, NULL, 10);
	assert_true(pid > 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	loop_free(l);
}

static void a_killed_child_is_gone_and_silent(void **state)
{
	struct loop *l = loop_new(clock_system());
	struct got g;

	(void)state;
	start(&g, l, "sleep 1000 & wait", 5000);
	child_kill(g.child);
	child_kill(NULL);
	loop_run(l); /* nothing is left on the loop */
	assert_int_equal(g.calls, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	loop_free(l);
}

static void no_descriptor_stays_open_here(void **state)
{
	struct strs before = {0}, after = {0};
	struct child_result r;
	struct err e;

	(void)state;
	assert_int_equal(dir_list(&before, "/proc/self/fd", &e), 0);
	run(&r, "echo x", (struct child_spec){.input = "y", .input_len = 1});
	child_result_finish(&r);
	assert_int_equal(dir_list(&after, "/proc/self/fd", &e), 0);
	assert_int_equal(before.n, after.n);
	strs_finish(&before);
	strs_finish(&after);
}

static void pipes_stay_open_for_a_worker(void **state)
{
	static const char *const argv[] = {"/bin/cat", NULL};
	struct pollfd p;
	char line[8] = "";
	struct err e;
	int to, from, status;
	pid_t pid;

	(void)state;
	assert_int_equal(child_pipe(&pid, &to, &from, argv, NULL, &e), 0);
	assert_true(fcntl(from, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(to, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(to, F_GETFD) & FD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(write(to, "ping\n", 5), 5);
		p = (struct pollfd){.fd = from, .events = POLLIN};
		assert_int_equal(poll(&p, 1, 10000), 1);
		assert_int_equal(read(from, line, sizeof line - 1), 5);
		assert_string_equal(line, "ping\n");
	}
	close(to);
	close(from);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void own_path_is_absolute(void **state)
{
	char *path = self_path();

	(void)state;
	assert_int_equal(path[0], '/');
	assert_non_null(strstr(path, "test_child"));
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_error_and_status_stay_apart),
		cmocka_unit_test(a_signal_is_128_and_its_number),
		cmocka_unit_test(an_inherited_ignored_sigchld_loses_no_status),
		cmocka_unit_test(input_larger_than_a_pipe_comes_back),
		cmocka_unit_test(input_that_nobody_reads_does_no_harm),
		cmocka_unit_test(without_input_stdin_is_at_its_end),
		cmocka_unit_test(output_past_the_cap_is_read_and_dropped),
		cmocka_unit_test(a_flood_ends_it),
		cmocka_unit_test(environment_is_the_given_one_only),
		cmocka_unit_test(directory_is_the_given_one),
		cmocka_unit_test(no_other_descriptor_reaches_it),
		cmocka_unit_test(signals_and_group_are_fresh),
		cmocka_unit_test(what_cannot_run_is_an_error),
		cmocka_unit_test(what_stays_in_the_background_is_not_waited_for),
		TEST(the_deadline_ends_the_whole_group),
		cmocka_unit_test(several_run_on_one_loop),
		TEST(a_child_deaf_to_term_is_killed),
		TEST(what_is_deaf_below_a_child_that_heeds_is_killed),
		cmocka_unit_test(a_child_that_left_its_group_is_ended_too),
		cmocka_unit_test(a_child_of_another_user_is_left_alone),
		cmocka_unit_test(a_killed_child_is_gone_and_silent),
		cmocka_unit_test(no_descriptor_stays_open_here),
		cmocka_unit_test(pipes_stay_open_for_a_worker),
		cmocka_unit_test(own_path_is_absolute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
