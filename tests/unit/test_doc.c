#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/doc.h"

static void keeps_order_and_replaces(void **state)
{
	struct doc *d = doc_new_map();

	(void)state;
	doc_set_str(d, "b", "1");
	doc_set_str(d, "a", "2");
	doc_set_str(d, "b", "3");
	assert_int_equal(doc_len(d), 2);
	assert_string_equal(doc_key(d, 0), "b");
	assert_string_equal(doc_get_str(d, "b", "x"), "3");
	assert_string_equal(doc_get_str(d, "c", "x"), "x");
	assert_null(doc_key(d, 2));
	doc_free(d);
}

/* Past 16 keys a hash index takes over; both must find the same. */
static void finds_among_many_keys(void **state)
{
	struct doc *d = doc_new_map();
	char key[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "k%d", i);
		doc_set_int(d, key, i);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "k%d", i);
		assert_int_equal(doc_get_int(d, key, -1), i);
	}
	assert_null(doc_get(d, "k1000"));
	doc_set_int(d, "k500", 7);
	assert_int_equal(doc_len(d), 1000);
	assert_int_equal(doc_get_int(d, "k500", -1), 7);
	doc_free(d);
}

static void null_is_a_null_value(void **state)
{
	(void)state;
	assert_int_equal(doc_kind(NULL), DOC_NULL);
	assert_false(doc_bool(NULL));
	assert_int_equal(doc_int(NULL), 0);
	assert_null(doc_str(NULL));
	assert_int_equal(doc_len(NULL), 0);
	assert_null(doc_at(NULL, 0));
	assert_null(doc_get(NULL, "a"));
	assert_int_equal(doc_line(NULL), 0);
	doc_free(NULL);
}

static void kinds_do_not_mix(void **state)
{
	struct doc *d = doc_new_map();

	(void)state;
	doc_set_str(d, "s", "text");
	doc_set_int(d, "i", 4);
	doc_set(d, "r", doc_new_real(1e300));
	assert_int_equal(doc_get_int(d, "s", -1), -1);
	assert_false(doc_get_bool(d, "i", false));
	assert_string_equal(doc_get_str(d, "i", "none"), "none");
	assert_int_equal(doc_int(doc_get(d, "r")), 0); /* does not fit */
	assert_true(doc_real(doc_get(d, "i")) > 3.9);
	doc_free(d);
}

static void copies_are_equal_until_changed(void **state)
{
	struct doc *d = doc_new_map(), *l = doc_new_list(), *c;

	(void)state;
	doc_push_str(l, "a");
	doc_push(l, doc_new_strn("a\0b", 3));
	doc_push(l, doc_new_null());
	doc_set(d, "l", l);
	doc_set_bool(d, "b", true);
	doc_set(d, "r", doc_new_real(0.5));
	c = doc_copy(d);
	assert_true(doc_equal(c, d));
	doc_set_bool(c, "b", false);
	assert_false(doc_equal(c, d));
	doc_free(c);
	doc_free(d);
}

static void equality_looks_past_the_order_of_keys(void **state)
{
	struct doc *a = doc_new_map(), *b = doc_new_map();

	(void)state;
	doc_set_int(a, "x", 1);
	doc_set_int(a, "y", 2);
	doc_set_int(b, "y", 2);
	doc_set_int(b, "x", 1);
	assert_true(doc_equal(a, b));
	doc_set_int(b, "z", 3);
	assert_false(doc_equal(a, b));
	doc_free(a);
	doc_free(b);
}

static void unknown_keys_get_a_suggestion(void **state)
{
	static const char *const known[] = {"address", "port", "transport", "tags", NULL};
	static const struct {
		const char *key, *message;
	} cases[] = {
		{"adress", "f:3:5: unknown key \"adress\" in host web1: did you mean \"address\"?"},
		{"prot", "f:3:5: unknown key \"prot\" in host web1: did you mean \"port\"?"},
		{"tag", "f:3:5: unknown key \"tag\" in host web1: did you mean \"tags\"?"},
		{"colour", "f:3:5: unknown key \"colour\" in host web1: remove it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc *d = doc_new_map();
		struct err e = {0};

		doc_set_int(d, "port", 22);
		doc_set_int(d, cases[i].key, 1);
		doc_place_key(d, 1, 3, 5);
		assert_int_equal(doc_only_keys(d, "f", "host web1", known, &e), -1);
		assert_string_equal(e.msg, cases[i].message);
		assert_int_equal(e.code, ERR_INPUT);
		doc_free(d);
	}
}

static void only_keys_takes_maps_alone(void **state)
{
	static const char *const known[] = {"a", NULL};
	struct doc *d = doc_new_list();
	struct err e = {0};

	(void)state;
	doc_place(d, 2, 1);
	assert_int_equal(doc_only_keys(d, "f", "sweep", known, &e), -1);
	assert_string_equal(e.msg, "f:2:1: sweep must be a map of keys and values, not a list");
	doc_free(d);
}

static void a_share_outlives_the_first_holder(void **state)
{
	struct doc *first = doc_new_map(), *second = doc_new_list();

	(void)state;
	doc_set_str(first, "a", "b");
	doc_push(second, doc_share(first));
	doc_free(first);
	assert_string_equal(doc_get_str(doc_at(second, 0), "a", ""), "b");
	doc_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_outlives_the_first_holder),
		cmocka_unit_test(keeps_order_and_replaces),
		cmocka_unit_test(finds_among_many_keys),
		cmocka_unit_test(null_is_a_null_value),
		cmocka_unit_test(kinds_do_not_mix),
		cmocka_unit_test(copies_are_equal_until_changed),
		cmocka_unit_test(equality_looks_past_the_order_of_keys),
		cmocka_unit_test(unknown_keys_get_a_suggestion),
		cmocka_unit_test(only_keys_takes_maps_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
