#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "ui/canvas.h"

struct runs {
	int count, cells;
};

static void count_run(void *arg, int x, int y, const struct cell *cells, int n)
{
	struct runs *r = arg;

	(void)x;
	(void)y;
	(void)cells;
	r->count++;
	r->cells += n;
}

static struct runs diff(const struct canvas *a, const struct canvas *b)
{
	struct runs r = {0};

	canvas_diff(a, b, count_run, &r);
	return r;
}

/* Whatever is put, only plainly printable characters stand in the grid. */
static void hostile_text_is_spelt_out(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"a\033[31mb", "a<U+001B>[31mb"},
		{"\xe2\x80\xae"
		 "evil",
			"<U+202E>evil"},
		{"x\xe2\x80\x8by", "x<U+200B>y"},
		{"\xff\xfe", "<0xFF><0xFE>"},
		{"a\tb\rc", "a<U+0009>b<U+000D>c"},
		{"\xc2\x9b"
		 "31m",
			"<U+009B>31m"},
		{"caf\xc3\xa9", "caf\xc3\xa9"},
		{"\xf3\xa0\x81\x81", "<U+E0041>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct canvas c;
		struct buf out = {0};

		canvas_init(&c, 40, 1, false);
		canvas_text(&c, 0, 0, 40, AS_TEXT, cases[i].in);
		canvas_dump(&c, &out);
		assert_int_equal(strncmp(buf_str(&out), cases[i].out, strlen(cases[i].out)), 0);
		for (int x = 0; x < c.w; x++)
			assert_true(c.cells[x].cp == 0 || safe_width(c.cells[x].cp) > 0);
		buf_finish(&out);
		canvas_finish(&c);
	}
}

static void wide_characters_never_stand_half(void **state)
{
	struct canvas c;
	struct buf out = {0};

	(void)state;
	canvas_init(&c, 4, 1, false);
	canvas_text(&c, 0, 0, 4, AS_TEXT, "abc\xe6\xbc\xa2"); /* does not fit into the last cell */
	assert_int_equal(c.cells[3].cp, ' ');
	canvas_clear(&c);
	canvas_text(&c, 0, 0, 4, AS_TEXT, "\xe6\xbc\xa2\xe5\xad\x97");
	assert_int_equal(c.cells[0].wide, 1);
	canvas_text(&c, 1, 0, 2, AS_TEXT, "x"); /* over a right half */
	assert_int_equal(c.cells[0].cp, ' ');
	canvas_text(&c, 2, 0, 3, AS_TEXT, "y"); /* over a left half */
	assert_int_equal(c.cells[3].cp, ' ');
	canvas_dump(&c, &out);
	assert_string_equal(buf_str(&out), " xy\n");
	buf_finish(&out);
	canvas_finish(&c);
}

static void only_what_changed_is_sent(void **state)
{
	struct canvas a, b;

	(void)state;
	canvas_init(&a, 80, 24, false);
	canvas_init(&b, 80, 24, false);
	assert_int_equal(diff(&a, &b).count, 0);
	canvas_text(&b, 5, 3, 80, AS_TEXT, "new");
	assert_int_equal(diff(&a, &b).count, 1);
	assert_int_equal(diff(&a, &b).cells, 3);
	canvas_text(&b, 10, 3, 80, AS_TEXT, "far"); /* apart from the first */
	assert_int_equal(diff(&a, &b).count, 1);    /* two cells between: one run is cheaper */
	canvas_text(&b, 60, 3, 80, AS_TEXT, "away");
	assert_int_equal(diff(&a, &b).count, 2);
	canvas_ground(&b, 0, 9, 80, AS_SELECTED);
	assert_int_equal(diff(&a, &b).count, 3);
	canvas_copy(&a, &b);
	assert_int_equal(diff(&a, &b).count, 0);
	canvas_resize(&a, 1, 1);
	assert_int_equal(diff(&a, &b).count, 24);
	canvas_finish(&a);
	canvas_finish(&b);
}

static void nothing_is_drawn_outside(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 1, 1, false);
	canvas_text(&c, -3, 0, 10, AS_TEXT, "abcdef");
	canvas_text(&c, 0, 5, 10, AS_TEXT, "abc");
	canvas_ground(&c, -5, -5, 100, AS_SELECTED);
	canvas_repeat(&c, 0, 0, 100, AS_FRAME, "━");
	canvas_cursor(&c, 7, 7);
	assert_int_equal(c.cursor_x, -1);
	canvas_finish(&c);
}

static void ascii_has_plain_forms_of_our_signs_only(void **state)
{
	struct canvas c;
	struct buf out = {0};

	(void)state;
	canvas_init(&c, 40, 1, true);
	canvas_text(&c, 0, 0, 40, AS_TEXT, "●≠▲✖⊘━ caf\xc3\xa9");
	canvas_dump(&c, &out);
	assert_string_equal(buf_str(&out), ".~!X#= caf<U+00E9>\n");
	buf_finish(&out);
	canvas_finish(&c);
}

static void long_text_ends_in_an_ellipsis(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 10, 1, false);
	canvas_fit(&c, 0, 0, 4, AS_TEXT, "abcdef");
	assert_true(canvas_has(&c, "abc…"));
	canvas_clear(&c);
	canvas_fit(&c, 0, 0, 4, AS_TEXT, "abcd");
	assert_true(canvas_has(&c, "abcd"));
	canvas_finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text_is_spelt_out),
		cmocka_unit_test(wide_characters_never_stand_half),
		cmocka_unit_test(only_what_changed_is_sent),
		cmocka_unit_test(nothing_is_drawn_outside),
		cmocka_unit_test(ascii_has_plain_forms_of_our_signs_only),
		cmocka_unit_test(long_text_ends_in_an_ellipsis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
