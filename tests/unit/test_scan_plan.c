#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/detect.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/scan_plan.h"

#define HEAD "title: T\nabout: \"The params: disks, a list of devices. repo (needed).\"\n"
#define TAIL "facts: '{}'\nrules: [{when: 'false', state: warn, say: '\"\"'}]\nok: '\"\"'\n"
#define DETECT(path) "detect: {paths: [" path "]}\n"

/* Sorted by name, as a catalogue is. */
static const char *const texts[][2] = {
	{"backup", HEAD "applies: {tags: [backup]}\n" DETECT(
			   "/b") "commands: {a: {argv: [/b, \"{repo}\", \"{pass}\"], sudo: true, "
				 "read: lines}}\n" TAIL},
	{"cron", HEAD "applies: {tags: [linux]}\n" DETECT(
			 "/c") "commands: {a: {argv: [/c], read: lines}}\n" TAIL},
	{"disk", HEAD "applies: {tags: [linux]}\n" DETECT(
			 "/d") "commands: {a: {argv: [/d], read: lines}}\n" TAIL},
	{"disk2", HEAD "applies: {tags: [linux]}\n" DETECT(
			  "/d2") "commands: {a: {argv: [/d], read: lines}}\n" TAIL},
	{"smart", HEAD "applies: {tags: [smart]}\n"
		       "detect: {paths: [/s], params: {disks: {argv: [/s, --scan], read: lines, "
		       "value: .}}}\n"
		       "commands: {a: {argv: [/s, \"{each}\"], each: disks, sudo: true, read: "
		       "lines}, b: {argv: [/s], optional: true, read: lines}}\n" TAIL},
};

struct fixture {
	struct catalogue c;
	struct host h;
	struct scan_plan p;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	size_t n = sizeof texts / sizeof *texts;

	f->c.checks = xcalloc(n, sizeof *f->c.checks);
	for (; f->c.check_count < n; f->c.check_count++) {
		const char *text = texts[f->c.check_count][1];
		struct err e = {0};

		if (check_read(&f->c.checks[f->c.check_count], texts[f->c.check_count][0], text,
			    strlen(text), "c.yml", NULL, NULL, &e))
			fail_msg("%s", e.msg);
	}
	f->h = (struct host){.name = xstrdup("web1"), .address = xstrdup("web1")};
	f->h.user[IDENTITY_LOOK] = xstrdup("look");
	f->h.user[IDENTITY_APPLY] = xstrdup("apply");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	scan_plan_finish(&f->p);
	for (size_t i = 0; i < f->c.check_count; i++)
		check_finish(&f->c.checks[i]);
	free(f->c.checks);
	host_finish(&f->h);
	free(f);
	return 0;
}

static void plan(struct fixture *f, const char *answer)
{
	struct doc *d = NULL;

	scan_plan_finish(&f->p);
	assert_int_equal(json_read(&d, answer, strlen(answer), "answer", NULL), 0);
	scan_plan_make(&f->p, &f->c, &f->h, d);
	doc_free(d);
}

static void expect(struct fixture *f, const char *answer, const char *tags, const char *params,
	const char *gaps)
{
	struct buf said = {0}, json = {0};
	char *joined;

	plan(f, answer);
	joined = strs_join(&f->p.add_tags, ",");
	assert_string_equal(joined, tags);
	free(joined);
	json_write(&json, f->p.add_params);
	assert_string_equal(buf_str(&json), params);
	for (size_t i = 0; i < f->p.gap_count; i++)
		buf_addf(&said, "%s%s", i ? "," : "", f->p.gaps[i].param);
	assert_string_equal(buf_str(&said), gaps);
	buf_finish(&said);
	buf_finish(&json);
}

#define SMART(told) "{\"paths\": [\"/s\"], \"checks\": {\"smart\": {\"disks\": " told "}}}"

static void proposes_what_a_path_speaks_for(void **state)
{
	struct fixture *f = *state;

	expect(f, "{}", "", "{}", "");
	expect(f, "{\"paths\": [\"/c\", \"/d\"]}", "linux", "{}", "");
	expect(f, "{\"paths\": [\"/c\"]}", "", "{}", ""); /* one of three */
	expect(f, "{\"paths\": [\"/nothing\", 5, null]}", "", "{}", "");
	expect(f, SMART("{\"value\": [\"/dev/sda\"]}"), "smart", "{\"disks\":[\"/dev/sda\"]}", "");
	strs_add(&f->h.tags, "smart");
	strs_add(&f->h.tags, "linux");
	f->h.params = xstrdup("{\"disks\": [\"/dev/sdb\"]}");
	expect(f, SMART("{\"value\": [\"/dev/sda\"]}"), "", "{}", "");
	strs_add(&f->h.without, "cron");
	expect(f, "{\"paths\": [\"/c\", \"/d\"]}", "", "{}", "");
}

