#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ui/field.h"
#include "ui/key.h"
#include "ui/list.h"

static void fill(struct list *l, const char *keys)
{
	list_clear(l);
	for (const char *p = keys; *p; p++) {
		char key[2] = {*p, 0};
		struct row *r = list_add(l, *p == '-' ? NULL : key);

		r->name = xstrdup(key);
		r->text = xstrdup("text");
	}
	list_settle(l);
}

static const char *selected(const struct list *l)
{
	return list_row(l) ? list_row(l)->key : "";
}

static void the_cursor_follows_the_thing(void **state)
{
	struct list l = {0};

	(void)state;
	fill(&l, "abc");
	assert_string_equal(selected(&l), "a");
	list_move(&l, 1);
	assert_string_equal(selected(&l), "b");
	fill(&l, "xcyb"); /* reordered */
	assert_string_equal(selected(&l), "b");
	fill(&l, "xcy"); /* gone: what stands at its place, or the last */
	assert_string_equal(selected(&l), "y");
	fill(&l, "");
	assert_string_equal(selected(&l), "");
	fill(&l, "q");
	assert_string_equal(selected(&l), "q");
	list_finish(&l);
}

static void rows_without_a_key_are_skipped(void **state)
{
	struct list l = {0};

	(void)state;
	fill(&l, "a--b-c");
	list_move(&l, 1);
	assert_string_equal(selected(&l), "b");
	list_move(&l, 1);
	assert_string_equal(selected(&l), "c");
	list_move(&l, 9);
	assert_string_equal(selected(&l), "c");
	list_move(&l, -9);
	assert_string_equal(selected(&l), "a");
	list_to(&l, true);
	assert_string_equal(selected(&l), "c");
	list_finish(&l);
}

static void the_worst_stand_first(void **state)
{
	struct list l = {0};

	(void)state;
	fill(&l, "ab-cd");
	l.rows[1].state = FINDING_WARN; /* b, with a line below it */
	l.rows[4].state = FINDING_CRIT; /* d */
	list_sort_worst(&l);
	assert_string_equal(l.rows[0].key, "d");
	assert_string_equal(l.rows[1].key, "b");
	assert_null(l.rows[2].key);
	assert_string_equal(l.rows[3].key, "a");
	assert_string_equal(l.rows[4].key, "c");
	list_finish(&l);
}

static void filters(void **state)
{
	static const struct {
		const char *filter, *row;
		bool hit;
	} cases[] = {
		{"", "anything", true},
		{"web", "web1 sudoers", true},
		{"WEB", "web1 sudoers", true},
		{"^web[12]$", "web1", true},
		{"^web[12]$", "web3", false},
		{"!web", "web1", false},
		{"!web", "dns1", true},
		{"-f wsd", "web1 sudoers", true},
		{"-f zz", "web1 sudoers", false},
		{"!-f zz", "web1 sudoers", true},
	};
	struct filter f = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(filter_set(&f, cases[i].filter, &e), 0);
		assert_int_equal(filter_matches(&f, cases[i].row), cases[i].hit);
	}
	assert_int_equal(filter_set(&f, "web", &e), 0);
	assert_int_equal(filter_set(&f, "we(b", &e), -1); /* the old one stays */
	assert_true(filter_matches(&f, "web1"));
	assert_false(filter_matches(&f, "dns1"));
	filter_finish(&f);
}

static void a_filter_keeps_the_cursor(void **state)
{
	struct list l = {0};
	struct err e;

	(void)state;
	fill(&l, "abc");
	list_move(&l, 2);
	assert_int_equal(filter_set(&l.filter, "^[bc]", &e), 0);
	fill(&l, "abc");
	assert_int_equal(l.row_count, 2);
	assert_string_equal(selected(&l), "c");
	list_finish(&l);
}

static void typed_text_is_edited(void **state)
{
	struct field f = {.many = true};

	(void)state;
	field_paste(&f, "one two\r\nthr\033ee\xe2\x80\xae", 18);
	assert_string_equal(field_text(&f), "one two\nthree");
	field_key(&f, KEY_MOD_CTRL | 'w');
	assert_string_equal(field_text(&f), "one two\n");
	field_key(&f, KEYCODE_UP);
	field_key(&f, KEY_MOD_CTRL | 'k');
	assert_string_equal(field_text(&f), "\n");
	field_key(&f, 0xe9);
	field_key(&f, KEYCODE_LEFT);
	field_key(&f, KEYCODE_DELETE);
	assert_string_equal(field_text(&f), "\n");
	f.many = false;
	field_set(&f, "a\nb");
	assert_string_equal(field_text(&f), "a b");
	field_finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cursor_follows_the_thing),
		cmocka_unit_test(rows_without_a_key_are_skipped),
		cmocka_unit_test(the_worst_stand_first),
		cmocka_unit_test(filters),
		cmocka_unit_test(a_filter_keeps_the_cursor),
		cmocka_unit_test(typed_text_is_edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
