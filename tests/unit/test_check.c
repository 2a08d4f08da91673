#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/check.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int files(void *arg, const char *file, struct buf *out, struct err *e)
{
	(void)arg;
	if (str_eq(file, "probe.sh")) {
		buf_adds(out, "echo probe\n");
		return 0;
	}
	return err_set(e, ERR_MISSING, "%s", file);
}

static const char whole[] = "title: Disk\n"
			    "about: |\n  what and why\n"
			    "system: Linux\n"
			    "list: 1\n"
			    "needs: any\n"
			    "detect: {paths: [/usr/bin/df], params: {dirs: {argv: [/bin/ls], read: "
			    "lines, value: .}}}\n"
			    "applies: {tags: [linux], groups: [dns]}\n"
			    "every: 5m\n"
			    "pane: backups\n"
			    "commands:\n"
			    "  df: {argv: [/usr/bin/df, -PT], read: {kind: table, header: true}, "
			    "timeout: 5s, cap: 64K, each: dirs}\n"
			    "  tree:\n"
			    "    argv: [/usr/bin/tar, -cf, -, -C, \"{dir}\", x]\n"
			    "    sudo: true\n"
			    "    read: tar\n"
			    "    present: /etc/sudoers\n"
			    "    optional: true\n"
			    "    reads: [\"tar -c*\"]\n"
			    "  probe: {script: probe.sh, argv: [a b], read: lines}\n"
			    "facts: |\n  {n: 1}\n"
			    "rules:\n"
			    "  - {when: .n > 1, state: crit, say: '\"x\"'}\n"
			    "ok: '\"fine\"'\n"
			    "metrics: [{name: used, unit: ratio, value: .n}]\n"
			    "baseline: {kind: tree, from: tree}\n"
			    "fail_after: 2\n"
			    "runbook: disks\n";

