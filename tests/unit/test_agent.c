#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "scratch.h"
#include "server/agent.h"
#include "server/core.h"
#include "server/serve_file.h"
#include "store/write.h"

#define OPERATOR "600100" /* ids that no real account has */
#define AGENT "600102"

struct place {
	char *dir;
	struct server_core core;
	struct err e;
};

static void begin(struct place *p, const char *operator, const char * agent)
{
	*p = (struct place){.dir = scratch_new()};
	if (operator)
		strs_add(&p->core.config.roles[ROLE_OPERATOR], operator);
	if (agent)
		strs_add(&p->core.config.roles[ROLE_AGENT], agent);
	if (store_open(&p->core.store, p->dir, clock_system(), &p->e) ||
		agent_start(&p->core, &p->e))
		fail_msg("%s", p->e.msg);
}

static void end(struct place *p)
{
	store_close(p->core.store);
	config_finish(&p->core.config);
	scratch_free(p->dir);
}

static void is(struct place *p, const char *seen, const char *separated)
{
	char *a = store_get(p->core.store, "agent_seen");
	char *b = store_get(p->core.store, "agent_separated");

	assert_string_equal(a ? a : "", seen);
	assert_string_equal(b ? b : "", separated);
	free(a);
	free(b);
}

static void proposes(struct place *p, enum role role, const char *user, const char *agent)
{
	const struct req r = {.core = &p->core, .role = role, .user = user};

	if (agent_proposed(&r, agent, &p->e))
		fail_msg("%s", p->e.msg);
}

static void serve_yml_says_it_first(void **state)
{
	static const struct {
		const char *operator, * agent, *seen, *separated;
	} cases[] = {
		{OPERATOR, NULL, "", "1"}, {OPERATOR, AGENT, "1", "1"},
		{OPERATOR, OPERATOR, "1", "0"}, {OPERATOR, "0", "1", "0"}, /* root can be anybody */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct place p;

		begin(&p, cases[i].operator, cases[i].agent);
		is(&p, cases[i].seen, cases[i].separated);
		end(&p);
	}
}

static void an_agent_under_the_operators_uid_is_not_separated(void **state)
{
	struct place p;

	(void)state;
	begin(&p, OPERATOR, AGENT);
	proposes(&p, ROLE_OPERATOR, "max", NULL); /* a person's own proposal says nothing */
	is(&p, "1", "1");
	proposes(&p, ROLE_OPERATOR, "max", "luna");
	is(&p, "1", "0");
	assert_int_equal(agent_start(&p.core, &p.e), 0); /* a restart does not forget it */
	is(&p, "1", "0");
	proposes(&p, ROLE_AGENT, "vega", NULL); /* another agent's uid says nothing about luna */
	is(&p, "1", "0");
	proposes(&p, ROLE_AGENT, "luna", NULL);
	is(&p, "1", "1");
	end(&p);
}

static void an_agent_with_a_uid_of_its_own_is_separated(void **state)
{
	struct place p;

	(void)state;
	begin(&p, OPERATOR, AGENT);
	proposes(&p, ROLE_AGENT, "luna", "luna");
	is(&p, "1", "1");
	end(&p);
	begin(&p, OPERATOR, OPERATOR);
	proposes(&p, ROLE_AGENT, "luna", "luna");
	is(&p, "1", "0");
	end(&p);
}

static void a_name_that_another_login_gave_is_told_as_such(void **state)
{
	static const struct {
		const char *agent, *text;
	} cases[] = {{NULL, "max"}, {"max", "max"}, {"luna", "luna (by max)"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct req r = {.user = "max"};
		char *text = agent_proposer(&r, cases[i].agent);

		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

static void only_a_name_names_an_agent(void **state)
{
	static const char *const bad[] = {"", "a b", "luna\nProposed-by: max", "../x", "-x"};
	const char *name;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct doc *args = doc_new_map();
		const struct req r = {.args = args};
		struct err e;

		doc_set_str(args, "agent", bad[i]);
		assert_int_equal(agent_named(&r, &name, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		doc_free(args);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(serve_yml_says_it_first),
		cmocka_unit_test(an_agent_under_the_operators_uid_is_not_separated),
		cmocka_unit_test(an_agent_with_a_uid_of_its_own_is_separated),
		cmocka_unit_test(a_name_that_another_login_gave_is_told_as_such),
		cmocka_unit_test(only_a_name_names_an_agent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
