#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "scratch.h"
#include "server/check_expect.h"
#include "server/check_reads.h"
#include "server/check_rows.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* tests/rows is made up so that each kind of agreement and difference is in it. */
static char *rows_dir(const char *name)
{
	const char *src = getenv("OPSDECK_SRCDIR");

	return xasprintf("%s/tests/rows%s", src ? src : ".", name);
}

static char *printed(int *status, const char *checks, const char *samples, const struct strs *names)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	*status = check_rows_main(names, checks, samples, out);
	fclose(out);
	return text;
}

static void differences_and_reasons_are_told(void **state)
{
	char *dir = rows_dir(""), *checks = rows_dir("/checks"), *want = rows_dir("/printed.txt");
	struct buf text = {0};
	struct err e = {0};
	char *got;
	int status;

	(void)state;
	got = printed(&status, checks, dir, NULL);
	if (file_read(&text, want, 65536, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(got, buf_str(&text));
	assert_int_equal(status, 1);
	buf_finish(&text);
	free(got);
	free(dir);
	free(checks);
	free(want);
}

static void put(const char *dir, const char *name, const char *text)
{
	char *path = path_join(dir, name);
	struct err e;

	assert_int_equal(file_write(path, text, strlen(text), 0600, &e), 0);
	free(path);
}

static void the_status_says_how_it_went(void **state)
{
	static const struct {
		const char *rows, *says;
		int status;
	} cases[] = {
		{"a.txt\tpool list\t0\tok\tcount=1\n", "1 read, of which 1 agree", 0},
		{"a.txt\tpool list\t0\tbad\n", "expected bad, pools says ok", 1},
		{"a.txt\tpool list\t0\tok\tcount=2\n", "fact count: expected \"2\"", 1},
		{"a.txt\tother tool\t0\tok\n", "no reason given", 1},
		{"a.txt\tother tool\t0\tskip\n", "1 to be skipped", 0},
		{"sudo.txt\tpool list\t3\tok\n", "says unknown: list: was not run", 1},
		{"b.txt\tpool list\t0\tok\n", "b.txt", 2},
		{"a.txt\tpool list\t0\tfine\n", "EXPECT.tsv:1: \"fine\" is nothing", 2},
		{"a.txt\tpool list\tx\tok\n", "EXPECT.tsv:1: \"x\" is no exit status", 2},
		{"a.txt\tpool list\n", "EXPECT.tsv:1: fewer than 4 columns", 2},
		{"# now = yesterday\n", "EXPECT.tsv:1: now must be RFC 3339", 2},
		{"# nothing\n", "has no rows", 2},
	};
	char *dir = scratch_new(), *checks = rows_dir("/checks");

	(void)state;
	put(dir, "a.txt", "NAME STATE\ntank ONLINE\n");
	put(dir, "sudo.txt", "sudo: unable to resolve host lab\nsudo: a password is required\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		int status;
		char *got;

		put(dir, "EXPECT.tsv", cases[i].rows);
		got = printed(&status, checks, dir, NULL);
		if (status != cases[i].status || !strstr(got, cases[i].says))
			fail_msg("%s: %d: %s", cases[i].rows, status, got);
		free(got);
	}
	free(checks);
	scratch_free(dir);
}

static void rows_without_a_time_are_judged_now(void **state)
{
	char *dir = scratch_new();
	struct expect_rows rows;
	struct err e;

	(void)state;
	put(dir, "EXPECT.tsv", "# now = 2026-11-22T01:00:00Z\na.txt\tpool list\t0\tok\n");
	assert_int_equal(expect_read(&rows, dir, &e), 0);
	assert_true(rows.now_ms == INT64_C(1795309200000));
	expect_finish(&rows);
	put(dir, "EXPECT.tsv", "a.txt\tpool list\t0\tok\n");
	assert_int_equal(expect_read(&rows, dir, &e), 0);
	assert_true(llabs((long long)(rows.now_ms - clock_wall(clock_system()))) < 60000);
	expect_finish(&rows);
	scratch_free(dir);
}

static void named_checks_show_the_rows_they_read(void **state)
{
	char *dir = scratch_new(), *checks = rows_dir("/checks"), *got;
	struct strs names = {0};
	int status;

	(void)state;
	put(dir, "a.txt", "NAME STATE\ntank ONLINE\n");
	put(dir, "EXPECT.tsv", "a.txt\tpool list\t0\tok\na.txt\tother\t0\tok\n");
	strs_add(&names, "pools");
	got = printed(&status, checks, dir, &names);
	assert_int_equal(status, 0);
	assert_string_equal(got,
		"a.txt: ok: expected ok, pools says ok: all pools are there\n"
		"2 rows: 1 read, of which 1 agree and 0 differ; 0 not read with a reason, 0 "
		"without; 0 to be skipped\n");
	free(got);
	strs_finish(&names);
	free(checks);
	scratch_free(dir);
}

static void command_lines_are_matched_plainly(void **state)
{
	static const struct {
		const char *pattern, *line;
		bool fits;
	} cases[] = {
		{"smartctl *-a*", "sudo /usr/sbin/smartctl  -j -a /dev/sda ", true},
		{"/usr/sbin/smartctl -a ?", "smartctl -a x", true},
		{"smartctl -a ?", "smartctl -a xy", false},
		{"df -h", "LC_ALL=C TZ=UTC df -h", true},
		{"upsc *", "timeout -k 1 5s /usr/bin/upsc rack", true},
		{"upsc *", "sudo -n env LANG=C timeout 5 upsc rack", true},
		{"uptime", "uptime </dev/null 2>&1", true},
		{"uptime", "uptime 2>/dev/null", true},
		{"uptime", "uptime 2>/dev/full", false},
		{"timeout", "timeout", true},
		{"timeouts x", "timeouts x", true},
		{"a=b", "a=b", true},
		{"df *", "df", false},
		{"df*", "df", true},
		{"*b*c", "abcbc", true},
		{"*b*c", "abcb", false},
		{"asterisk -rx core show*",
			"/usr/bin/sudo -u asterisk asterisk -rx 'core show uptime'", true},
		{"curl */v2/", "LC_ALL=C timeout 10 curl -s \"http://h/v2/\"", true},
		{"sudo -n -l*", "sudo -n -l", true},
		{"sudo -n -l*", "sudo -n ls", false},
		{"check_disk *", "./check_disk -w 10%", true},
		{"a=b", "a=b", true},
		{"git ls-remote *", "GIT_SSH_COMMAND='ssh -o BatchMode=yes' git ls-remote URL",
			true},
		{"restic *", "RESTIC_PASSWORD=\"a b\" sudo restic snapshots", true},
		{"docker compose ps*", "cd /srv/stack && docker compose ps -a", true},
		{"cd x", "cd x", true},
		{"du *", "nice -n 10 ionice -c3 du -x /", true},
		{"nice x", "nicer x", false},
		{"pvesm status", "pvesm status 2> /dev/null || true", true},
		{"pvesm status", "pvesm status | cat", true},
		{"pvesm status", "pvesm status | wc", false},
		{"a[b]", "ab", false},
		{"a[b]", "a[b]", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *plain = command_line_plain(cases[i].line);

		if (pattern_fits(cases[i].pattern, plain) != cases[i].fits)
			fail_msg("%s: %s", cases[i].pattern, cases[i].line);
		free(plain);
	}
}

static void facts_are_compared_by_value(void **state)
{
	static const struct {
		const char *wanted, *got;
		bool same;
	} cases[] = {
		{"1", "1", true},
		{"1.0", "1", true},
		{"1", "\"1\"", true},
		{"0.10", "0.1", true},
		{"1", "2", false},
		{"1e3", "1000", true},
		{"0.040000ms", "\"4e-05s\"", true},
		{"2KB", "\"2048B\"", true},
		{"1s", "\"1B\"", false},
		{"1s", "\"2s\"", false},
		{"1s", "1", false},
		{"a", "\"a\"", true},
		{"a", "\"A\"", false},
		{"a,b", "[\"a\",\"b\"]", true},
		{"1,2", "[1,2]", true},
		{"a,b", "[\"b\",\"a\"]", false},
		{"yes", "true", true},
		{"false", "false", true},
		{"no", "true", false},
		{"absent", "null", true},
		{"0", "null", false},
		{"nan", "\"NaN\"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct doc *d = NULL;

		assert_int_equal(json_read(&d, cases[i].got, strlen(cases[i].got), "t", NULL), 0);
		if (facts_same(cases[i].wanted, d) != cases[i].same)
			fail_msg("%s: %s", cases[i].wanted, cases[i].got);
		doc_free(d);
	}
}

static void facts_are_found_by_name_and_path(void **state)
{
	static const char json[] = "{\"a\":{\"b.c\":{\"d\":1}},\"a.b\":2,\"x\":null}";
	struct facts f;
	struct doc *d = NULL;

	(void)state;
	assert_int_equal(json_read(&d, json, sizeof json - 1, "t", NULL), 0);
	assert_int_equal(doc_int(facts_find(d, "a.b.c.d")), 1);
	assert_int_equal(doc_int(facts_find(d, "a.b")), 2);
	assert_null(facts_find(d, "a.c"));
	assert_non_null(facts_find(d, "x"));
	doc_free(d);
	facts_read(&f, "a=1;b=x\\;y\\,=z;junk;c=");
	assert_int_equal(f.n, 3);
	assert_string_equal(f.v[1].value, "x;y\\,=z");
	assert_string_equal(f.v[2].value, "");
	facts_finish(&f);
}

static void reasons_are_sorted_and_whole(void **state)
{
	static const struct {
		const char *text, *says; /* NULL: taken */
	} cases[] = {
		{"- {command: a, reason: r}\n- {command: \"b *\", reason: s}\n", NULL},
		{"- {command: \"*\", reason: r}\n- {command: \"b c\", reason: s}\n", NULL},
		{"- {command: b, reason: r}\n- {command: a, reason: s}\n", "out of order"},
		{"- {command: a, reason: r}\n- {command: a, reason: s}\n", "stands twice"},
		{"- {command: a}\n", "a command and a reason are needed"},
		{"- {comand: a, reason: r}\n", "unknown key \"comand\""},
	};
	char *dir = scratch_new(), *path = path_join(dir, "unread.yml");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct unread_list list;
		struct err e = {0};

		put(dir, "unread.yml", cases[i].text);
		assert_int_equal(unread_read(&list, path, &e), cases[i].says ? -1 : 0);
		if (cases[i].says)
			assert_non_null(strstr(e.msg, cases[i].says));
		else
			assert_string_equal(unread_why(&list, "b c"), "s");
		unread_finish(&list);
	}
	free(path);
	scratch_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_and_reasons_are_told),
		cmocka_unit_test(the_status_says_how_it_went),
		cmocka_unit_test(rows_without_a_time_are_judged_now),
		cmocka_unit_test(named_checks_show_the_rows_they_read),
		cmocka_unit_test(command_lines_are_matched_plainly),
		cmocka_unit_test(facts_are_compared_by_value),
		cmocka_unit_test(facts_are_found_by_name_and_path),
		cmocka_unit_test(reasons_are_sorted_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