static void reads_a_whole_check(void **state)
{
	struct check c, other;
	struct err e = {0};

	(void)state;
	if (check_read(&c, "disk", whole, sizeof whole - 1, "c.yml", files, NULL, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(c.name, "disk");
	assert_string_equal(c.title, "Disk");
	assert_string_equal(c.about, "what and why\n");
	assert_string_equal(c.runbook, "disks");
	assert_true(strs_has(&c.tags, "linux"));
	assert_true(strs_has(&c.groups, "dns"));
	assert_false(c.everywhere);
	assert_string_equal(c.system, "Linux");
	assert_int_equal(c.list, 1);
	assert_true(c.needs_any);
	assert_int_equal(c.every_ms, 300000);
	assert_int_equal(c.pane, PANE_BACKUPS);
	assert_int_equal(c.fail_after, 2);
	assert_int_equal(c.recover_after, 1);
	assert_int_equal(c.baseline, BASELINE_TREE);
	assert_int_equal(c.command_count, 3);
	assert_string_equal(c.commands[0].name, "df");
	assert_int_equal(c.commands[0].cap, 65536);
	assert_int_equal(c.commands[0].timeout_ms, 5000);
	assert_int_equal(c.commands[0].read, READ_TABLE);
	assert_true(c.commands[1].sudo);
	assert_string_equal(c.commands[1].present, "/etc/sudoers");
	assert_true(c.commands[1].optional);
	assert_string_equal(c.commands[0].each, "dirs");
	assert_string_equal(c.commands[1].reads.v[0], "tar -c*");
	assert_string_equal(c.commands[2].script, "echo probe\n");
	assert_string_equal(c.commands[2].argv.v[0], "a b");
	assert_non_null(strstr(c.body, "\"facts\":\"{n: 1}\\n\""));
	assert_int_equal(strlen(c.digest), 64);
	assert_int_equal(
		check_read(&other, "disk", whole, sizeof whole - 2, "c.yml", files, NULL, &e), 0);
	assert_string_not_equal(c.digest, other.digest);
	check_finish(&other);
	check_finish(&c);
}

static void a_builtin_needs_no_commands(void **state)
{
	static const char text[] =
		"title: Reachable\nabout: x\napplies: everywhere\nbuiltin: true\n";
	struct check c;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		check_read(&c, "reachable", text, sizeof text - 1, "c", NULL, NULL, &e), 0);
	assert_true(c.builtin);
	assert_true(c.everywhere);
	assert_string_equal(c.runbook, "reachable");
	check_finish(&c);
}

#define HEAD "title: t\nabout: a\napplies: everywhere\n"
#define TAIL "facts: .\nrules: [{when: ., state: crit, say: .}]\n"
#define COMMAND(fields) HEAD "commands:\n  x: {" fields "}\n" TAIL

static void names_every_mistake(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "c.yml:1:1: the check must be a map"},
		{"titel: x\n",
			"c.yml:1:1: unknown key \"titel\" in the check: did you mean \"title\"?"},
		{"title: x\n", "c.yml:1:1: the check has no about"},
		{"title: x\nabout: y\n", "c.yml:1:1: applies must be everywhere"},
		{"title: x\nabout: y\napplies: {tag: [a]}\n",
			"c.yml:3:11: unknown key \"tag\" in applies"},
		{HEAD, "c.yml:1:1: commands must be a map"},
		{HEAD "commands: {}\n", "c.yml:4:11: commands must be a map of 1 to 16"},
		{HEAD "commands: {X: {}}\n", "c.yml:4:12: \"X\" cannot be a command's name"},
		{COMMAND("argv: [/bin/x]"), "c.yml:5:6: command x has no read"},
		{COMMAND("argv: [/bin/x], read: tabel"),
			"c.yml:5:29: read in command x is \"tabel\": did you "
			"mean \"table\"?"},
		{COMMAND("argv: [/bin/x], read: {kind: table, colums: [a]}"),
			"c.yml:5:43: unknown key \"colums\" in read: did you mean \"columns\"?"},
		{COMMAND("argv: df -PT, read: lines"),
			"c.yml:5:13: argv in command x must be a list"},
		{COMMAND("argv: [df], read: lines"),
			"c.yml:5:14: the first word of argv in command x must be "
			"an absolute path"},
		{COMMAND("argv: [\"{x}\"], read: lines"), "c.yml:5:14: the first word of argv"},
		{COMMAND("argv: [], read: lines"),
			"c.yml:5:13: argv in command x must be a list of 1"},
		{COMMAND("argv: [/bin/x, \"a\\nb\"], read: lines"),
			"c.yml:5:22: argv in command x holds a line"},
		{COMMAND("argv: [/bin/x, \"a b\"], sudo: true, read: lines"),
			"c.yml:5:22: \"a b\" in command x cannot stand in an exact sudoers line"},
		{COMMAND("argv: [/bin/x, \"*\"], sudo: true, read: lines"),
			"c.yml:5:22: \"*\" in command x"},
		{COMMAND("argv: [/bin/x, \"{A b}\"], read: lines"),
			"c.yml:5:22: \"{A b}\" in command x: a para"},
		{COMMAND("argv: [/bin/x, \"a b{c}\"], sudo: true, read: lines"),
			"c.yml:5:22: \"a b{c}\" in command x cannot stand in an exact sudoers "
			"line"},
		{COMMAND("argv: [/bin/x, \"{c|a b}\"], sudo: true, read: lines"),
			"c.yml:5:22: \"{c|a b}\" in command x cannot stand"},
		{COMMAND("argv: [/bin/x], read: lines, reads: [\"a  b\"]"),
			"c.yml:5:44: reads in command x must be a pattern"},
		{COMMAND("argv: [/bin/x], read: lines, each: A"),
			"c.yml:5:42: each in command x must be a name"},
		{COMMAND("argv: [/bin/x], read: {kind: lines, blocks: true}"),
			"c.yml:5:43: unknown key \"blocks\" in read"},
		{HEAD "list: 6\n", "c.yml:4:7: list in the check must be a whole number"},
		{HEAD "needs: some\n", "c.yml:4:8: needs in the check"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\ndetect: {path: [/a]}\n",
			"c.yml:5:10: unknown key \"path\" in detect"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\ndetect: {}\n",
			"c.yml:5:9: detect has no paths"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\n"
		      "detect: {paths: [/a], params: {b: {argv: [c], read: lines, value: .}}}\n",
			"c.yml:5:43: the first word of argv in detect of b must be"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\n"
		      "detect: {paths: [/a], params: {b: {argv: [/c], value: .}}}\n",
			"c.yml:5:35: detect of b has no read"},
		{COMMAND("script: probe.sh, sudo: true, read: lines"),
			"c.yml:5:31: command x: a bundled script"},
		{COMMAND("script: other.sh, read: lines"),
			"c.yml:5:15: command x: there is no file other.sh"},
		{COMMAND("script: ../x, read: lines"),
			"c.yml:5:15: script in command x must be the name"},
		{COMMAND("argv: [/bin/x], read: lines, cap: 9G"),
			"c.yml:5:41: cap in command x must be a size"},
		{COMMAND("argv: [/bin/x], read: lines, timeout: 0s"),
			"c.yml:5:45: timeout in command x must be"},
		{COMMAND("argv: [/bin/x], read: lines, present: x"),
			"c.yml:5:45: present in command x must be"},
		{COMMAND("argv: [/bin/x], read: lines, sudo: yes"),
			"c.yml:5:42: sudo in command x must be true "
			"or false, not text"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\n",
			"c.yml:1:1: the check has no facts"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\nfacts: .\n",
			"c.yml:1:1: the check judges nothing: add rules, items or a baseline"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\nfacts: .\nrules: [{when: ., say: "
		      ".}]\n",
			"c.yml:6:9: rule 1 has no state"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\nfacts: .\nrules: [{when: ., "
		      "state: bad, say: .}]\n",
			"c.yml:6:26: state in rule 1 must be one of ok, warn, crit"},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\nfacts: .\nbaseline: {kind: tree, "
		      "from: x}\n",
			"c.yml:6:30: a tree baseline is taken from a command that is read as tar"},
		{HEAD "commands: {x: {argv: [/b], read: tar, each: y}}\nfacts: .\nbaseline: {kind: "
		      "tree, from: x}\n",
			"c.yml:6:30: a tree baseline is taken from a command that is read as tar"},
		{COMMAND("argv: [/b], read: lines") "metrics: [{name: a, value: .}, {name: a, "
						    "value: .}]\n",
			"c.yml:8:32: metric a stands twice"},
		{HEAD "builtin: true\ncommands: {}\n",
			"c.yml:5:11: a builtin check has no commands"},
		{HEAD "every: 1s\n", "c.yml:4:8: every in the check must be a time"},
		{HEAD "pane: quorums\n",
			"c.yml:4:7: pane in the check is \"quorums\": did you mean \"quorum\"?"},
		{HEAD "fail_after: 0\n",
			"c.yml:4:13: fail_after in the check must be a whole number"},
		{HEAD "from: bastoin\n",
			"c.yml:4:7: from in the check is \"bastoin\": did you mean \"bastion\"?"},
	};
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct check c;
		struct err e = {0};
		const char *text = cases[i].text, *want = cases[i].message;

		if (!check_read(&c, "disk", text, strlen(text), "c.yml", files, NULL, &e))
			fail_msg("taken: %s", text);
		assert_null(c.name);
		assert_int_equal(e.code, ERR_INPUT);
		if (strncmp(e.msg, want, strlen(want)))
			print_error("%s\ngave: %s\nwant: %s\n", text, e.msg, want), bad++;
	}
	assert_int_equal(bad, 0);
}

static void parameters_stand_in_words(void **state)
{
	static const struct {
		const char *params, *argv, *word, *message;
		bool sudo;
	} cases[] = {
		{"{\"dir\":\"/x\"}", "{dir}", "/x", NULL, true},
		{"{\"dir\":7}", "{dir}", "7", NULL, true},
		{"{\"dir\":\"a b\"}", "{dir}", "a b", NULL, false},
		{"{\"dir\":\"a b\"}", "{dir}", NULL,
			"the parameter \"dir\" of host web1 cannot stand", true},
		{"{}", "{dir}", NULL, "host web1 has no parameter \"dir\"", false},
		{"{\"dir\":[1]}", "{dir}", NULL, "host web1 has no parameter \"dir\"", false},
		{"{\"a\":\"x\",\"b\":2}", "https://{a}:{b}/y", "https://x:2/y", NULL, true},
		{"{}", "{a|}", "", NULL, false},
		{"{}", "{a|}", NULL, "the word \"{a|}\" of command tree is empty", true},
		{"{}", "x{a|/dev/null}", "x/dev/null", NULL, true},
		{"{\"a\":\"\"}", "x{a|y}", "x", NULL, true},
		{"{}", "{name}@{address}", "web1@192.0.2.1", NULL, true},
		{"{\"name\":\"other\"}", "{name}", "other", NULL, false},
		/* Templates and JSON stay as they are. */
		{"{\"json\":1}", "\n%{json}", "\n%{json}", NULL, false},
		{"{\"json\":1}", "{{json .}}", "{{json .}}", NULL, false},
		{"{\"x\":1}", "${x} {\"x\":{x}} {", "${x} {\"x\":1} {", NULL, false},
	};
	static char host[] = "web1", address[] = "192.0.2.1", name[] = "tree", params[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct check_command cmd = {.name = name, .sudo = cases[i].sudo};
		struct host h = {.name = host, .address = address, .params = params};
		struct strs argv = {0};
		struct err e = {0};

		memcpy(params, cases[i].params, strlen(cases[i].params) + 1);
		strs_add(&cmd.argv, "/usr/bin/ls");
		strs_add(&cmd.argv, cases[i].argv);
		assert_int_equal(
			check_command_argv(&argv, &cmd, &h, NULL, &e), cases[i].word ? 0 : -1);
		if (cases[i].word)
			assert_string_equal(argv.v[1], cases[i].word);
		else
			assert_memory_equal(e.msg, cases[i].message, strlen(cases[i].message));
		strs_finish(&argv);
		strs_finish(&cmd.argv);
	}
}

static void each_gives_a_command_for_every_item(void **state)
{
	static char host[] = "web1", name[] = "dig", each[] = "zones";
	static char params[] =
		"{\"zones\":[\"a.example\",7,{\"name\":\"b.example\",\"at\":\"ns\"}]}";
	static const char *const words[] = {"a.example@-", "7@-", "b.example@ns"};
	struct check_command cmd = {.name = name, .each = each};
	struct host h = {.name = host, .params = params};
	struct strs items = {0}, argv = {0};
	struct err e = {0};

	(void)state;
	strs_add(&cmd.argv, "/usr/bin/dig");
	strs_add(&cmd.argv, "{each}@{each.at|-}");
	assert_int_equal(check_command_items(&items, &cmd, &h, &e), 0);
	assert_int_equal(items.n, COUNT(words));
	for (size_t i = 0; i < items.n; i++) {
		argv = (struct strs){0};
		assert_int_equal(check_command_argv(&argv, &cmd, &h, items.v[i], &e), 0);
		assert_string_equal(argv.v[1], words[i]);
		strs_finish(&argv);
	}
	strs_take(&cmd.argv, xstrdup("{each.at}"));
	argv = (struct strs){0};
	assert_int_equal(check_command_argv(&argv, &cmd, &h, "7", &e), -1);
	assert_non_null(strstr(e.msg, "\"7\" of host web1's parameter \"zones\" has no \"at\""));
	strs_finish(&argv);
	strs_finish(&items);
	strs_finish(&cmd.argv);
}

static void a_list_gives_a_word_for_each_entry(void **state)
{
	static const struct {
		const char *params, *words; /* joined by "|"; NULL: an error */
		bool sudo;
	} cases[] = {
		{"{\"p\":[{\"name\":\"a\",\"args\":[\"-w\",\"5 %\",7]}]}", "/b|-w|5 %|7|x", false},
		{"{\"p\":[{\"name\":\"a\",\"args\":[]}]}", "/b|x", false},
		{"{\"p\":[{\"name\":\"a\",\"args\":\"-v\"}]}", "/b|-v|x", false},
		{"{\"p\":[{\"name\":\"a\",\"args\":[{}]}]}", NULL, false},
		{"{\"p\":[{\"name\":\"a\",\"args\":[\"5 %\"]}]}", NULL, true},
		{"{\"p\":[{\"name\":\"a\"}]}", NULL, false},
	};
	static char host[] = "web1", name[] = "plugin", each[] = "p", params[96];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct check_command cmd = {.name = name, .each = each, .sudo = cases[i].sudo};
		struct host h = {.name = host, .params = params};
		struct strs argv = {0};
		struct err e = {0};

		memcpy(params, cases[i].params, strlen(cases[i].params) + 1);
		strs_add(&cmd.argv, "/b");
		strs_add(&cmd.argv, "{each.args}");
		strs_add(&cmd.argv, "x");
		assert_int_equal(
			check_command_argv(&argv, &cmd, &h, "a", &e), cases[i].words ? 0 : -1);
		if (cases[i].words) {
			char *joined = strs_join(&argv, "|");

			assert_string_equal(joined, cases[i].words);
			free(joined);
		}
		strs_finish(&argv);
		strs_finish(&cmd.argv);
	}
}

static void each_wants_a_list_of_names(void **state)
{
	static const struct {
		const char *params;
		int rc;
		size_t n;
	} cases[] = {
		{"{}", 0, 0},
		{"{\"zones\":null}", 0, 0},
		{"{\"zones\":[]}", 0, 0},
		{"{\"zones\":[\"a\"]}", 0, 1},
		{"{\"zones\":\"a\"}", -1, 0},
		{"{\"zones\":[\"a\",\"a\"]}", -1, 0},
		{"{\"zones\":[\"\"]}", -1, 0},
		{"{\"zones\":[{\"zone\":\"a\"}]}", -1, 0},
		{"{\"zones\":[\"a\\nb\"]}", -1, 0},
	};
	static char host[] = "web1", name[] = "dig", each[] = "zones", params[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct check_command cmd = {.name = name, .each = each};
		struct host h = {.name = host, .params = params};
		struct strs items = {0};
		struct err e = {0};

		memcpy(params, cases[i].params, strlen(cases[i].params) + 1);
		assert_int_equal(check_command_items(&items, &cmd, &h, &e), cases[i].rc);
		if (!cases[i].rc)
			assert_int_equal(items.n, cases[i].n);
		strs_finish(&items);
	}
}

static void groups_must_stand_in_the_fleet(void **state)
{
	static const char good[] = "applies: {groups: [dns]}\n";
	static const char bad[] = "applies: {groups: [dns, dsn]}\n";
	struct fleet f = {0};
	struct err e = {0};

	(void)state;
	strs_add(&f.groups, "dns");
	assert_int_equal(check_read_groups(good, sizeof good - 1, "c", &f, &e), 0);
	assert_int_equal(check_read_groups(bad, sizeof bad - 1, "c", &f, &e), -1);
	assert_string_equal(
		e.msg, "c:1:25: the check applies to the group \"dsn\", which fleet.yml has not");
	strs_finish(&f.groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_check),
		cmocka_unit_test(a_builtin_needs_no_commands),
		cmocka_unit_test(names_every_mistake),
		cmocka_unit_test(parameters_stand_in_words),
		cmocka_unit_test(each_gives_a_command_for_every_item),
		cmocka_unit_test(a_list_gives_a_word_for_each_entry),
		cmocka_unit_test(each_wants_a_list_of_names),
		cmocka_unit_test(groups_must_stand_in_the_fleet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
