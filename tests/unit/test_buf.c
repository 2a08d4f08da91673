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

static void empty_is_a_string(void **state)
{
	struct buf b = {0};
	char *taken;

	(void)state;
	assert_string_equal(buf_str(&b), "");
	buf_consume(&b, 3);
	buf_reset(&b);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	buf_finish(&b);
}

static void grows_and_stays_terminated(void **state)
{
	struct buf b = {0};
	char expected[1001];

	(void)state;
	memset(expected, 'x', 1000);
	expected[1000] = '\0';
	for (int i = 0; i < 500; i++) {
		buf_addc(&b, 'x');
		buf_adds(&b, "x");
		assert_int_equal(b.data[b.len], '\0');
	}
	assert_string_equal(buf_str(&b), expected);
	assert_false(b.overflow);
	buf_finish(&b);
}

static void keeps_bytes_that_are_nul(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_add(&b, "a\0b", 3);
	buf_addc(&b, '\0');
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "a\0b\0", 5);
	buf_finish(&b);
}

static void writes_code_points_as_utf8(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_add_utf8(&b, 'x');
	buf_add_utf8(&b, 0xe4);
	buf_add_utf8(&b, 0x20ac);
	buf_add_utf8(&b, 0x1f512);
	assert_string_equal(buf_str(&b), "x\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x92");
	buf_finish(&b);
}

static void formats_short_and_long(void **state)
{
	struct buf b = {0};
	char text[1000];

	(void)state;
	memset(text, 'y', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	buf_addf(&b, "%d:", 7);
	buf_addf(&b, "%s", text);
	assert_int_equal(b.len, 2 + sizeof text - 1);
	assert_memory_equal(b.data, "7:yyy", 5);
	assert_string_equal(b.data + 2, text);
	buf_finish(&b);
}

static void keeps_what_fits_below_the_maximum(void **state)
{
	static const struct {
		size_t max;
		const char *add, *kept;
		int overflow;
	} cases[] = {
		{3, "ab", "ab", 0},
		{3, "abc", "abc", 0},
		{3, "abcd", "abc", 1},
		{1, "abcd", "a", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b;

		buf_init(&b, cases[i].max);
		buf_adds(&b, cases[i].add);
		assert_string_equal(buf_str(&b), cases[i].kept);
		assert_int_equal(b.overflow, cases[i].overflow);
		buf_adds(&b, "more than fits");
		assert_true(b.overflow);
		assert_int_equal(b.len, cases[i].max);
		buf_reset(&b);
		assert_false(b.overflow);
		assert_int_equal(b.max, cases[i].max);
		buf_finish(&b);
	}
}

static void consumes_from_the_front(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_adds(&b, "abcdef");
	buf_consume(&b, 2);
	assert_string_equal(buf_str(&b), "cdef");
	buf_consume(&b, 99);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.len, 0);
	buf_finish(&b);
}

static void take_leaves_it_empty(void **state)
{
	struct buf b;
	char *taken;

	(void)state;
	buf_init(&b, 10);
	buf_adds(&b, "abc");
	taken = buf_take(&b);
	assert_string_equal(taken, "abc");
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 10);
	buf_adds(&b, "d");
	assert_string_equal(taken, "abc");
	assert_string_equal(buf_str(&b), "d");
	free(taken);
	buf_finish(&b);
}

static void array_room_is_zeroed(void **state)
{
	int *v = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		int *last = ARR_ADD(v, n, cap);

		assert_int_equal(*last, 0);
		*last = i + 1;
	}
	n = 50; /* elements dropped: what they held must not come back */
	assert_int_equal(*ARR_ADD(v, n, cap), 0);
	assert_int_equal(v[49], 50);
	free(v);
}

static void copies_are_terminated(void **state)
{
	char *s = xstrndup("abcdef", 3);
	char *bytes = xmemdup("a\0b", 3);
	char *text = xasprintf("%s-%d", "web", 1);

	(void)state;
	assert_string_equal(s, "abc");
	assert_memory_equal(bytes, "a\0b", 4);
	assert_string_equal(text, "web-1");
	assert_null(xstrdup(NULL));
	free(s);
	free(bytes);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(keeps_bytes_that_are_nul),
		cmocka_unit_test(writes_code_points_as_utf8),
		cmocka_unit_test(formats_short_and_long),
		cmocka_unit_test(keeps_what_fits_below_the_maximum),
		cmocka_unit_test(consumes_from_the_front),
		cmocka_unit_test(take_leaves_it_empty),
		cmocka_unit_test(array_room_is_zeroed),
		cmocka_unit_test(copies_are_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
