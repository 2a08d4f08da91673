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
#include "codec/yaml.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct doc *read_ok(const char *s, size_t n)
{
	struct err e = {0};
	struct doc *d;

	if (yaml_read(&d, s, n, "f.yml", &e))
		fail_msg("%.*s: %s", (int)n, s, e.msg);
	return d;
}

static void plain_words_mean_what_they_look_like(void **state)
{
	static const struct {
		const char *in, *json;
	} cases[] = {
		{"", "null"},
		{"# only a comment\n", "null"},
		{"a: ~", "{\"a\":null}"},
		{"a:", "{\"a\":null}"},
		{"[true, false, null]", "[true,false,null]"},
		{"[no, yes, on, off, True, NULL]",
			"[\"no\",\"yes\",\"on\",\"off\",\"True\",\"NULL\"]"},
		{"[0, 12, -3, 0440, 1_000, 0x10, 0o7]",
			"[0,12,-3,\"0440\",\"1_000\",\"0x10\",\"0o7\"]"},
		{"[1.5, -0.25, 1e3, .5, 1e, +1, 1:30]",
			"[1.5,-0.25,1000.0,\".5\",\"1e\",\"+1\",\"1:30\"]"},
		{"9223372036854775808", "9.223372036854776e+18"},
		{"[1e999, -1e999]", "[\"1e999\",\"-1e999\"]"},
		{"['1', \"true\", '']", "[\"1\",\"true\",\"\"]"},
		{"a: |\n  x\n   y\n", "{\"a\":\"x\\n y\\n\"}"},
		{"{a: 1, b: [2, {c: d}]}", "{\"a\":1,\"b\":[2,{\"c\":\"d\"}]}"},
		{"1: x\ntrue: y\n", "{\"1\":\"x\",\"true\":\"y\"}"},
		{"--- {}\n...\n", "{}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct doc *d = read_ok(cases[i].in, strlen(cases[i].in));
		struct buf b = {0};

		json_write(&b, d);
		assert_string_equal(buf_str(&b), cases[i].json);
		buf_finish(&b);
		doc_free(d);
	}
}

static void refuses_with_file_line_and_column(void **state)
{
	static const struct {
		const char *in, *message;
	} cases[] = {
		{"a: 1\nb: 2\na: 3\n",
			"f.yml:3:1: \"a\" stands twice (first in line 1): remove one"},
		{"a: &x 1\n", "f.yml:1:4: anchors (&name) are not allowed: remove it"},
		{"a: *x\n", "f.yml:1:4: aliases (*name) are not allowed: write the value out"},
		{"a: !!str 1\n",
			"f.yml:1:4: tags (!name) are not allowed: remove it, or quote the text"},
		{"- !x [1]\n",
			"f.yml:1:3: tags (!name) are not allowed: remove it, or quote the text"},
		{"a: 1\n---\nb: 2\n",
			"f.yml:2:1: a second document begins here: one file holds one"},
		{"[a]: 1\n", "f.yml:1:1: a key must be a plain word or a quoted text"},
		{"\"a\\0b\": 1\n", "f.yml:1:1: a key must not hold a NUL"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = {0};
		struct doc *d;

		assert_int_equal(yaml_read(&d, cases[i].in, strlen(cases[i].in), "f.yml", &e), -1);
		assert_null(d);
		assert_int_equal(e.code, ERR_INPUT);
		assert_string_equal(e.msg, cases[i].message);
	}
}

static void broken_syntax_has_a_place(void **state)
{
	static const struct {
		const char *in, *place;
	} cases[] = {
		{"a: 1\n b: 2\n", "f.yml:2:"},
		{"a: [1, 2\nb: 3\n", "f.yml:2:"},
		{"a: \"x\n", "f.yml:2:"},
		{"x\n\xff\n", "f.yml:2:1: "},
		{"x\ny\x01\n", "f.yml:2:2: "},
		{"a:\n\t- b\n", "f.yml:2:"},
		{"%YAML 9.9\n--- x\n", "f.yml:1:"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = {0};
		struct doc *d;

		assert_int_equal(yaml_read(&d, cases[i].in, strlen(cases[i].in), "f.yml", &e), -1);
		if (strncmp(e.msg, cases[i].place, strlen(cases[i].place)))
			fail_msg("%s gave: %s", cases[i].in, e.msg);
	}
}

static void limits_depth_and_count(void **state)
{
	static const struct {
		size_t open, items;
		int rc;
	} cases[] = {{64, 0, 0}, {65, 0, -1}, {5000, 0, -1}, {1, 199000, 0}, {1, 200000, -1}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = {0};
		struct err e = {0};
		struct doc *d;

		for (size_t n = 0; n < cases[i].open; n++)
			buf_addc(&b, '[');
		for (size_t n = 0; n < cases[i].items; n++)
			buf_adds(&b, "1,");
		for (size_t n = 0; n < cases[i].open; n++)
			buf_addc(&b, ']');
		assert_int_equal(yaml_read(&d, b.data, b.len, "f", &e), cases[i].rc);
		doc_free(d);
		buf_finish(&b);
	}
}

static void values_remember_where_they_stood(void **state)
{
	static const char text[] = "a: 1\nlist:\n  - x\n  -  y\n";
	struct doc *d = read_ok(text, sizeof text - 1);
	const struct doc *l = doc_get(d, "list");

	(void)state;
	assert_int_equal(doc_line(doc_get(d, "a")), 1);
	assert_int_equal(doc_col(doc_get(d, "a")), 4);
	assert_int_equal(doc_key_line(d, 1), 2);
	assert_int_equal(doc_key_col(d, 1), 1);
	assert_int_equal(doc_line(doc_at(l, 1)), 4);
	assert_int_equal(doc_col(doc_at(l, 1)), 6);
	doc_free(d);
}

/* Each is read as JSON, written as YAML, and must read back equal. */
static void written_text_reads_back_equal(void **state)
{
	static const char *const cases[] = {
		"null",
		"{}",
		"[]",
		"true",
		"\"x\"",
		"\"\"",
		"3",
		"1.5",
		"{\"a\":{\"b\":{\"c\":[]}},\"d\":[[1,[2]],[],{},[{}]]}",
		"[{\"a\":1,\"b\":[1,2]},{\"a\":[{\"x\":null}]}]",
		"[\"no\",\"yes\",\"null\",\"~\",\"1\",\"1.0\",\"-\",\"- a\",\"a: b\",\"a "
		"#b\",\"#\"]",
		"[\" a\",\"a "
		"\",\"'\",\"\\\"\",\"\\\\n\",\"?\",\"!x\",\"&a\",\"*a\",\"%\",\"@\",\"`\"]",
		"[\"a\\nb\",\"a\\nb\\n\",\"a\\n\\n\",\"\\na\",\" a\\nb\",\"a\\n \\nb\",\"a "
		"\\n\\tb\\n\\n\\n\"]",
		"[\"\\n\",\"\\n\\n\",\"a\\n\",\"a\\r\\nb\",\"a\\n\\u2028b\",\"a\\n\\u0085\","
		"\"\\t\\nx\"]",
		"[\"\\u0000\\u0001\\u001b\\u007f\\u0080\\u00a0\\ufeff\\ufffe\",\"\\ud83d\\ude00\"]",
		"{\"x\":\"a\\n---\\nb\\n\",\"y\":\"# no comment\\nb\",\"...\":1,\"\":2,\"a "
		"b\":3,\"1\":4}",
		"{\"k\":\"a\\n  indented\\n\\n\\nlast\"}",
		"\"top\\nlevel\\n\"",
		"[\"a: b\\nc: d\\n\",[\"x\\ny\"]]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = {0};
		struct doc *d, *back;
		struct buf b = {0};

		assert_int_equal(json_read(&d, cases[i], strlen(cases[i]), "x", &e), 0);
		yaml_write(&b, d);
		back = read_ok(buf_str(&b), b.len);
		if (!doc_equal(d, back))
			fail_msg("%s became:\n%s", cases[i], buf_str(&b));
		doc_free(d);
		doc_free(back);
		buf_finish(&b);
	}
}

static void long_keys_read_back(void **state)
{
	struct doc *d = doc_new_map(), *back;
	struct buf b = {0}, key = {0};

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_addc(&key, 'k');
	doc_set(d, buf_str(&key), doc_new_list());
	/* Shorter, but not once it is quoted. */
	buf_reset(&key);
	for (int i = 0; i < 600; i++)
		buf_adds(&key, "\t");
	doc_set_str(d, buf_str(&key), "y");
	doc_set_str(d, "after", "x");
	yaml_write(&b, d);
	back = read_ok(buf_str(&b), b.len);
	assert_true(doc_equal(d, back));
	doc_free(d);
	doc_free(back);
	buf_finish(&b);
	buf_finish(&key);
}

static void written_text_is_for_people(void **state)
{
	static const char json[] = "{\"title\":\"put it back\",\"steps\":[{\"file\":\"/etc/x\","
				   "\"content\":\"a\\nb\\n\"}],\"mode\":\"0440\",\"none\":[]}";
	static const char yaml[] = "title: put it back\nsteps:\n  - file: /etc/x\n    content: |\n"
				   "      a\n      b\nmode: \"0440\"\nnone: []\n";
	struct err e = {0};
	struct buf b = {0};
	struct doc *d;

	(void)state;
	assert_int_equal(json_read(&d, json, sizeof json - 1, "x", &e), 0);
	yaml_write(&b, d);
	assert_string_equal(buf_str(&b), yaml);
	doc_free(d);
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_words_mean_what_they_look_like),
		cmocka_unit_test(refuses_with_file_line_and_column),
		cmocka_unit_test(broken_syntax_has_a_place),
		cmocka_unit_test(limits_depth_and_count),
		cmocka_unit_test(values_remember_where_they_stood),
		cmocka_unit_test(written_text_reads_back_equal),
		cmocka_unit_test(long_keys_read_back),
		cmocka_unit_test(written_text_is_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
