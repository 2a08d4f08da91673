#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "scratch.h"
#include "server/check_lint.h"
#include "server/check_skeleton.h"
#include "server/check_table.h"
#include "server/check_test.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct world {
	char *root, *checks, *runbooks, *repo;
};

static void begin(struct world *w)
{
	struct strs made = {0};
	struct err e;

	w->root = scratch_new();
	w->checks = path_join(w->root, "checks");
	w->runbooks = path_join(w->root, "runbooks");
	w->repo = NULL;
	if (check_skeleton(&made, w->checks, w->runbooks, "files", &e))
		fail_msg("%s", e.msg);
	assert_int_equal(made.n, 12);
	strs_finish(&made);
}

static void end(struct world *w)
{
	free(w->checks);
	free(w->runbooks);
	scratch_free(w->root);
}

static void put(const char *dir, const char *name, const char *text)
{
	char *path = path_join(dir, name), *folder = path_dir(path);
	struct err e;

	if (dir_make(folder, 0755, &e) || file_write(path, text, strlen(text), 0600, &e))
		fail_msg("%s", e.msg);
	free(folder);
	free(path);
}

static char *lint(const struct world *w, int *status)
{
	const struct check_lint_spec spec = {
		.dir = w->checks, .runbooks = w->runbooks, .repo = w->repo, .datadir = w->root};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	*status = check_lint_main(NULL, &spec, out);
	fclose(out);
	return text;
}

static void a_new_check_passes_as_it_stands(void **state)
{
	char *text = NULL, *lints;
	struct strs made = {0};
	struct world w;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct err e = {0};
	int status;

	(void)state;
	begin(&w);
	status = check_test_main(NULL, w.checks, out);
	fclose(out);
	if (status)
		fail_msg("%s", text);
	assert_string_equal(text, "files: 5 of 5 samples as expected\n");
	lints = lint(&w, &status);
	if (status)
		fail_msg("%s", lints);
	/* Twice is once: what is there stays. */
	assert_int_equal(check_skeleton(&made, w.checks, w.runbooks, "files", &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(check_skeleton(&made, w.checks, w.runbooks, "../x", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_int_equal(made.n, 0);
	free(lints);
	free(text);
	end(&w);
}

#define HEAD "title: t\nabout: a\nsystem: s\napplies: everywhere\n"
#define COMMANDS(c) "commands: {x: {" c "}}\n"
#define TAIL "facts: .\nrules: [{when: ., state: crit, say: .}]\n"

static void each_fault_is_told(void **state)
{
	static const struct {
		const char *path, *text, *says; /* path below the root */
	} cases[] = {
		{"checks/files/check.yml",
			"title: t\nabout: a\napplies: everywhere\nbuiltin: true\n",
			"files: it names no system"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/less, /x], read: lines") TAIL,
			"command x: less waits for a person"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/sh, -c, x], read: lines") TAIL,
			"command x: sh runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/sudo, -n, /bin/x], read: lines") TAIL,
			"command x: sudo runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/sudo, -n], read: lines") TAIL,
			"command x: sudo runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/sudo, -l, /bin/x], read: lines") TAIL,
			"command x: sudo runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/sudo, -u, max, -l], read: lines") TAIL,
			"command x: sudo runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/sudo, -l, -U], read: lines") TAIL,
			"command x: sudo runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/usr/bin/su, -l], read: lines") TAIL,
			"command x: su runs what its words say"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/x, '|', grep], read: lines") TAIL,
			"command x: \"|\" means nothing without a shell"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/git, --paginate], read: lines") TAIL,
			"command x: --paginate asks for a pager"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/x], read: lines, timeout: 90s") TAIL,
			"its commands may take 90 s, and it is due every 60 s"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/x], read: lines") TAIL
			"metrics: [{name: m, value: .}]\n",
			"metric m has no unit"},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/x], read: lines") TAIL "ok: '\"'\n",
			"check.yml: "},
		{"checks/files/check.yml",
			HEAD COMMANDS("argv: [/bin/x], read: lines") TAIL "facts_as: nofunction\n",
			"nofunction/0 is not defined"},
		{"checks/files/check.yml", HEAD COMMANDS("argv: [x], read: lines") TAIL,
			"must be an absolute path"},
		{"checks/files/check.yml", "titel: t\n", "did you mean \"title\"?"},
		{"checks/files/check.yml",
			HEAD "runbook: other\n" COMMANDS("argv: [/bin/x], read: lines") TAIL,
			"there is no runbook"},
		{"runbooks/files.md", "## What it means\n", "does not begin with a title"},
		{"runbooks/files.md", "# T\n## How bad\n",
			"has \"## How bad\" where \"## What it means\" should stand"},
		{"runbooks/files.md", "# T\n## What it means\n", "lacks \"## How bad\""},
		{"checks/files/expected/warn.yml", "state: ok\nsummary: x\n",
			"it can give warn, and no sample does"},
		{"checks/files/expected/ok.yml", "state: warn\nsummary: x\n", "no sample is ok"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world w;
		char *text;
		int status;

		begin(&w);
		put(w.root, cases[i].path, cases[i].text);
		text = lint(&w, &status);
		if (!status || !strstr(text, cases[i].says))
			fail_msg("%zu: %d: %s", i, status, text);
		free(text);
		end(&w);
	}
}

