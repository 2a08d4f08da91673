#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strs.h"
#include "server/check_test.h"

/* Every recorded sample of every check that ships comes out as expected. With names as arguments:
 * of these only. */
static struct strs names;

static void all_samples_come_out_as_expected(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *dir = xasprintf("%s/checks", src ? src : ".");

	(void)state;
	assert_int_equal(check_test_main(&names, dir, stdout), 0);
	free(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_samples_come_out_as_expected),
	};
	int rc;

	for (int i = 1; i < argc; i++)
		strs_add(&names, argv[i]);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	strs_finish(&names);
	return rc;
}
