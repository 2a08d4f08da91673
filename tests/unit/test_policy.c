#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/policy.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct fleet *small_fleet(void)
{
	struct fleet *f = xcalloc(1, sizeof *f);

	ARR_ADD(f->hosts, f->host_count, f->host_cap)->name = xstrdup("here");
	strs_add(&f->groups, "dns");
	return f;
}

static void reads_a_whole_policy(void **state)
{
	static const char text[] =
		"freeze: true\nfreeze_reason: holidays\nexpires: 2h\nrules:\n"
		"  - {name: sudoers, kinds: [file], paths: [/etc/sudoers.d/*], action: typed}\n"
		"  - {name: rest, hosts: [here], groups: [dns], tags: [web], destructive: true, "
		"action: forbid}\n";
	struct fleet *f = small_fleet();
	struct policy *p;
	struct err e = {0};

	(void)state;
	if (policy_read(&p, text, sizeof text - 1, "policy.yml", f, &e))
		fail_msg("%s", e.msg);
	assert_true(p->freeze);
	assert_string_equal(p->freeze_reason, "holidays");
	assert_int_equal(p->expires_default_ms, 7200000);
	assert_int_equal(p->rule_count, 2);
	assert_int_equal(p->rules[0].line, 5);
	assert_string_equal(p->rules[0].paths.v[0], "/etc/sudoers.d/*");
	assert_int_equal(p->rules[0].action, ACTION_TYPED);
	assert_int_equal(p->rules[1].action, ACTION_FORBID);
	assert_true(p->rules[1].destructive);
	policy_free(p);
	fleet_free(f);
}

static void an_empty_policy_has_no_rules(void **state)
{
	struct policy *p;
	struct err e = {0};

	(void)state;
	assert_int_equal(policy_read(&p, "", 0, "policy.yml", NULL, &e), 0);
	assert_int_equal(p->rule_count, 0);
	assert_false(p->freeze);
	assert_int_equal(p->expires_default_ms, 3600000);
	policy_free(p);
}

static void names_every_mistake(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"[]", "p:1:1: the policy must be a map"},
		{"freez: true\n",
			"p:1:1: unknown key \"freez\" in the policy: did you mean \"freeze\"?"},
		{"freeze: 1\n", "p:1:9: freeze in the policy must be true or false, not a number"},
		{"expires: 30d\n", "p:1:10: expires in the policy must be a time"},
		{"rules: {}\n", "p:1:8: rules in the policy must be a list, not a map"},
		{"rules: [{}]\n", "p:1:9: rule 1 has no name"},
		{"rules: [{name: x}]\n", "p:1:9: rule 1 has no action"},
		{"rules: [{name: x, action: aprove}]\n",
			"p:1:27: action in rule 1 is \"aprove\": did you mean "
			"\"approve\"?"},
		{"rules: [{name: x, action: typed, kinds: [files]}]\n",
			"p:1:42: kinds in rule 1 must be file"},
		{"rules: [{name: x, action: typed, kinds: []}]\n",
			"p:1:41: kinds in rule 1 is an empty list"},
		{"rules: [{name: x, action: typed, hosts: [web9]}]\n",
			"p:1:42: rule 1 names the host \"web9\""},
		{"rules: [{name: x, action: typed, groups: [d]}]\n",
			"p:1:43: rule 1 names the group \"d\""},
		{"rules: [{name: x, action: typed, paths: [../x]}]\n",
			"p:1:42: paths in rule 1 must be"},
		{"rules: [{name: x, action: typed, path: [x]}]\n",
			"p:1:34: unknown key \"path\" in rule 1: did "
			"you mean \"paths\"?"},
	};
	struct fleet *f = small_fleet();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy *p;
		struct err e = {0};
		const char *want = cases[i].message;

		if (!policy_read(&p, cases[i].text, strlen(cases[i].text), "p", f, &e))
			fail_msg("taken: %s", cases[i].text);
		assert_null(p);
		if (strncmp(e.msg, want, strlen(want)))
			fail_msg("%s\ngave: %s\nwant: %s", cases[i].text, e.msg, want);
	}
	fleet_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_policy),
		cmocka_unit_test(an_empty_policy_has_no_rules),
		cmocka_unit_test(names_every_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