static void sudo_that_only_lists_is_no_fault(void **state)
{
	static const char *const argv[] = {
		"argv: [/usr/bin/sudo, -n, -l], read: lines",
		"argv: [/usr/bin/sudo, -ll], read: lines",
		"argv: [/usr/bin/sudo, -l, -U, max], sudo: true, read: lines",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(argv); i++) {
		char *text, *check = xasprintf(HEAD "commands: {x: {%s}}\n" TAIL, argv[i]);
		struct world w;
		int status;

		begin(&w);
		put(w.root, "checks/files/check.yml", check);
		text = lint(&w, &status);
		if (strstr(text, "command x"))
			fail_msg("%zu: %s", i, text);
		free(text);
		end(&w);
		free(check);
	}
}

#define FLEET "estate: e\nhosts:\n  web1: {address: 192.0.2.1, tags: [linux]}\n"
#define LINE "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/cat /proc/sys/fs/file-nr\n"

/* The references are asked as the host's sudo would. */
static void sudo_lines_are_covered_by_the_reference(void **state)
{
	static const struct {
		const char *reference;
		bool covered;
	} cases[] = {
		{LINE, true},
		{"opsdeck-look ALL=(root) NOPASSWD: /usr/bin/cat /proc/uptime\n", false},
	};
	static const char sudo[] = HEAD COMMANDS(
		"argv: [/usr/bin/cat, /proc/sys/fs/file-nr], sudo: true, read: {kind: "
		"table, columns: [used, free, most]}") TAIL;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world w;
		char *text;
		int status;

		begin(&w);
		w.repo = w.root;
		put(w.root, "fleet.yml", FLEET);
		put(w.root, "policy.yml", "rules: []\n");
		put(w.root, "checks/files/check.yml", sudo);
		put(w.root, "refs/web1/sudoers/etc/sudoers.d/zz-opsdeck", cases[i].reference);
		text = lint(&w, &status);
		if (!!strstr(text, "host web1: its sudoers reference has no line") ==
				cases[i].covered ||
			strstr(text, "cannot be read"))
			fail_msg("%zu: %s", i, text);
		free(text);
		end(&w);
	}
}

static void the_table_lists_every_check(void **state)
{
	static const char want[] = "| system | check | command | sudo line | reading | runbook | "
				   "samples: made, written | "
				   "lab |\n|---|---|---|---|---|---|---|---|\n"
				   "| s | [a](a/check.yml) |  | `/bin/a {x\\|y}` | lines | "
				   "[a](../runbooks/a.md) | 0, 0 |  "
				   "|\n"
				   "| Linux kernel | [files](files/check.yml) | `/usr/bin/cat "
				   "/proc/sys/fs/file-nr` |  | "
				   "table | [files](../runbooks/files.md) | 0, 5 | yes |\n";
	char *text = NULL, *lab;
	struct world w;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct err e;

	(void)state;
	begin(&w);
	lab = path_join(w.root, "lab");
	put(w.root, "lab/x.sh", "turns files 'break it' heal warn x\n# turns a\nreturns a\n");
	put(w.root, "checks/a/check.yml",
		HEAD "list: 1\n" COMMANDS("argv: [/bin/a, '{x|y}'], sudo: true, read: lines") TAIL);
	assert_int_equal(check_table(out, NULL, w.checks, lab, &e), 0);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
	free(lab);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_check_passes_as_it_stands),
		cmocka_unit_test(each_fault_is_told),
		cmocka_unit_test(sudo_that_only_lists_is_no_fault),
		cmocka_unit_test(sudo_lines_are_covered_by_the_reference),
		cmocka_unit_test(the_table_lists_every_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
