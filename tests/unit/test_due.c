#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/fleet.h"
#include "server/due.h"
#include "server/gather.h"

#define EVERY 60000
#define HOUR 3600000

static char host_name[] = "web1", a_name[] = "a-slow", b_name[] = "b-fast", c_name[] = "c-fast";
static struct check_command slow[] = {{.timeout_ms = 25000}, {.timeout_ms = 30000}};
static struct check_command fast[] = {{.timeout_ms = 5000}};

/* Two hosts; the slow check comes first by name. */
static struct check checks[] = {
	{.name = a_name,
		.everywhere = true,
		.every_ms = 6 * HOUR,
		.commands = slow,
		.command_count = 2},
	{.name = b_name,
		.everywhere = true,
		.every_ms = EVERY,
		.commands = fast,
		.command_count = 1},
	{.name = c_name,
		.everywhere = true,
		.every_ms = HOUR,
		.commands = fast,
		.command_count = 1},
};
static struct host hosts[] = {{.name = host_name}, {.name = host_name}};
static struct fleet fleet = {.hosts = hosts, .host_count = 2};
static struct catalogue catalogue = {.checks = checks, .check_count = 3};
static const struct intent intent = {.fleet = &fleet, .catalogue = &catalogue};

static void planned(struct due *d, int64_t now, bool all, const char *want)
{
	struct gather_item item;
	char got[8] = "";

	due_plan(d, &hosts[1], all, now, EVERY, &item);
	for (size_t i = 0; i < item.check_count; i++)
		got[i] = item.checks[i]->name[0];
	assert_string_equal(got, want);
	free(item.checks);
}

static void cheap_ones_come_first(void **state)
{
	struct due *d = due_new(&intent);

	(void)state;
	planned(d, 1000, false, "bca");
	due_free(d);
}

static void each_is_due_after_its_period(void **state)
{
	struct due *d = due_new(&intent);

	(void)state;
	planned(d, 0, false, "bca");
	planned(d, EVERY / 3, false, "");
	planned(d, EVERY / 3, true, "bca");
	planned(d, EVERY, false, "b");
	planned(d, HOUR + EVERY, false, "bc");
	planned(d, 7 * HOUR, false, "bca");
	due_free(d);
}

/* Cut short, or a host that did not answer: it does not wait for six hours. */
static void unread_is_due_soon(void **state)
{
	static const struct {
		bool judged, cut;
		const char *want;
	} cases[] = {{true, false, "b"}, {true, true, "bca"}, {false, false, "bca"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct due *d = due_new(&intent);
		struct gathered_check of[3];
		const struct gathered g = {.host = &hosts[1], .checks = of, .check_count = 3};

		for (size_t k = 0; k < 3; k++)
			of[k] = (struct gathered_check){.check = &checks[k],
				.judged = cases[i].judged,
				.cut = cases[i].cut};
		planned(d, 0, false, "bca");
		due_again(d, &g, 0, EVERY);
		planned(d, EVERY, false, "b");
		planned(d, 4 * EVERY, false, cases[i].want);
		due_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cheap_ones_come_first),
		cmocka_unit_test(each_is_due_after_its_period),
		cmocka_unit_test(unread_is_due_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
