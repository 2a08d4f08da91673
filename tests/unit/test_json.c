#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct doc *read_ok(const char *s)
{
	struct err e = {0};
	struct doc *d;

	if (json_read(&d, s, strlen(s), "x.json", &e))
		fail_msg("%s: %s", s, e.msg);
	return d;
}

static void goes_there_and_back(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"{}", "{}"},
		{"[]", "[]"},
		{"null", "null"},
		{" [1 , -2,\ttrue,false ] ", "[1,-2,true,false]"},
		{"{\"b\":1,\"a\":{\"d\":[{}],\"c\":\"x\"}}",
			"{\"b\":1,\"a\":{\"d\":[{}],\"c\":\"x\"}}"},
		{"\"\\u0000\\u001b\\n\\\"\\\\\\/\"", "\"\\u0000\\u001b\\n\\\"\\\\/\""},
		{"\"\\ud83d\\ude00\\u00e9\"", "\"\xF0\x9F\x98\x80\xC3\xA9\""},
		{"9223372036854775807", "9223372036854775807"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"[9223372036854775808,3]", "[9.223372036854776e+18,3]"},
		{"[1.0,0.1,1e3,2.5e-7]", "[1.0,0.1,1000.0,2.5e-07]"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct doc *d = read_ok(cases[i].in);
		struct buf b = {0};

		json_write(&b, d);
		assert_string_equal(buf_str(&b), cases[i].out);
		buf_finish(&b);
		doc_free(d);
	}
}

static void of_a_key_printed_twice_the_last_counts(void **state)
{
	static const char text[] = "{\"Core 0\": {\"t\": 1}, \"b\": 3, \"Core 0\": {\"t\": 2}}";
	struct err e = {0};
	struct buf out = {0};
	struct doc *d;

	(void)state;
	assert_int_equal(json_read_foreign(&d, text, strlen(text), "sensors", &e), 0);
	json_write_canonical(&out, d);
	assert_string_equal(buf_str(&out), "{\"Core 0\":{\"t\":2},\"b\":3}");
	buf_finish(&out);
	doc_free(d);
	assert_int_equal(json_read_foreign(&d, "{\"a\":", 5, "sensors", &e), -1);
	assert_null(d);
}

static void refuses_what_is_not_json(void **state)
{
	static const struct {
		const char *in, *part;
	} cases[] = {
		{"", "x.json:1:"},
		{"{", "x.json:1:"},
		{"{\"a\":1,\"a\":2}", "duplicate"},
		{"[1] 2", "end of file"},
		{"[1,]", "x.json:1:"},
		{"{\n \"a\": tru }", "x.json:2:"},
		{"\"\xff\"", "0xff"},
		{"[01]", "x.json:1:"},
		{"{\"a\\u0000b\":1}", "NUL"},
		{"1e999", "x.json:1:"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = {0};
		struct doc *d;

		assert_int_equal(json_read(&d, cases[i].in, strlen(cases[i].in), "x.json", &e), -1);
		assert_null(d);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.msg, cases[i].part))
			fail_msg("%s gave: %s", cases[i].in, e.msg);
	}
}

static void limits_the_depth(void **state)
{
	static const int depths[] = {64, 65, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < COUNT(depths); i++) {
		struct buf b = {0};
		struct err e = {0};
		struct doc *d;

		for (int n = 0; n < depths[i]; n++)
			buf_addc(&b, '[');
		for (int n = 0; n < depths[i]; n++)
			buf_addc(&b, ']');
		assert_int_equal(json_read(&d, b.data, b.len, "x", &e), i ? -1 : 0);
		doc_free(d);
		buf_finish(&b);
	}
}

static void canonical_sorts_keys_by_bytes(void **state)
{
	struct doc *d =
		read_ok("{\"b\":1,\"B\":2,\"aa\":{\"z\":1,\"\xC3\xA9\":2,\"a\":3},\"a\":4}");
	struct buf b = {0};

	(void)state;
	json_write_canonical(&b, d);
	assert_string_equal(
		buf_str(&b), "{\"B\":2,\"a\":4,\"aa\":{\"a\":3,\"z\":1,\"\xC3\xA9\":2},\"b\":1}");
	buf_finish(&b);
	doc_free(d);
}

static void pretty_is_indented(void **state)
{
	struct doc *d = read_ok("{\"a\":[1,{}],\"b\":[]}");
	struct buf b = {0};

	(void)state;
	json_write_pretty(&b, d);
	assert_string_equal(buf_str(&b), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n");
	buf_finish(&b);
	doc_free(d);
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
	struct buf b = {0};

	(void)state;
	json_write_str(&b, "a\xFFz\xC3", 4);
	assert_string_equal(buf_str(&b), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"");
	buf_finish(&b);
}

static void infinity_has_no_word(void **state)
{
	struct doc *d = doc_new_real(1e308 * 10);
	struct buf b = {0};

	(void)state;
	json_write(&b, d);
	assert_string_equal(buf_str(&b), "null");
	buf_finish(&b);
	doc_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_there_and_back),
		cmocka_unit_test(of_a_key_printed_twice_the_last_counts),
		cmocka_unit_test(refuses_what_is_not_json),
		cmocka_unit_test(limits_the_depth),
		cmocka_unit_test(canonical_sorts_keys_by_bytes),
		cmocka_unit_test(pretty_is_indented),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
		cmocka_unit_test(infinity_has_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
