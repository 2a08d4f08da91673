#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/safe.h"

static void decodes_strictly(void **state)
{
	static const struct {
		const char *bytes;
		int32_t cp;
		size_t used;
	} cases[] = {
		{"a", 'a', 1},
		{"\x7f", 0x7f, 1},
		{"\xc2\x80", 0x80, 2},
		{"\xc3\xa4x", 0xe4, 2},
		{"\xe2\x82\xac", 0x20ac, 3},
		{"\xf0\x9f\x98\x80", 0x1f600, 4},
		{"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
		{"\x80", -1, 1},	     /* a continuation alone */
		{"\xc3", -1, 1},	     /* cut short */
		{"\xc3(", -1, 1},	     /* no continuation */
		{"\xe2\x82", -1, 1},	     /* cut short */
		{"\xf0\x9f\x98", -1, 1},     /* cut short */
		{"\xc0\xaf", -1, 1},	     /* overlong slash */
		{"\xc1\xbf", -1, 1},	     /* overlong */
		{"\xe0\x80\xaf", -1, 1},     /* overlong */
		{"\xf0\x80\x80\xaf", -1, 1}, /* overlong */
		{"\xed\xa0\x80", -1, 1},     /* surrogate */
		{"\xed\xbf\xbf", -1, 1},     /* surrogate */
		{"\xf4\x90\x80\x80", -1, 1}, /* above U+10FFFF */
		{"\xf8\x88\x80\x80\x80", -1, 1},
		{"\xfe", -1, 1},
		{"\xff", -1, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t cp = 0;

		assert_int_equal(
			safe_decode(cases[i].bytes, strlen(cases[i].bytes), &cp), cases[i].used);
		assert_int_equal(cp, cases[i].cp);
	}
}

static void never_looks_past_the_end(void **state)
{
	static const char text[] = "\xf0\x9f\x98\x80";
	int32_t cp;

	(void)state;
	for (size_t n = 1; n < 4; n++) {
		assert_int_equal(safe_decode(text, n, &cp), 1);
		assert_int_equal(cp, -1);
	}
}

static void nul_is_a_code_point(void **state)
{
	int32_t cp = -1;

	(void)state;
	assert_int_equal(safe_decode("\0", 1, &cp), 1);
	assert_int_equal(cp, 0);
	assert_int_equal(safe_width(0), 0);
}

static void shows_what_is_plainly_printable(void **state)
{
	static const struct {
		int32_t cp;
		int cells;
	} cases[] = {
		{' ', 1},
		{'!', 1},
		{'~', 1},
		{0xa1, 1},
		{0xe4, 1},  /* ä */
		{0x416, 1}, /* Cyrillic */
		{0x5d0, 1}, /* Hebrew */
		{0x2014, 1},
		{0x20ac, 1},
		{0x2500, 1},
		{0x2588, 1}, /* dash, euro, lines */
		{0xfffd, 1}, /* replacement */
		{0x1100, 2},
		{0x3042, 2},
		{0x4e00, 2},
		{0xac00, 2}, /* Hangul, kana, Han */
		{0xff21, 2},
		{0x231a, 2},
		{0x2705, 2},
		{0x1f600, 2}, /* full width, emoji */
		{0x20000, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (safe_width(cases[i].cp) != cases[i].cells)
			fail_msg("U+%04X", (unsigned)cases[i].cp);
}

static void spells_every_dangerous_range(void **state)
{
	static const struct {
		int32_t first, last;
		const char *what;
	} ranges[] = {
		{-1, -1, "no code point"},
		{0x00, 0x1f, "C0"},
		{0x7f, 0x9f, "DEL and C1"},
		{0xa0, 0xa0, "no-break space"},
		{0xad, 0xad, "soft hyphen"},
		{0x300, 0x36f, "combining marks"},
		{0x483, 0x489, "combining Cyrillic"},
		{0x61c, 0x61c, "Arabic letter mark"},
		{0x903, 0x903, "spacing mark"},
		{0x115f, 0x11ff, "Hangul fillers, vowels, finals"},
		{0x1680, 0x1680, "Ogham space"},
		{0x180b, 0x180f, "Mongolian selectors"},
		{0x1ab0, 0x1ace, "combining marks"},
		{0x2000, 0x200f, "blanks, zero width, LRM, RLM"},
		{0x2028, 0x202f, "separators, embeddings, overrides"},
		{0x205f, 0x206f, "joiners, isolates"},
		{0x20d0, 0x20f0, "enclosing marks"},
		{0x2800, 0x2800, "blank Braille"},
		{0x3000, 0x3000, "ideographic space"},
		{0x3164, 0x3164, "Hangul filler"},
		{0xd7b0, 0xf8ff, "Hangul vowels, surrogates, private use"},
		{0xfe00, 0xfe0f, "variation selectors"},
		{0xfe20, 0xfe2f, "half marks"},
		{0xfeff, 0xfeff, "zero width no-break space"},
		{0xffa0, 0xffa0, "half width filler"},
		{0xfff0, 0xfffc, "annotations, object"},
		{0xfffe, 0xffff, "non-characters"},
		{0x1d159, 0x1d159, "null notehead"},
		{0x1f1e6, 0x1f1ff, "regional indicators"},
		{0x1f3fb, 0x1f3ff, "skin tones"},
		{0xe0000, 0xe0fff, "tags, selectors"},
		{0xf0000, 0x10ffff, "private use"},
		{0x110000, 0x110010, "beyond Unicode"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		for (int32_t cp = ranges[i].first; cp <= ranges[i].last; cp++)
			if (safe_width(cp))
				fail_msg("U+%04X is shown: %s", (unsigned)cp, ranges[i].what);
}

static const struct {
	const char *in, *text, *ascii;
} texts[] = {
	{"", "", ""},
	{"plain text", "plain text", "plain text"},
	{"Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f", "Gr<U+00FC><U+00DF>"},
	{"\xe2\x80\xae"
	 "cod.exe",
		"<U+202E>cod.exe", "<U+202E>cod.exe"},
	{"\x1b[2J", "<U+001B>[2J", "<U+001B>[2J"},
	{"a\r\n\tb", "a<U+000D><U+000A><U+0009>b", "a<U+000D><U+000A><U+0009>b"},
	{"\xc2\x9b"
	 "31m",
		"<U+009B>31m", "<U+009B>31m"},
	{"\xff\x80z", "<0xFF><0x80>z", "<0xFF><0x80>z"},
	{"\xe2\x82", "<0xE2><0x82>", "<0xE2><0x82>"},
	{"e\xcc\x81", "e<U+0301>", "e<U+0301>"},
	{"\xf3\xa0\x81\x81", "<U+E0041>", "<U+E0041>"},
	{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "<U+1F600>"},
};

static void spells_what_is_not_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf text = {0}, ascii = {0};

		safe_text(&text, texts[i].in, strlen(texts[i].in), SAFE_TEXT);
		safe_text(&ascii, texts[i].in, strlen(texts[i].in), SAFE_ASCII);
		assert_string_equal(buf_str(&text), texts[i].text);
		assert_string_equal(buf_str(&ascii), texts[i].ascii);
		buf_finish(&text);
		buf_finish(&ascii);
	}
}

static void spells_nul_bytes(void **state)
{
	struct buf b = {0};

	(void)state;
	safe_text(&b, "a\0b", 3, SAFE_TEXT);
	assert_string_equal(buf_str(&b), "a<U+0000>b");
	buf_finish(&b);
}

static void lines_keep_breaks_and_expand_tabs(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"a\nb\n", "a\nb\n"},
		{"\tx", "        x"},
		{"1234567\tx", "1234567 x"},
		{"12345678\tx", "12345678        x"},
		{"a\tb\n\tc", "a       b\n        c"},
		{"\xe4\xb8\x80\tx", "\xe4\xb8\x80      x"}, /* two cells */
		{"\x01\tx", "<U+0001>        x"},	    /* eight as spelt */
		{"a\r\nb", "a<U+000D>\nb"},
		{"\xe2\x80\xa8", "<U+2028>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = {0};

		safe_lines(&b, cases[i].in, strlen(cases[i].in), SAFE_TEXT);
		assert_string_equal(buf_str(&b), cases[i].out);
		buf_finish(&b);
	}
}

static void counts_cells(void **state)
{
	(void)state;
	assert_int_equal(safe_cells(""), 0);
	assert_int_equal(safe_cells("abc"), 3);
	assert_int_equal(safe_cells("\xc3\xa4"), 1);
	assert_int_equal(safe_cells("\xe4\xb8\x80x\xf0\x9f\x98\x80"), 5);
	assert_int_equal(safe_cells("<U+202E>"), 8);
}

static void safe_text_stays_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf again = {0};

		safe_text(&again, texts[i].text, strlen(texts[i].text), SAFE_TEXT);
		assert_string_equal(buf_str(&again), texts[i].text);
		buf_finish(&again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_strictly),
		cmocka_unit_test(never_looks_past_the_end),
		cmocka_unit_test(nul_is_a_code_point),
		cmocka_unit_test(shows_what_is_plainly_printable),
		cmocka_unit_test(spells_every_dangerous_range),
		cmocka_unit_test(spells_what_is_not_safe),
		cmocka_unit_test(spells_nul_bytes),
		cmocka_unit_test(lines_keep_breaks_and_expand_tabs),
		cmocka_unit_test(counts_cells),
		cmocka_unit_test(safe_text_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
