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
#include "flow/parse.h"

static const struct redact redact = {"key", 3};

static struct parsed parse(const char *command, const struct sample *s)
{
	struct doc *d = NULL;
	struct parsed p;
	struct err e;

	assert_int_equal(yaml_read(&d, command, strlen(command), "check.yml", &e), 0);
	assert_int_equal(parse_check_options(d, "check.yml", &e), 0);
	parse_sample(&p, d, s, &redact);
	doc_free(d);
	return p;
}

static struct sample sample(int exit_status, const char *out, const char *err)
{
	return (struct sample){.check = (char *)"t",
		.command = (char *)"c",
		.exit_status = exit_status,
		.out = (char *)out,
		.out_len = strlen(out),
		.err = (char *)err,
		.err_len = strlen(err)};
}

static void reads_each_kind(void **state)
{
	static const struct {
		const char *command, *out, *value;
		int exit_status;
	} cases[] = {
		{"read: lines", "a\n\nb  \r\n c", "[\"a\",\"b\",\" c\"]", 0},
		{"read: fields", "A: 1\n B :2: x\nnone\nA: 3\n",
			"{\"A\":[\"1\",\"3\"],\"B\":\"2: x\"}", 0},
		{"read: {kind: fields, separator: '='}", "a=1=2\nb=\n",
			"{\"a\":\"1=2\",\"b\":\"\"}", 0},
		{"read: {kind: fields, separator: blank}", "port 22\nusers max  vera\nflag\n",
			"{\"port\":\"22\",\"users\":\"max  vera\",\"flag\":\"\"}", 0},
		{"read: {kind: fields, separator: '=', blocks: true}", "I=a\nS=x\n\nI=b\n",
			"[{\"I\":\"a\",\"S\":\"x\"},{\"I\":\"b\"}]", 0},
		{"read: table", "NAME  SIZE TEXT\na 1 two words\n\nb 2\n",
			"[{\"NAME\":\"a\",\"SIZE\":\"1\",\"TEXT\":\"two words\"},"
			"{\"NAME\":\"b\",\"SIZE\":\"2\"}]",
			0},
		{"read: {kind: table, header: true, columns: [a, b]}", "HEAD ER x\n1 2 3\n",
			"[{\"a\":\"1\",\"b\":\"2 3\"}]", 0},
		{"read: {kind: table, columns: [a, b, c], separator: ';'}", "1;;3;4\n",
			"[{\"a\":\"1\",\"b\":\"\",\"c\":\"3;4\"}]", 0},
		{"read: json", "{\"a\": [1, \"\\u00e9\"]}", "{\"a\":[1,\"\xc3\xa9\"]}", 0},
		{"read: json-lines", "{\"a\":1}\n\n[2]\n", "[{\"a\":1},[2]]", 0},
		{"read: json-lines", "{\n \"a\":\n[1]\n}\n[\n2]\n{}", "[{\"a\":[1]},[2],{}]", 0},
		{"read: json-lines", "{\"a\":1,\"a\":2}\n", "[{\"a\":2}]", 0},
		{"read: {kind: json-lines, empty: true}", "", "[]", 0},
		{"read: exit", "inactive\n", "{\"exit\":3,\"text\":\"inactive\"}", 3},
		{"{read: lines, exits: [0, 2]}", "x\n", "[\"x\"]", 2},
		{"{read: lines, exits: any}", "x\n", "[\"x\"]", 99},
		{"read: nagios", "DISK WARN - low | /=10MB;5;8;0;20 'a b'=50% t=3ms\nmore",
			"{\"state\":\"warn\",\"text\":\"DISK WARN - low "
			"\",\"long\":\"more\",\"perf\":"
			"{\"/"
			"\":{\"value\":10485760.0,\"unit\":\"bytes\",\"warn\":\"5\",\"crit\":\"8\","
			"\"min\":\"0\",\"max\":\"20\",\"beyond\":\"crit\"},\"a "
			"b\":{\"value\":50.0,\"unit\":\"percent\"},"
			"\"t\":{\"value\":0.003,\"unit\":\"seconds\"}}}",
			1},
		{"read: nagios", "X | a=0,5s;0,2;1 b=5;@4:6;@9:10 c=3;5:;~:2 d=1GiB;2:;x e=U;1;1",
			"{\"state\":\"ok\",\"text\":\"X "
			"\",\"long\":\"\",\"perf\":"
			"{\"a\":{\"value\":0.5,\"unit\":\"seconds\",\"warn\":\"0.2\",\"crit\":"
			"\"1\","
			"\"beyond\":\"warn\"},"
			"\"b\":{\"value\":5.0,\"unit\":\"\",\"warn\":\"@4:6\",\"crit\":\"@9:10\","
			"\"beyond\":\"warn\"},"
			"\"c\":{\"value\":3.0,\"unit\":\"\",\"warn\":\"5:\",\"crit\":\"~:2\","
			"\"beyond\":\"crit\"},"
			"\"d\":{\"value\":1073741824.0,\"unit\":\"bytes\",\"warn\":\"2:\","
			"\"crit\":\"x\",\"beyond\":\"warn\"},"
			"\"e\":{\"value\":null,\"warn\":\"1\",\"crit\":\"1\"}}}",
			0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sample s = sample(cases[i].exit_status, cases[i].out, "");
		struct parsed p = parse(cases[i].command, &s);
		struct buf text = {0};

		if (p.state != PARSE_READ)
			fail_msg("%s: %s", cases[i].command, p.why);
		json_write(&text, p.value);
		assert_string_equal(buf_str(&text), cases[i].value);
		buf_finish(&text);
		parsed_finish(&p);
	}
}

/* None of these may come out as read. */
static void what_cannot_be_read_says_why(void **state)
{
	static const struct {
		const char *command, *out, *err, *why;
		int exit_status;
		enum parse_state wanted;
	} cases[] = {
		{"read: lines", "", "", "printed nothing", 0, PARSE_FAILED},
		{"read: json", " \n", "warning: x", "warning: x", 0, PARSE_FAILED},
		{"read: json", "{\"a\":", "", "cannot be read", 0, PARSE_FAILED},
		{"read: json-lines", "{}\n{", "", "line 2", 0, PARSE_FAILED},
		{"read: json-lines", "{\n\"a\":1\n", "", "line 1", 0, PARSE_FAILED},
		{"read: fields", "no separator here\n", "", "no field", 0, PARSE_FAILED},
		{"read: nagios", "| a=1", "", "no text", 0, PARSE_FAILED},
		{"read: nagios", "x", "", "exit status 4", 4, PARSE_FAILED},
		{"read: lines", "x", "", "exit status 1: x", 1, PARSE_FAILED},
		{"read: lines", "x", "y: command not found", "command not found", 127,
			PARSE_FAILED},
		{"read: exit", "", "", "is not installed", 127, PARSE_FAILED},
		{"read: lines", "x", "denied", "denied", 126, PARSE_FAILED},
		{"read: tar", "", "", "cannot be read", 0, PARSE_FAILED},
		{"read: tar", "", "tar: x: Cannot open", "exit status 2: tar: x", 2, PARSE_FAILED},
		{"{read: lines, sudo: true, exits: any}", "", "sudo: a password is required\n",
			"a password", 1, PARSE_SUDO_MISSING},
		{"{read: lines, sudo: true}", "",
			"sudo: unable to resolve host x\nSorry, user look is not allowed to "
			"execute '/bin/x' as root",
			"Sorry, user", 1, PARSE_SUDO_MISSING},
		{"{read: lines, sudo: true}", "",
			"sudo: I'm sorry look. I'm afraid I can't do that\n", "afraid", 1,
			PARSE_SUDO_MISSING},
		{"{read: lines, sudo: true}", "", "sudo: /usr/sbin/x: command not found\n",
			"command not found", 1, PARSE_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sample s = sample(cases[i].exit_status, cases[i].out, cases[i].err);
		struct parsed p = parse(cases[i].command, &s);

		if (p.state != cases[i].wanted || !strstr(p.why, cases[i].why))
			fail_msg("%zu: %s: %d %s", i, cases[i].command, p.state, p.why);
		assert_null(p.value);
		parsed_finish(&p);
	}
}

static void what_did_not_end_is_not_read(void **state)
{
	static const enum sample_status ends[] = {
		SAMPLE_TIMEOUT, SAMPLE_CUT, SAMPLE_NOT_MADE, SAMPLE_ABSENT};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct sample s = sample(0, "x\n", "");
		struct parsed p;

		s.status = ends[i];
		p = parse("read: lines", &s);
		assert_int_equal(p.state, ends[i] == SAMPLE_ABSENT ? PARSE_ABSENT : PARSE_FAILED);
		assert_null(p.value);
		parsed_finish(&p);
	}
}

static void what_was_truncated_is_not_read(void **state)
{
	struct sample s = sample(0, "x\n", "");
	struct parsed p;

	(void)state;
	s.truncated = true;
	p = parse("read: lines", &s);
	assert_int_equal(p.state, PARSE_FAILED);
	assert_non_null(strstr(p.why, "limit"));
	parsed_finish(&p);
}

static void keeps_no_secret(void **state)
{
	struct sample s = sample(0, "password: hunter2\n", "token=hunter2");
	struct parsed p = parse("read: fields", &s);

	(void)state;
	assert_int_equal(p.state, PARSE_READ);
	assert_null(strstr(doc_get_str(p.value, "password", "hunter2"), "hunter2"));
	assert_null(strstr(p.out, "hunter2"));
	assert_null(strstr(p.err, "hunter2"));
	parsed_finish(&p);
}

static void bounds_rows_and_fields(void **state)
{
	struct buf lines = {0}, fields = {0};
	struct sample s;
	struct parsed p;

	(void)state;
	for (int i = 0; i < 50001; i++)
		buf_adds(&lines, "x\n");
	for (int i = 0; i < 4097; i++)
		buf_addf(&fields, "k%d: v\n", i);
	s = sample(0, buf_str(&lines), "");
	p = parse("read: lines", &s);
	assert_int_equal(p.state, PARSE_FAILED);
	parsed_finish(&p);
	s = sample(0, buf_str(&fields), "");
	p = parse("read: fields", &s);
	assert_int_equal(p.state, PARSE_FAILED);
	parsed_finish(&p);
	buf_finish(&lines);
	buf_finish(&fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_kind),
		cmocka_unit_test(what_cannot_be_read_says_why),
		cmocka_unit_test(what_did_not_end_is_not_read),
		cmocka_unit_test(what_was_truncated_is_not_read),
		cmocka_unit_test(keeps_no_secret),
		cmocka_unit_test(bounds_rows_and_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
