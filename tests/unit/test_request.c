/* Who may ask for what, spelt out apart from the table: a new request needs a row here too. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strs.h"
#include "model/request.h"

static const struct {
	const char *name;
	bool viewer, agent, operator;
} matrix[] = {
	{"accept", false, false, true},
	{"adopt", false, false, true},
	{"approve", false, false, true},
	{"audit-verify", true, true, true},
	{"check-run", false, true, true},
	{"commit", false, false, true},
	{"hello", true, true, true},
	{"incoming", true, true, true},
	{"info", true, true, true},
	{"news", true, true, true},
	{"propose", false, true, true},
	{"reconcile", false, false, true},
	{"reject", false, false, true},
	{"review", false, false, true},
	{"scan", false, false, true},
	{"stop", false, false, true},
	{"sweep", false, true, true},
	{"trust", false, false, true},
	{"withdraw", false, true, true},
};

static void each_role_may_send_just_these(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof matrix / sizeof *matrix; i++) {
		enum request r = request_parse(matrix[i].name);

		assert_int_not_equal(r, REQUEST_COUNT);
		assert_false(request_allowed(r, ROLE_NONE));
		assert_int_equal(request_allowed(r, ROLE_VIEWER), matrix[i].viewer);
		assert_int_equal(request_allowed(r, ROLE_AGENT), matrix[i].agent);
		assert_int_equal(request_allowed(r, ROLE_OPERATOR), matrix[i].operator);
	}
}

static void every_request_has_its_row(void **state)
{
	(void)state;
	assert_int_equal(sizeof matrix / sizeof *matrix, REQUEST_COUNT);
	for (int r = 0; r < REQUEST_COUNT; r++) {
		size_t found = 0;

		for (size_t i = 0; i < sizeof matrix / sizeof *matrix; i++)
			found += str_eq(matrix[i].name, request_table[r].name);
		assert_int_equal(found, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_may_send_just_these),
		cmocka_unit_test(every_request_has_its_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
