#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"

/* A loop at a frozen time, two pipes, and a trace of what ran. */
struct bench {
	int64_t now;
	struct clock clock;
	struct loop *loop;
	int a[2], b[2];
	struct loop_io *ios[2];
	struct loop_timer *timers[8];
	char trace[64];
};

struct mark {
	struct bench *bench;
	char letter;
};

static void trace(struct bench *b, char letter)
{
	size_t n = strlen(b->trace);

	assert_true(n + 1 < sizeof b->trace);
	b->trace[n] = letter;
	b->trace[n + 1] = '\0';
}

static int setup(void **state)
{
	static struct bench b;

	b = (struct bench){.now = 1000};
	b.clock = clock_frozen(&b.now);
	b.loop = loop_new(&b.clock);
	*state = &b;
	return pipe(b.a) || pipe(b.b);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	loop_free(b->loop);
	for (int i = 0; i < 2; i++) {
		close(b->a[i]);
		close(b->b[i]);
	}
	return 0;
}

static void say(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void on_mark(void *arg)
{
	struct mark *m = arg;

	trace(m->bench, m->letter);
}

static void timers_run_in_order_of_time_then_of_adding(void **state)
{
	struct bench *b = *state;
	static const int64_t delays[] = {30, 10, 20, 10, 0, 25};
	struct mark marks[6];

	for (size_t i = 0; i < 6; i++) {
		marks[i] = (struct mark){b, (char)('a' + i)};
		loop_timer_add(b->loop, delays[i], on_mark, &marks[i]);
	}
	assert_true(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "e");
	b->now += 9;
	assert_true(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "e");
	b->now += 1;
	assert_true(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "ebd");
	b->now += 100;
	assert_false(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "ebdcfa");
}

static void deleted_timers_do_not_run(void **state)
{
	struct bench *b = *state;
	struct mark marks[8];

	for (size_t i = 0; i < 8; i++) {
		marks[i] = (struct mark){b, (char)('a' + i)};
		b->timers[i] = loop_timer_add(b->loop, (int64_t)(i * 7 % 8), on_mark, &marks[i]);
	}
	loop_timer_del(b->timers[0]);
	loop_timer_del(b->timers[3]);
	loop_timer_del(b->timers[5]);
	loop_timer_del(NULL);
	b->now += 10;
	assert_false(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "hgecb");
}

static void on_delete_others(void *arg)
{
	struct bench *b = arg;

	trace(b, '1');
	loop_timer_del(b->timers[0]); /* the one that runs: no harm */
	loop_timer_del(b->timers[1]); /* due in this very round */
	loop_io_del(b->ios[0]);
}

static void never(void *arg)
{
	(void)arg;
	fail_msg("a deleted timer ran");
}

static void on_read(void *arg, int fd, short revents)
{
	struct mark *m = arg;
	char c;

	assert_true(revents & POLLIN);
	assert_int_equal(read(fd, &c, 1), 1);
	trace(m->bench, m->letter);
}

static void a_timer_may_delete_any_source(void **state)
{
	struct bench *b = *state;
	struct mark m = {b, 'r'};

	b->timers[0] = loop_timer_add(b->loop, 0, on_delete_others, b);
	b->timers[1] = loop_timer_add(b->loop, 0, never, b);
	b->ios[0] = loop_io_add(b->loop, b->a[0], POLLIN, on_read, &m);
	assert_false(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "1");
}

static void on_renew(void *arg)
{
	struct bench *b = arg;

	trace(b, 't');
	loop_timer_add(b->loop, 0, on_renew, b);
}

static void a_timer_that_renews_itself_starves_nobody(void **state)
{
	struct bench *b = *state;
	struct mark m = {b, 'r'};

	loop_timer_add(b->loop, 0, on_renew, b);
	loop_io_add(b->loop, b->a[0], POLLIN, on_read, &m);
	say(b->a[1]);
	assert_true(loop_step(b->loop, -1));
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "rtt");
}

static void on_delete_both(void *arg, int fd, short revents)
{
	struct bench *b = arg;

	(void)fd;
	(void)revents;
	trace(b, 'd');
	loop_io_del(b->ios[0]);
	loop_io_del(b->ios[1]);
	loop_io_del(NULL);
}

static void whoever_runs_first_may_delete_both(void **state)
{
	struct bench *b = *state;

	b->ios[0] = loop_io_add(b->loop, b->a[0], POLLIN, on_delete_both, b);
	b->ios[1] = loop_io_add(b->loop, b->b[0], POLLIN, on_delete_both, b);
	say(b->a[1]);
	say(b->b[1]);
	assert_false(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "d");
}

static void on_mute_other(void *arg, int fd, short revents)
{
	struct bench *b = arg;
	char c;

	(void)revents;
	assert_int_equal(read(fd, &c, 1), 1);
	trace(b, 'm');
	loop_io_events(b->ios[fd == b->a[0]], 0);
}

static void a_source_that_asks_for_nothing_gets_nothing(void **state)
{
	struct bench *b = *state;

	b->ios[0] = loop_io_add(b->loop, b->a[0], POLLIN, on_mute_other, b);
	b->ios[1] = loop_io_add(b->loop, b->b[0], POLLIN, on_mute_other, b);
	say(b->a[1]);
	say(b->b[1]);
	assert_true(loop_step(b->loop, -1)); /* the second was ready, and muted meanwhile */
	assert_string_equal(b->trace, "m");
	close(b->b[1]); /* nor does a hang-up wake it */
	assert_true(loop_step(b->loop, 0));
	assert_string_equal(b->trace, "m");
	loop_io_events(b->ios[1], POLLIN);
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "mm");
	b->b[1] = dup(b->a[1]);
}

