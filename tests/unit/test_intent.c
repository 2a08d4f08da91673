#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "flow/fleet.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* An ops repo in memory. */
struct file {
	const char *path, *text;
};

static int mem_read(void *arg, const char *path, struct buf *out, struct err *e)
{
	for (const struct file *f = arg; f->path; f++) {
		if (str_eq(f->path, path)) {
			buf_adds(out, f->text);
			return 0;
		}
	}
	return err_set(e, ERR_MISSING, "%s: there is none", path);
}

static int mem_list(void *arg, const char *path, struct strs *names, struct err *e)
{
	size_t n = strlen(path);

	(void)e;
	for (const struct file *f = arg; f->path; f++) {
		if (str_starts(f->path, path) && f->path[n] == '/')
			strs_addn(names, f->path + n + 1, strcspn(f->path + n + 1, "/"));
	}
	return 0;
}

#define FLEET                                                                                      \
	{                                                                                          \
		"fleet.yml", "estate: x\nhosts: {web1: {address: a, without: [disk]}}\n"           \
	}
#define CHECK                                                                                      \
	"title: t\nabout: a\napplies: everywhere\ncommands: {x: {argv: [/b], read: lines}}\n"      \
	"facts: .\nrules: [{when: ., state: crit, say: .}]\n"

static int load(struct intent **out, const struct file *files, struct strs *problems, struct err *e)
{
	const struct intent_source src = {
		.read = mem_read, .list = mem_list, .arg = (void *)(uintptr_t)files};

	return intent_load(out, &src, problems, e);
}

static void loads_all_of_it(void **state)
{
	static const struct file files[] = {FLEET,
		{"policy.yml", "rules: [{name: r, hosts: [web1], action: approve}]\n"},
		{"checks/ports/check.yml", CHECK}, {"checks/disk/check.yml", CHECK},
		{"checks/README.md", "x"}, {NULL, NULL}};
	struct intent *i;
	struct err e = {0};

	(void)state;
	if (load(&i, files, NULL, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(i->problem.code, ERR_NONE);
	assert_int_equal(i->fleet->host_count, 1);
	assert_int_equal(i->policy->rule_count, 1);
	assert_int_equal(i->catalogue->check_count, 2);
	assert_string_equal(i->catalogue->checks[0].name, "disk");
	assert_string_equal(i->catalogue->checks[0].source, "checks/disk/check.yml");
	intent_free(i);
}

static void without_a_policy_there_are_no_rules(void **state)
{
	static const struct file files[] = {FLEET, {"checks/disk/check.yml", CHECK}, {NULL, NULL}};
	struct intent *i;
	struct err e = {0};

	(void)state;
	assert_int_equal(load(&i, files, NULL, &e), 0);
	assert_int_equal(i->policy->rule_count, 0);
	intent_free(i);
}

static void a_broken_check_is_left_out_and_named(void **state)
{
	static const struct file files[] = {FLEET, {"checks/disk/check.yml", "titel: x\n"},
		{"checks/ports/check.yml", CHECK}, {NULL, NULL}};
	struct strs problems = {0};
	struct intent *i;
	struct err e = {0};

	(void)state;
	assert_int_equal(load(&i, files, &problems, &e), 0);
	assert_int_equal(i->catalogue->check_count, 1);
	assert_int_equal(i->problem.code, ERR_INPUT);
	assert_memory_equal(i->problem.msg, "checks/disk/check.yml:1:1: unknown key", 38);
	assert_int_equal(problems.n, 1);
	intent_free(i);
	strs_finish(&problems);
}

static void every_mistake_is_told_at_once(void **state)
{
	static const struct file files[] = {FLEET, {"policy.yml", "freez: 1\n"},
		{"checks/a/check.yml", "[]"}, {"checks/b/check.yml", "x: 1\n"}, {NULL, NULL}};
	struct strs problems = {0};
	struct intent *i;
	struct err e = {0};

	(void)state;
	assert_int_equal(load(&i, files, &problems, &e), -1);
	assert_null(i);
	assert_memory_equal(e.msg, "policy.yml:1:1: unknown key", 27);
	assert_int_equal(problems.n, 3);
	strs_finish(&problems);
}

static void what_does_not_fit_together_is_refused(void **state)
{
	static const struct {
		struct file files[4];
		const char *message;
	} cases[] = {
		{{{NULL, NULL}}, "fleet.yml: there is none: `opsdeck init` makes an ops repo"},
		{{{"fleet.yml", "x"}}, "fleet.yml:1:1: the fleet must be a map"},
		{{FLEET}, "fleet.yml:2:38: host web1 names the check \"disk\""},
		{{FLEET, {"checks/disk/check.yml", CHECK},
			 {"policy.yml", "rules: [{name: r, hosts: [nas], "
					"action: typed}]\n"}},
			"policy.yml:1:27: rule 1 names the host \"nas\""},
	};

	(void)state;
	for (size_t c = 0; c < COUNT(cases); c++) {
		struct intent *i;
		struct err e = {0};

		assert_int_equal(load(&i, cases[c].files, NULL, &e), -1);
		if (strncmp(e.msg, cases[c].message, strlen(cases[c].message)))
			fail_msg("%s", e.msg);
	}
}

static void a_group_that_is_not_there_breaks_the_check(void **state)
{
	static const struct file files[] = {
		{"fleet.yml", "estate: x\nhosts: {web1: {address: a}}\n"},
		{"checks/a/check.yml",
			"title: t\nabout: a\napplies: {groups: [dns]}\ncommands: {x: {argv: [/b], "
			"read: "
			"lines}}\nfacts: .\nrules: [{when: ., state: crit, say: .}]\n"},
		{NULL, NULL}};
	struct intent *i;
	struct err e = {0};

	(void)state;
	assert_int_equal(load(&i, files, NULL, &e), 0);
	assert_int_equal(i->catalogue->check_count, 0);
	assert_memory_equal(i->problem.msg, "checks/a/check.yml:3:20: the check applies", 42);
	intent_free(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_all_of_it),
		cmocka_unit_test(without_a_policy_there_are_no_rules),
		cmocka_unit_test(a_broken_check_is_left_out_and_named),
		cmocka_unit_test(every_mistake_is_told_at_once),
		cmocka_unit_test(what_does_not_fit_together_is_refused),
		cmocka_unit_test(a_group_that_is_not_there_breaks_the_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
