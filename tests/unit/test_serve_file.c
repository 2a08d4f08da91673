#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/serve_file.h"

static void reads_every_key(void **state)
{
	static const char text[] =
		"repo: /srv/ops.git\n"
		"state: /var/lib/opsdeck\n"
		"socket: /run/opsdeck/sock\n"
		"known_hosts: /etc/opsdeck/known_hosts\n"
		"roles: {operators: [max, \"@adm\"], viewers: [vera], agents: [1003]}\n"
		"keys: {look: /k/look, apply: /k/apply, agent: /run/agent}\n"
		"notify: [/usr/bin/tell, --now]\n";
	struct serve_file f;
	struct err e;

	(void)state;
	assert_int_equal(serve_file_read(&f, text, strlen(text), "serve.yml", &e), 0);
	assert_string_equal(f.repo, "/srv/ops.git");
	assert_string_equal(f.state, "/var/lib/opsdeck");
	assert_string_equal(f.socket, "/run/opsdeck/sock");
	assert_string_equal(f.known_hosts, "/etc/opsdeck/known_hosts");
	assert_string_equal(f.config.roles[ROLE_OPERATOR].v[1], "@adm");
	assert_string_equal(f.config.roles[ROLE_VIEWER].v[0], "vera");
	assert_string_equal(f.config.roles[ROLE_AGENT].v[0], "1003");
	assert_string_equal(f.config.key[IDENTITY_LOOK], "/k/look");
	assert_string_equal(f.config.key[IDENTITY_APPLY], "/k/apply");
	assert_string_equal(f.config.agent, "/run/agent");
	assert_int_equal(f.config.notify.n, 2);
	serve_file_finish(&f);
}

static void an_empty_one_gives_nobody_a_role(void **state)
{
	struct serve_file f;
	struct err e;

	(void)state;
	assert_int_equal(serve_file_read(&f, "", 0, "serve.yml", &e), 0);
	for (int i = 0; i < ROLE_COUNT; i++)
		assert_int_equal(f.config.roles[i].n, 0);
	serve_file_finish(&f);
}

static void names_the_place_of_a_mistake(void **state)
{
	static const struct {
		const char *text, *where;
	} cases[] = {
		{"rols: {}\n", "serve.yml:1:1"},
		{"repo: srv\n", "serve.yml:1:7"},
		{"roles:\n  operators: max\n", "serve.yml:2:14"},
		{"roles:\n  operatrs: [max]\n", "serve.yml:2:3"},
		{"roles: {agents: [[]]}\n", "serve.yml:1:18"},
		{"keys: {look: id}\n", "serve.yml:1:14"},
		{"notify: [tell]\n", "serve.yml:1:9"},
		{"roles: [\n", "serve.yml:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct serve_file f;
		struct err e;

		assert_int_equal(
			serve_file_read(&f, cases[i].text, strlen(cases[i].text), "serve.yml", &e),
			-1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.msg, cases[i].where))
			fail_msg("no \"%s\" in \"%s\"", cases[i].where, e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_key),
		cmocka_unit_test(an_empty_one_gives_nobody_a_role),
		cmocka_unit_test(names_the_place_of_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