static void on_add(void *arg, int fd, short revents)
{
	struct mark *m = arg;

	on_read(m, fd, revents);
	for (int i = 0; i < 20; i++)
		loop_io_add(m->bench->loop, m->bench->b[0], 0, on_read, m);
	m->bench->ios[1] = loop_io_add(m->bench->loop, m->bench->b[0], POLLIN, on_read, m);
}

static void a_callback_may_add_sources(void **state)
{
	struct bench *b = *state;
	struct mark m = {b, 'r'};

	loop_io_add(b->loop, b->a[0], POLLIN, on_add, &m);
	say(b->a[1]);
	say(b->b[1]);
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "r");
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "rr");
}

static void on_nest(void *arg, int fd, short revents)
{
	struct mark *m = arg;

	loop_io_del(m->bench->ios[0]);
	on_read(m, fd, revents);
	trace(m->bench, '(');
	loop_step(m->bench->loop, -1);
	trace(m->bench, ')');
}

static void a_callback_may_run_a_round_of_its_own(void **state)
{
	struct bench *b = *state;
	struct mark outer = {b, 'o'}, inner = {b, 'i'};

	b->ios[0] = loop_io_add(b->loop, b->a[0], POLLIN, on_nest, &outer);
	say(b->a[1]);
	b->ios[1] = loop_io_add(b->loop, b->b[0], POLLIN, on_read, &inner);
	loop_io_events(b->ios[1], POLLIN);
	say(b->b[1]);
	say(b->b[1]);
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "o(i)i");
}

static void on_stop(void *arg)
{
	struct mark *m = arg;

	on_mark(m);
	loop_stop(m->bench->loop);
}

static void stop_ends_the_run_at_once_and_once(void **state)
{
	struct bench *b = *state;
	struct mark one = {b, '1'}, two = {b, '2'};

	loop_timer_add(b->loop, 0, on_stop, &one);
	loop_timer_add(b->loop, 0, on_mark, &two);
	loop_run(b->loop);
	assert_string_equal(b->trace, "1");
	loop_run(b->loop);
	assert_string_equal(b->trace, "12");
}

static void nothing_left_ends_the_run(void **state)
{
	struct bench *b = *state;

	loop_run(b->loop);
	assert_false(loop_step(b->loop, -1));
}

static void on_signal(void *arg, int signo)
{
	struct bench *b = arg;

	trace(b, signo == SIGUSR1 ? 'u' : 'v');
}

static void on_alarm(void *arg, int signo)
{
	(void)signo;
	trace(arg, '!');
}

static bool is_blocked(int signo)
{
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	return sigismember(&set, signo) == 1;
}

static void signals_come_as_callbacks(void **state)
{
	struct bench *b = *state;

	loop_signal(b->loop, SIGUSR1, on_signal, b);
	loop_signal(b->loop, SIGUSR2, on_signal, b);
	loop_io_add(b->loop, b->a[0], POLLIN, on_mute_other, b);
	raise(SIGUSR1);
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "u");
	raise(SIGUSR2);
	assert_true(loop_step(b->loop, -1));
	assert_string_equal(b->trace, "uv");
}

static void a_muted_hang_up_does_not_wake_it(void **state)
{
	struct bench *b = *state;
	struct itimerval soon = {.it_value.tv_usec = 5000};

	loop_signal(b->loop, SIGALRM, on_alarm, b);
	loop_io_add(b->loop, b->a[0], 0, on_mute_other, b);
	close(b->a[1]);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_true(loop_step(b->loop, -1)); /* returns for the signal, and for nothing before */
	assert_string_equal(b->trace, "!");
	b->a[1] = dup(b->b[1]);
}

static void signals_alone_do_not_keep_it_going(void **state)
{
	struct bench *b = *state;

	loop_signal(b->loop, SIGUSR1, on_signal, b);
	loop_run(b->loop);
	assert_string_equal(b->trace, "");
}

static void freeing_restores_the_mask_and_drops_what_is_pending(void **state)
{
	struct bench *b = *state;
	struct loop *l = loop_new(&b->clock);

	assert_false(is_blocked(SIGUSR1));
	loop_signal(l, SIGUSR1, on_signal, b);
	assert_true(is_blocked(SIGUSR1));
	raise(SIGUSR1); /* would end this program if it came through */
	loop_free(l);
	assert_false(is_blocked(SIGUSR1));
	assert_string_equal(b->trace, "");
}

static void a_mask_from_before_stays(void **state)
{
	struct bench *b = *state;
	struct loop *l = loop_new(&b->clock);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	loop_signal(l, SIGUSR1, on_signal, b);
	loop_free(l);
	assert_true(is_blocked(SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_run_in_order_of_time_then_of_adding),
		TEST(deleted_timers_do_not_run),
		TEST(a_timer_may_delete_any_source),
		TEST(a_timer_that_renews_itself_starves_nobody),
		TEST(whoever_runs_first_may_delete_both),
		TEST(a_source_that_asks_for_nothing_gets_nothing),
		TEST(a_callback_may_add_sources),
		TEST(a_callback_may_run_a_round_of_its_own),
		TEST(stop_ends_the_run_at_once_and_once),
		TEST(nothing_left_ends_the_run),
		TEST(signals_come_as_callbacks),
		TEST(a_muted_hang_up_does_not_wake_it),
		TEST(signals_alone_do_not_keep_it_going),
		TEST(freeing_restores_the_mask_and_drops_what_is_pending),
		TEST(a_mask_from_before_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
