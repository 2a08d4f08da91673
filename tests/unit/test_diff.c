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
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/view.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void shows_every_line(void **state)
{
	static const struct {
		const char *old_text, *new_text, *out;
	} cases[] = {
		{"", "", "--- t\n"},
		{"a\n", "a\n", "--- t\n a\n"},
		{"a\n", "b\n", "--- t\n-a\n+b\n"},
		{"a\nb\nc\n", "a\nx\nc\n", "--- t\n a\n-b\n+x\n c\n"},
		{"a\nb\nc\nd\n", "b\nc\nx\nd\n", "--- t\n-a\n b\n c\n+x\n d\n"},
		{"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
			"--- t\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n"},
		{"a\n", "a \n", "--- t\n-a\n+a \n"},
		{"a\tb\n", "a b\n", "--- t\n-a\tb\n+a b\n"},
		{"a\r\n", "a\n", "--- t\n-a\r\n+a\n"},
		{"a", "a\n", "--- t\n-a\n# no newline at the end\n+a\n"},
		{"a\nb", "a\nb", "--- t\n a\n b\n# no newline at the end\n"},
		{"\n\n", "\n", "--- t\n \n-\n"},
		{NULL, "a\n", "--- t\n# not there before\n+a\n"},
		{"a\n", NULL, "--- t\n# not there after\n-a\n"},
		{NULL, NULL, "--- t\n# not there before\n# not there after\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *o = cases[i].old_text, *n = cases[i].new_text;
		struct diff *d = diff_new();
		struct buf b = {0};

		diff_lines(d, o, o ? strlen(o) : 0, n, n ? strlen(n) : 0, "t");
		diff_unified(&b, d);
		assert_string_equal(buf_str(&b), cases[i].out);
		buf_finish(&b);
		diff_free(d);
	}
}

static void binary_texts_give_their_sizes(void **state)
{
	struct diff *d = diff_new();

	(void)state;
	diff_lines(d, "a\0b", 3, "a\n", 2, NULL);
	assert_int_equal(d->line_count, 1);
	assert_int_equal(d->lines[0].kind, DIFF_NOTE);
	assert_string_equal(d->lines[0].text, "binary, 3 bytes before, 2 bytes after");
	diff_lines(d, "a\0b", 3, "a\0b", 3, NULL);
	assert_string_equal(d->lines[1].text, "binary, 3 bytes, the same");
	diff_free(d);
}

/* One side of a diff put together again. */
static void side(struct buf *out, const struct diff *d, enum diff_kind kind)
{
	buf_reset(out);
	for (size_t i = 0; i < d->line_count; i++) {
		if (d->lines[i].kind == DIFF_SAME || d->lines[i].kind == kind)
			buf_addf(out, "%s\n", d->lines[i].text);
	}
}

static unsigned roll(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Whatever the texts, both sides can be read off the diff, and the numbers count up. */
static void both_sides_stand_in_the_diff(void **state)
{
	struct buf a = {0}, b = {0}, got = {0};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct diff *d = diff_new();
		int old_no = 0, new_no = 0;

		buf_reset(&a);
		buf_reset(&b);
		for (unsigned i = roll(&seed) % 20; i > 0; i--)
			buf_addf(&a, "%u\n", roll(&seed) % 4);
		for (unsigned i = roll(&seed) % 20; i > 0; i--)
			buf_addf(&b, "%u\n", roll(&seed) % 4);
		diff_lines(d, buf_str(&a), a.len, buf_str(&b), b.len, NULL);
		side(&got, d, DIFF_REMOVED);
		assert_string_equal(buf_str(&got), buf_str(&a));
		side(&got, d, DIFF_ADDED);
		assert_string_equal(buf_str(&got), buf_str(&b));
		for (size_t i = 0; i < d->line_count; i++) {
			assert_true(!d->lines[i].old_no || d->lines[i].old_no == ++old_no);
			assert_true(!d->lines[i].new_no || d->lines[i].new_no == ++new_no);
		}
		diff_free(d);
	}
	buf_finish(&a);
	buf_finish(&b);
	buf_finish(&got);
}

/* Thousands of lines with nothing in common: the search gives up, the diff is still right. */
static void large_changes_are_bounded(void **state)
{
	struct buf a = {0}, b = {0}, got = {0};
	struct diff *d = diff_new();

	(void)state;
	buf_adds(&a, "first\n");
	buf_adds(&b, "first\n");
	for (int i = 0; i < 20000; i++) {
		buf_addf(&a, "a%d\n", i);
		buf_addf(&b, "b%d\n", i);
	}
	diff_lines(d, a.data, a.len, b.data, b.len, NULL);
	assert_int_equal(d->removed, 20000);
	assert_int_equal(d->added, 20000);
	assert_int_equal(d->lines[0].kind, DIFF_SAME);
	side(&got, d, DIFF_ADDED);
	assert_string_equal(buf_str(&got), buf_str(&b));
	diff_free(d);
	buf_finish(&a);
	buf_finish(&b);
	buf_finish(&got);
}

static void trimming_says_what_it_leaves_out(void **state)
{
	static const char old_text[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
	static const char new_text[] = "1\n2\n3\n4\nx\n6\n7\n8\n9\n";
	static const struct {
		int context;
		const char *out;
	} cases[] = {
		{0, "--- t\n# 4 unchanged lines not shown\n-5\n+x\n# 4 unchanged lines not "
		    "shown\n"},
		{3, "--- t\n# 1 unchanged line not shown\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"
		    "# 1 unchanged line not shown\n"},
		{9, "--- t\n 1\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct diff *d = diff_new();
		struct buf b = {0};

		diff_lines(d, old_text, sizeof old_text - 1, new_text, sizeof new_text - 1, "t");
		diff_trim(d, cases[i].context);
		diff_unified(&b, d);
		assert_string_equal(buf_str(&b), cases[i].out);
		assert_int_equal(d->added, 1);
		buf_finish(&b);
		diff_free(d);
	}
}

static void goes_to_a_doc_and_back(void **state)
{
	struct diff *d = diff_new(), *back;
	struct err e = {0};
	struct doc *doc, *again;

	(void)state;
	diff_lines(d, "a\nb", 3, "a\nc\n", 4, "t");
	doc = diff_to_doc(d);
	if (diff_from_doc(&back, doc, &e))
		fail_msg("%s", e.msg);
	again = diff_to_doc(back);
	assert_true(doc_equal(doc, again));
	assert_int_equal(back->removed, 1);
	diff_free(d);
	diff_free(back);
	doc_free(doc);
	doc_free(again);
	assert_int_equal(diff_from_doc(&back, NULL, &e), -1);
	assert_null(back);
}

static void a_view_goes_to_a_doc_and_back(void **state)
{
	struct view v = {0}, back;
	struct err e = {0};
	char a[SHA256_HEX], b[SHA256_HEX];
	struct doc *d;

	(void)state;
	view_add(&v, VIEW_TITLE, "put it back");
	view_addn(&v, VIEW_ADDED, 0, 7, "xy", 1);
	d = view_to_doc(&v);
	if (view_from_doc(&back, d, &e))
		fail_msg("%s", e.msg);
	view_hash(a, &v);
	view_hash(b, &back);
	assert_string_equal(a, b);
	assert_string_equal(back.lines[1].text, "x");
	assert_int_equal(back.lines[1].new_no, 7);
	view_finish(&v);
	view_finish(&back);
	doc_free(d);
}

/* Kind, numbers, text, order: whatever differs gives another hash. */
static void a_views_hash_binds_everything(void **state)
{
	static char texts[][16] = {"a", "b", "a ", "a\nnote 0 0 1:b"};
	const struct view_line base[] = {
		{.kind = VIEW_ADDED, .new_no = 1, .text = texts[0]},
		{.kind = VIEW_NOTE, .text = texts[1]},
	};
	char hash[SHA256_HEX], other[SHA256_HEX];
	struct view_line lines[2];
	struct view v = {.lines = lines, .line_count = 2};

	(void)state;
	memcpy(lines, base, sizeof lines);
	view_hash(hash, &v);
	for (int i = 0; i < 6; i++) {
		memcpy(lines, base, sizeof lines);
		v.line_count = 2;
		if (i == 0)
			lines[0].kind = VIEW_REMOVED;
		else if (i == 1)
			lines[0].new_no = 2;
		else if (i == 2)
			lines[0].text = texts[2];
		else if (i == 3)
			v.line_count = 1;
		else if (i == 4)
			lines[0] = base[1], lines[1] = base[0];
		else
			lines[0].text = texts[3], v.line_count = 1;
		view_hash(other, &v);
		assert_string_not_equal(hash, other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_every_line),
		cmocka_unit_test(binary_texts_give_their_sizes),
		cmocka_unit_test(both_sides_stand_in_the_diff),
		cmocka_unit_test(large_changes_are_bounded),
		cmocka_unit_test(trimming_says_what_it_leaves_out),
		cmocka_unit_test(goes_to_a_doc_and_back),
		cmocka_unit_test(a_view_goes_to_a_doc_and_back),
		cmocka_unit_test(a_views_hash_binds_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
