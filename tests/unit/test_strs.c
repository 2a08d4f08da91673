#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/strs.h"

static void list_is_an_argv(void **state)
{
	struct strs s = {0};

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		strs_addf(&s, "%zu", i);
		assert_int_equal(s.n, i + 1);
		assert_null(s.v[s.n]);
	}
	assert_string_equal(s.v[39], "39");
	strs_finish(&s);
	assert_int_equal(s.n, 0);
	assert_null(s.v);
}

static void splits_at_each_separator(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *joined;
	} cases[] = {
		{NULL, 0, ""},
		{"", 0, ""},
		{"a", 1, "a"},
		{"a,b", 2, "a|b"},
		{"a,,b", 3, "a||b"},
		{",", 2, "|"},
		{"a,", 2, "a|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strs s = {0};
		char *joined;

		strs_split(&s, cases[i].text, ',');
		assert_int_equal(s.n, cases[i].n);
		joined = strs_join(&s, "|");
		assert_string_equal(joined, cases[i].joined);
		free(joined);
		strs_finish(&s);
	}
}

static void sorts_copies_and_finds(void **state)
{
	struct strs s = {0}, copy = {0};
	char *joined;

	(void)state;
	strs_split(&s, "b a B \xc3\xa4", ' ');
	strs_copy(&copy, &s);
	strs_copy(&copy, &copy);
	strs_sort(&s);
	joined = strs_join(&s, " ");
	assert_string_equal(joined, "B a b \xc3\xa4");
	free(joined);
	joined = strs_join(&copy, " ");
	assert_string_equal(joined, "b a B \xc3\xa4 b a B \xc3\xa4");
	free(joined);
	assert_true(strs_has(&s, "a"));
	assert_false(strs_has(&s, "A"));
	assert_false(strs_has(&s, NULL));
	strs_finish(&s);
	strs_finish(&copy);
}

static void quotes_for_a_shell(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"plain-1.2/x_y:z,@%+", "plain-1.2/x_y:z,@%+"},
		{"", "''"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"'", "''\\'''"},
		{"$(id)", "'$(id)'"},
		{"A=b", "'A=b'"},
		{"~root", "'~root'"},
		{"*", "'*'"},
		{"a\nb", "'a\nb'"},
		{"#x", "'#x'"},
		{"\xc3\xa4", "'\xc3\xa4'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = {0};

		shell_quote(&b, cases[i].text);
		assert_string_equal(buf_str(&b), cases[i].quoted);
		buf_finish(&b);
	}
}

static void quotes_a_whole_argv(void **state)
{
	struct strs s = {0};
	struct buf b = {0};

	(void)state;
	shell_quote_argv(&b, &s);
	assert_string_equal(buf_str(&b), "");
	strs_add(&s, "/bin/echo");
	strs_add(&s, "a b");
	strs_add(&s, "");
	shell_quote_argv(&b, &s);
	assert_string_equal(buf_str(&b), "/bin/echo 'a b' ''");
	buf_finish(&b);
	strs_finish(&s);
}

static void compares_with_null(void **state)
{
	(void)state;
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq("", NULL));
	assert_false(str_eq(NULL, ""));
	assert_true(str_eq("a", "a"));
	assert_true(str_starts("abc", "ab"));
	assert_true(str_starts("abc", ""));
	assert_false(str_starts("a", "ab"));
	assert_false(str_starts(NULL, ""));
	assert_true(str_ends("abc", "bc"));
	assert_false(str_ends("c", "bc"));
	assert_false(str_ends(NULL, ""));
	assert_true(str_empty(NULL));
	assert_true(str_empty(""));
	assert_false(str_empty(" "));
}

static void reads_whole_integers_only(void **state)
{
	static const struct {
		const char *text;
		long long min, max, value;
		int good;
	} cases[] = {
		{"0", 0, 9, 0, 1},
		{"-5", -9, 9, -5, 1},
		{"007", 0, 9, 7, 1},
		{"10", 0, 9, 0, 0},
		{"-1", 0, 9, 0, 0},
		{"", 0, 9, 0, 0},
		{NULL, 0, 9, 0, 0},
		{" 1", 0, 9, 0, 0},
		{"1 ", 0, 9, 0, 0},
		{"+1", 0, 9, 0, 0},
		{"--1", -9, 9, 0, 0},
		{"-", -9, 9, 0, 0},
		{"0x1", 0, 9, 0, 0},
		{"9223372036854775807", 0, LLONG_MAX, LLONG_MAX, 1},
		{"9223372036854775808", 0, LLONG_MAX, 0, 0},
		{"-9223372036854775809", LLONG_MIN, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		long long value = 4711;

		assert_int_equal(
			str_int(cases[i].text, cases[i].min, cases[i].max, &value), cases[i].good);
		assert_true(value == (cases[i].good ? cases[i].value : 4711));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_an_argv),
		cmocka_unit_test(splits_at_each_separator),
		cmocka_unit_test(sorts_copies_and_finds),
		cmocka_unit_test(quotes_for_a_shell),
		cmocka_unit_test(quotes_a_whole_argv),
		cmocka_unit_test(compares_with_null),
		cmocka_unit_test(reads_whole_integers_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
