#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void sets_code_and_message(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(err_set(&e, ERR_CONFLICT, "%s moved", "web1"), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(e.msg, "web1 moved");
}

static void takes_no_struct(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_FAIL, "x"), -1);
	assert_int_equal(err_sys(NULL, ENOENT, "x"), -1);
	assert_int_equal(err_prefix(NULL, "x"), -1);
}

static void names_the_errno(void **state)
{
	static const struct {
		int errnum;
		enum err_code code;
	} cases[] = {{ENOENT, ERR_MISSING}, {ETIMEDOUT, ERR_TIMEOUT}, {EACCES, ERR_FAIL}};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(err_sys(&e, cases[i].errnum, "cannot open %s", "a"), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_memory_equal(e.msg, "cannot open a: ", 15);
		assert_string_equal(e.msg + 15, strerror(cases[i].errnum));
	}
}

static void prefixes_and_keeps_the_code(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_LIMIT, "too long");
	assert_int_equal(err_prefix(&e, "line %d", 3), -1);
	assert_string_equal(e.msg, "line 3: too long");
	assert_int_equal(e.code, ERR_LIMIT);
}

static void builds_on_its_own_message(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_FAIL, "inner");
	err_set(&e, ERR_BUSY, "outer (%s)", e.msg);
	assert_string_equal(e.msg, "outer (inner)");
}

static void cuts_at_the_maximum(void **state)
{
	char text[2 * ERR_MSG_MAX];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	err_set(&e, ERR_FAIL, "%s", text);
	assert_int_equal(strlen(e.msg), ERR_MSG_MAX - 1);
	err_prefix(&e, "host");
	assert_int_equal(strlen(e.msg), ERR_MSG_MAX - 1);
	assert_memory_equal(e.msg, "host: xxx", 9);
}

static void code_names_go_there_and_back(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_CODE_COUNT; i++)
		assert_int_equal(err_code_parse(err_code_name((enum err_code)i)), i);
	assert_string_equal(err_code_name(ERR_REFUSED), "refused");
	assert_int_equal(err_code_parse("nonsense"), ERR_FAIL);
	assert_int_equal(err_code_parse(NULL), ERR_FAIL);
}

static void exit_statuses_are_the_documented_ones(void **state)
{
	static const int expected[ERR_CODE_COUNT] = {
		[ERR_NONE] = 0,
		[ERR_FAIL] = 1,
		[ERR_INPUT] = 2,
		[ERR_REFUSED] = 3,
		[ERR_MISSING] = 4,
		[ERR_CONFLICT] = 5,
		[ERR_BUSY] = 6,
		[ERR_UNREACHABLE] = 6,
		[ERR_TIMEOUT] = 6,
		[ERR_LIMIT] = 7,
	};

	(void)state;
	for (int i = 0; i < ERR_CODE_COUNT; i++)
		assert_int_equal(err_exit_status((enum err_code)i), expected[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_code_and_message),
		cmocka_unit_test(takes_no_struct),
		cmocka_unit_test(names_the_errno),
		cmocka_unit_test(prefixes_and_keeps_the_code),
		cmocka_unit_test(builds_on_its_own_message),
		cmocka_unit_test(cuts_at_the_maximum),
		cmocka_unit_test(code_names_go_there_and_back),
		cmocka_unit_test(exit_statuses_are_the_documented_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