/* A tag that would leave the host without a sudoers file is named, not added. */
static void names_what_a_person_fills_in(void **state)
{
	struct fixture *f = *state;

	expect(f, "{\"paths\": [\"/b\"]}", "", "{}", "repo,pass");
	assert_string_equal(f->p.gaps[0].about, "repo (needed)");
	assert_null(f->p.gaps[0].why);
	assert_null(f->p.gaps[1].about);
	expect(f, SMART("{\"why\": \"disks: no such tool\"}"), "", "{}", "disks");
	assert_string_equal(f->p.gaps[0].why, "no such tool");
	assert_string_equal(f->p.gaps[0].about, "disks, a list of devices");
	expect(f, SMART("{\"value\": []}"), "", "{}", "disks");
	assert_string_equal(f->p.gaps[0].why, "it found nothing");
	f->h.params = xstrdup("{\"repo\": \"/srv\", \"pass\": \"/etc/p\"}");
	expect(f, "{\"paths\": [\"/b\"]}", "backup", "{}", "");
}

/* What a host says stands in no fleet.yml and no sudoers line unseen. */
static void refuses_what_a_host_should_not_say(void **state)
{
	static const char *const values[] = {"5.5", "[[\"x\"]]", "[\"-rf\"]", "[\"\"]", "[\"a b\"]",
		"[\"/dev/*\"]", "[\"a\\nb\"]", "[\"a\\u202eb\"]", "[\"a\\u0000b\"]",
		"[{\"name\": \"a b\"}]", "[{\"Bad Key\": \"x\"}]", "[{}]", "[null]", "null",
		"[{\"name\": {\"x\": \"y\"}}]"};
	struct fixture *f = *state;
	struct buf many = {0};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char *answer = xasprintf(SMART("{\"value\": %s}"), values[i]);

		expect(f, answer, "", "{}", "disks");
		assert_non_null(f->p.gaps[0].why);
		free(answer);
	}
	buf_adds(&many, "{\"paths\": [\"/s\"], \"checks\": {\"smart\": {\"disks\": {\"value\": [");
	for (int i = 0; i < 65; i++)
		buf_addf(&many, "%s\"d%d\"", i ? "," : "", i);
	buf_adds(&many, "]}, \"other\": {\"value\": [\"x\"]}}, \"nosuch\": {\"x\": {}}}}");
	expect(f, buf_str(&many), "", "{}", "disks,other");
	buf_finish(&many);
	expect(f, "{\"paths\": 7, \"checks\": [1]}", "", "{}", "");
}

/* Both kinds of looking are checks like others. */
static void looks_by_checks(void **state)
{
	struct strs paths = {0}, wanted = {0};
	struct check look;
	struct doc *detect;
	struct fixture *f = *state;
	struct err e = {0};

	for (int i = 0; i < 300; i++)
		strs_addf(&paths, "/usr/bin/p%d", i);
	assert_int_equal(detect_paths_check(&look, &paths, &e), 0);
	assert_int_equal(look.command_count, 3);
	assert_string_equal(look.commands[2].argv.v[3], "/usr/bin/p240");
	assert_false(look.commands[0].sudo);
	check_finish(&look);
	for (int i = 0; i < 2000; i++)
		strs_add(&paths, "/x");
	assert_int_equal(detect_paths_check(&look, &paths, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	strs_finish(&paths);
	assert_null(detect_of(&(struct check){0}));
	detect = detect_of(&f->c.checks[4]);
	strs_add(&wanted, "disks");
	assert_int_equal(
		detect_params_check(&look, "smart", doc_get(detect, "params"), &wanted, &e), 0);
	assert_string_equal(look.commands[0].argv.v[1], "--scan");
	check_finish(&look);
	strs_finish(&wanted);
	doc_free(detect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(proposes_what_a_path_speaks_for, setup, teardown),
		cmocka_unit_test_setup_teardown(names_what_a_person_fills_in, setup, teardown),
		cmocka_unit_test_setup_teardown(
			refuses_what_a_host_should_not_say, setup, teardown),
		cmocka_unit_test_setup_teardown(looks_by_checks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
