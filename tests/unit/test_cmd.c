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
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/cmd.h"

#define WORDS_MAX 12

/* "opsdeck" and the words of a line, blanks between. */
static int parse(struct cmd *c, const char *line, struct err *e)
{
	struct strs words = {0};
	char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "opsdeck"};
	int rc;

	strs_split(&words, line, ' ');
	assert_true(words.n <= WORDS_MAX);
	for (size_t i = 0; i < words.n; i++)
		argv[i + 1] = words.v[i];
	rc = cmd_parse(c, (int)words.n + 1, argv, e);
	if (rc == 0)
		for (int i = 0; i < c->arg_count; i++)
			assert_non_null(c->args[i]);
	strs_finish(&words);
	return rc;
}

static void finds_commands_of_one_and_two_words(void **state)
{
	static const struct {
		const char *line, *name;
		int args;
	} cases[] = {
		{"sweep", "sweep", 0},
		{"sweep web1 nas", "sweep", 2},
		{"check run sudoers web1", "check run", 2},

		{"check test", "check test", 0},
		{"audit verify --json", "audit verify", 0},
		{"--repo /x status", "status", 0},
		{"--repo=/x status", "status", 0},
		{"review P-1 --reject no", "review", 1},
		{"withdraw -- P-1 --really", "withdraw", 2},
		{"sudoers --all --script", "sudoers", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cmd c;
		struct err e;

		if (parse(&c, cases[i].line, &e))
			fail_msg("%s: %s", cases[i].line, e.msg);
		assert_non_null(c.row);
		assert_string_equal(c.row->name, cases[i].name);
		assert_int_equal(c.arg_count, cases[i].args);
		cmd_finish(&c);
	}
}

static void no_command_is_the_cockpit(void **state)
{
	struct cmd c;
	struct err e;

	(void)state;
	assert_int_equal(parse(&c, "--read-only --theme light", &e), 0);
	assert_null(c.row);
	assert_non_null(c.option[OPTION_READ_ONLY]);
	cmd_finish(&c);
	assert_int_equal(parse(&c, "--script x --size 80x24", &e), 0);
	assert_non_null(c.option[OPTION_SCRIPT]);
	cmd_finish(&c);
}

static void refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"fly", "no command `fly`"},
		{"check", "no command `check`"},
		{"sweep --approve", "takes no option --approve"},
		{"--approve", "takes no option --approve"},
		{"diff web1", "usage: opsdeck diff HOST CHECK"},
		{"status more", "too many words"},
		{"findings --host", "wants a value"},
		{"sweep --json=1", "takes no value"},
		{"findings --host a --host b", "twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cmd c;
		struct err e;

		assert_int_equal(parse(&c, cases[i].line, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.msg, cases[i].message))
			fail_msg("no \"%s\" in \"%s\"", cases[i].message, e.msg);
	}
}

/* ---- closed worlds ---- */

static char *man_page(void)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *path = path_join(src ? src : ".", "opsdeck.1");
	struct buf text = {0};
	struct err e;

	if (file_read(&text, path, 1 << 20, &e))
		fail_msg("%s", e.msg);
	free(path);
	return buf_take(&text);
}

/* Hyphens are written \- in a man page. */
static char *in_roff(const char *text)
{
	struct buf out = {0};

	for (; *text; text++)
		buf_addf(&out, *text == '-' ? "\\%c" : "%c", *text);
	return buf_take(&out);
}

static void the_man_page_has_every_command_and_option(void **state)
{
	char *man = man_page();

	(void)state;
	for (int i = 0; i < cmd_count; i++) {
		char *name = in_roff(cmd_table[i].name), *line = xasprintf("\n.B opsdeck %s", name);

		if (cmd_table[i].group != GROUP_HIDDEN && !strstr(man, line))
			fail_msg("opsdeck.1 has no \"%s\"", line + 1);
		free(line);
		free(name);
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		char *name = in_roff(option_table[i].name),
		     *line = xasprintf("\n.B \\-\\-%s", name);

		if (!strstr(man, line))
			fail_msg("opsdeck.1 has no \"%s\"", line + 1);
		free(line);
		free(name);
	}
	free(man);
}

static void every_row_is_whole_and_every_option_has_a_taker(void **state)
{
	uint64_t taken = OPTIONS_COMMON | OPTIONS_COCKPIT;

	(void)state;
	assert_true(OPTION_COUNT <= 64);
	for (int i = 0; i < cmd_count; i++) {
		const struct cmd_row *row = &cmd_table[i];

		assert_non_null(row->run);
		assert_non_null(row->args);
		assert_true(strlen(row->help) > 5);
		assert_true(row->min_args <= row->max_args);
		taken |= row->options;
		for (int j = 0; j < i; j++)
			assert_string_not_equal(row->name, cmd_table[j].name);
	}
	for (int i = 0; i < OPTION_COUNT; i++)
		assert_true(taken & ((uint64_t)1 << i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_commands_of_one_and_two_words),
		cmocka_unit_test(no_command_is_the_cockpit),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(the_man_page_has_every_command_and_option),
		cmocka_unit_test(every_row_is_whole_and_every_option_has_a_taker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
