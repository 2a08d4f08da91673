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
#include "codec/doc.h"
#include "codec/fleet_edit.h"
#include "codec/json.h"

static int edit(
	struct buf *out, const char *text, const char *tags, const char *params, struct err *e)
{
	struct strs list = {0};
	struct doc *map = NULL;
	struct fleet_addition add = {.host = "a", .tags = &list};
	size_t n = strlen(text);
	char *bare = memcpy(malloc(n), text, n); /* nothing stands behind it */
	int rc;

	strs_split(&list, tags, ',');
	assert_int_equal(json_read(&map, params, strlen(params), "params", NULL), 0);
	add.params = map;
	rc = fleet_edit(out, bare, n, "fleet.yml", &add, e);
	free(bare);
	strs_finish(&list);
	doc_free(map);
	return rc;
}

/* Tags x and y-1, and a param p. */
static void adds_and_keeps_the_rest(void **state)
{
	static const char *const cases[][2] = {
		/* blocks */
		{"hosts:\n  a:\n    address: h # here\n  # b is next\n  b: {address: i}\n",
			"hosts:\n  a:\n    address: h # here\n    tags: [x, y-1]\n    params:\n"
			"      p: [1, /dev/sda]\n  # b is next\n  b: {address: i}\n"},
		{"hosts:\n  a:\n    tags: [linux] # t\n    params:\n      # o first\n      o: "
		 "1\n\n",
			"hosts:\n  a:\n    tags: [linux, x, y-1] # t\n    params:\n      # o "
			"first\n"
			"      o: 1\n      p: [1, /dev/sda]\n\n"},
		{"hosts:\n  a:\n    tags:\n      - linux # one\n      # more\n    address: h\n",
			"hosts:\n  a:\n    tags:\n      - linux # one\n      - x\n"
			"      - y-1\n      # more\n    address: h\n    params:\n      p: [1, "
			"/dev/sda]\n"},
		{"hosts:\n  a:\n    tags:\n    - linux\n    # of address\n    address: h\n",
			"hosts:\n  a:\n    tags:\n    - linux\n    - x\n    - y-1\n    # of "
			"address\n"
			"    address: h\n    params:\n      p: [1, /dev/sda]\n"},
		{"hosts:\n  a:\n    tags: linux\n    params: {}\n",
			"hosts:\n  a:\n    tags: [linux, x, y-1]\n    params: {p: [1, "
			"/dev/sda]}\n"},
		{"hosts:\n  a:\n    tags: [] # none\n    params: { o: \"}\" } # }\n",
			"hosts:\n  a:\n    tags: [x, y-1] # none\n    params: { o: \"}\", p: [1, "
			"/dev/sda] } # }\n"},
		{"hosts:\n  a:\n    tags: [\n      'l', # ]\n      m, # c\n    ]\n",
			"hosts:\n  a:\n    tags: [\n      'l', # ]\n      m, x, y-1 # c\n    ]\n"
			"    params:\n      p: [1, /dev/sda]\n"},
		/* a list of wide things, the last line without an end, letters of two bytes */
		{"estate: \"\xc3\xa4\"\nhosts: {\"\xc3\xa4\": {address: h}, a: {address: h}}",
			"estate: \"\xc3\xa4\"\nhosts: {\"\xc3\xa4\": {address: h}, a: {address: h, "
			"tags: [x, y-1], params: {p: [1, /dev/sda]}}}"},
		{"hosts:\n  a:\n    params:\n      t: |\n        # no comment\n        b",
			"hosts:\n  a:\n    params:\n      t: |\n        # no comment\n        b"},
		{"hosts:\n  a:\n    managed:\n      - {path: /etc/motd}\n    # the end\nsweep: "
		 "{}\n",
			"hosts:\n  a:\n    managed:\n      - {path: /etc/motd}\n    # the end\n"
			"    tags: [x, y-1]\n    params:\n      p: [1, /dev/sda]\nsweep: {}\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};
		struct err e = {0};
		bool same = !strcmp(cases[i][0], cases[i][1]);

		if (edit(&out, cases[i][0], "x,y-1", "{\"p\": [1, \"/dev/sda\"]}", &e)) {
			if (!same)
				fail_msg("%s: %s", cases[i][0], e.msg);
			assert_int_equal(e.code, ERR_INPUT);
		} else {
			assert_string_equal(buf_str(&out), cases[i][1]);
		}
		buf_finish(&out);
	}
}

static void adds_only_what_is_given(void **state)
{
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(edit(&out, "hosts: {a: {tags: [l]}}\n", "", "{\"o\": true}", &e), 0);
	assert_string_equal(buf_str(&out), "hosts: {a: {tags: [l], params: {o: true}}}\n");
	buf_reset(&out);
	assert_int_equal(edit(&out, "hosts: {a: {tags: [l]}}\n", "x", "{}", &e), 0);
	assert_string_equal(buf_str(&out), "hosts: {a: {tags: [l, x]}}\n");
	buf_finish(&out);
}

static void wide_values_take_lines(void **state)
{
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(edit(&out, "hosts:\n  a:\n    address: h\n", "",
				 "{\"p\": [{\"name\": \"one.example.org\", \"server\": "
				 "\"192.0.2.1\", \"query\": \".\"}, \"two.example.org\"]}",
				 &e),
		0);
	assert_string_equal(buf_str(&out),
		"hosts:\n  a:\n    address: h\n    params:\n      p:\n        - name: "
		"one.example.org\n          server: \"192.0.2.1\"\n          query: \".\"\n"
		"        - two.example.org\n");
	buf_finish(&out);
}

/* What the writer cannot place safely is refused: nothing else of the file may change. */
static void refuses_what_it_cannot_place(void **state)
{
	static const char *const cases[] = {
		"hosts:\n  a: {address: h, tags: \"lin\\\n    ux\"}\n",
		"hosts: {a: {address: h, params: 5}}\n",
		"hosts:\n  a:\n    params: 192ee\n    tags: {b: c}\n",
		"hosts:\n  a:\n    ? params\n    : o: 1\n",
		"hosts: {a: {address: it 's, b: [1]}}\n",
		/* To YAML a lone carriage return ends a line too: places are behind the text. */
		"estate: x\r\r\r\r\rhosts:\r  a:\n    tags: [l]\n",
		"estate: x\r\r\r\r\rhosts:\r  a:\n    tags:\n    - l\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};
		struct err e = {0};

		if (edit(&out, cases[i], "x", "{\"p\": 1}", &e)) {
			assert_int_equal(e.code, ERR_INPUT);
			if (!strstr(e.msg, "by hand"))
				fail_msg("%s: %s", cases[i], e.msg);
		} else {
			assert_non_null(strstr(buf_str(&out), "x"));
		}
		buf_finish(&out);
	}
}

static void says_when_there_is_no_such_host(void **state)
{
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(edit(&out, "hosts: {b: {address: h}}\n", "x", "{}", &e), -1);
	assert_string_equal(e.msg, "fleet.yml: there is no host a");
	assert_int_equal(edit(&out, "hosts: {\n", "x", "{}", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_and_keeps_the_rest),
		cmocka_unit_test(adds_only_what_is_given),
		cmocka_unit_test(wide_values_take_lines),
		cmocka_unit_test(refuses_what_it_cannot_place),
		cmocka_unit_test(says_when_there_is_no_such_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
