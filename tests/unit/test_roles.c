#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sock.h"
#include "base/strs.h"
#include "port/repo/repo.h"
#include "server/core.h"
#include "server/roles.h"
#include "server/serve_file.h"

/* Ids that no real account has, so that the machine's own users do not matter. */
#define MAX 600100
#define VERA 600101
#define LUNA 600102
#define SERVER 600199
#define ADM 600200
#define LOOKERS 600201

static void fill(struct server_config *c)
{
	*c = (struct server_config){0};
	strs_addf(&c->roles[ROLE_OPERATOR], "%d", MAX);
	strs_addf(&c->roles[ROLE_OPERATOR], "@%d", ADM);
	strs_addf(&c->roles[ROLE_VIEWER], "@%d", LOOKERS);
	strs_addf(&c->roles[ROLE_AGENT], "%d", LUNA);
}

static void the_highest_role_counts(void **state)
{
	static const struct {
		uid_t uid;
		gid_t groups[2];
		bool on_demand;
		enum role role;
	} cases[] = {
		{MAX, {0, 0}, false, ROLE_OPERATOR},
		{LUNA, {0, 0}, false, ROLE_AGENT},
		{LUNA, {5, LOOKERS}, false, ROLE_AGENT},
		{LUNA, {ADM, 5}, false, ROLE_OPERATOR},
		{VERA, {5, LOOKERS}, false, ROLE_VIEWER},
		{VERA, {5, 6}, false, ROLE_NONE},
		{LOOKERS, {5, 6}, false, ROLE_NONE}, /* a uid is no gid */
		{SERVER, {5, 6}, false, ROLE_NONE},
		{SERVER, {5, 6}, true, ROLE_OPERATOR},
		{VERA, {5, 6}, true, ROLE_NONE},
		{0, {0, 0}, false, ROLE_NONE},
	};
	struct server_config c;

	(void)state;
	fill(&c);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		gid_t groups[2] = {cases[i].groups[0], cases[i].groups[1]};
		const struct sock_peer peer = {
			.uid = cases[i].uid, .groups = groups, .group_count = 2};

		assert_int_equal(
			role_of_peer(&c, cases[i].on_demand, SERVER, &peer), cases[i].role);
	}
	config_finish(&c);
}

static void a_name_that_nobody_has_gives_nothing(void **state)
{
	struct server_config c = {0};
	const struct sock_peer peer = {.uid = VERA};

	(void)state;
	strs_add(&c.roles[ROLE_OPERATOR], "no-such-user-here");
	strs_add(&c.roles[ROLE_OPERATOR], "@no-such-group-here");
	strs_add(&c.roles[ROLE_OPERATOR], "");
	assert_int_equal(role_of_peer(&c, false, SERVER, &peer), ROLE_NONE);
	config_finish(&c);
}

static void an_agent_that_can_be_an_operator_is_not_separated(void **state)
{
	struct server_config c;

	(void)state;
	fill(&c);
	assert_true(roles_agent_separated(&c, false, SERVER));
	assert_true(roles_agent_separated(&c, true, SERVER));
	assert_false(roles_agent_separated(&c, true, LUNA));
	strs_addf(&c.roles[ROLE_OPERATOR], "%d", LUNA);
	assert_false(roles_agent_separated(&c, false, SERVER));
	config_finish(&c);
	fill(&c);
	strs_add(&c.roles[ROLE_AGENT], "0");
	assert_false(roles_agent_separated(&c, false, SERVER));
	config_finish(&c);
}

static void a_commit_names_the_login_of_others(void **state)
{
	struct repo_person who;

	(void)state;
	assert_true(user_person(&who, "max", geteuid() + 1));
	assert_string_equal(who.name, "max");
	assert_int_equal(strncmp(who.email, "max@", 4), 0);
	assert_true(strlen(who.email) > 4);
	repo_person_finish(&who);
	assert_false(user_person(&who, "max", geteuid()));
	assert_false(user_person(&who, "", geteuid() + 1));
	assert_null(who.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_highest_role_counts),
		cmocka_unit_test(a_name_that_nobody_has_gives_nothing),
		cmocka_unit_test(an_agent_that_can_be_an_operator_is_not_separated),
		cmocka_unit_test(a_commit_names_the_login_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
