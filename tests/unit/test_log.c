#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

/* Reads what was logged through a pipe. */
static void expect(int fd, const char *text)
{
	char got[8192] = "";

	if (*text)
		assert_true(read(fd, got, sizeof got - 1) > 0);
	assert_string_equal(got, text);
}

static void lines_have_name_and_level(void **state)
{
	int fds[2];
	struct log l;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_int_equal(pipe(fds), 0);
	l = (struct log){.fd = fds[1], .level = LOG_LEVEL_DEBUG};
	log_line(&l, LOG_LEVEL_ERROR, "no %s", "route");
	expect(fds[0], "opsdeck: error: no route\n");
	log_line(&l, LOG_LEVEL_WARN, "a");
	log_line(&l, LOG_LEVEL_INFO, "b");
	log_line(&l, LOG_LEVEL_DEBUG, "c");
	expect(fds[0], "opsdeck: warn: a\nopsdeck: info: b\nopsdeck: debug: c\n");
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_line(&l, LOG_LEVEL_WARN, "a");
	log_line(&l, LOG_LEVEL_ERROR, "b");
	expect(fds[0], "<4>a\n<3>b\n");
	unsetenv("JOURNAL_STREAM");
	close(fds[0]);
	close(fds[1]);
}

static void levels_above_are_dropped(void **state)
{
	int fds[2];
	struct log l;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	l = (struct log){.fd = fds[1], .level = LOG_LEVEL_WARN};
	log_line(&l, LOG_LEVEL_INFO, "dropped");
	log_line(NULL, LOG_LEVEL_ERROR, "dropped");
	log_line(&l, LOG_LEVEL_WARN, "kept");
	expect(fds[0], "opsdeck: warn: kept\n");
	close(fds[0]);
	close(fds[1]);
}

static void a_line_is_one_safe_line(void **state)
{
	char text[6000], got[8192] = "";
	int fds[2];
	struct log l;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	l = (struct log){.fd = fds[1], .level = LOG_LEVEL_WARN};
	log_line(&l, LOG_LEVEL_WARN, "%s", "a\nopsdeck: error: forged\x1b[0m");
	expect(fds[0], "opsdeck: warn: a<U+000A>opsdeck: error: forged<U+001B>[0m\n");
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	log_line(&l, LOG_LEVEL_WARN, "%s", text);
	assert_int_equal(read(fds[0], got, sizeof got), 4097);
	assert_int_equal(got[4096], '\n');
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_name_and_level),
		cmocka_unit_test(levels_above_are_dropped),
		cmocka_unit_test(a_line_is_one_safe_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
