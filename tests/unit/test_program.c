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
#include "codec/json.h"
#include "jq/program.h"

static char *run(struct programs *p, size_t i, const char *input, struct err *e)
{
	struct doc *in = NULL, *out = NULL;
	struct program_vars vars = {.now_s = 1000};
	struct buf text = {0};

	assert_int_equal(json_read(&in, input, strlen(input), "input", e), 0);
	vars.params = in;
	if (!programs_run(p, i, in, &vars, &out, e))
		json_write(&text, out);
	doc_free(in);
	doc_free(out);
	return text.data ? buf_take(&text) : NULL;
}

static void gives_the_first_result(void **state)
{
	static const struct {
		const char *text, *input, *result;
	} cases[] = {
		{".a + 1", "{\"a\":1}", "2"},
		{"1, 2", "null", "1"},
		{"$now", "null", "1000"},
		{"$params.x", "{\"x\":[1.5,null]}", "[1.5,null]"},
		{"$previous", "1", "null"},
		{"twice", "4", "8"},
		{"nan", "null", "null"},
		{"\"\\(.a) \\(\"x\" + \"y\")\"", "{\"a\":1}", "\"1 xy\""},
		{".env + .input # env and ) in a comment", "{\"env\":1,\"input\":2}", "3"},
		{"{env: 1, now: 2} | .now", "null", "2"},
	};
	struct programs *p = programs_new("def twice: . * 2;");
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		programs_add(p, "t", cases[i].text);
	programs_compile(p);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *out = run(p, i, cases[i].input, &e);

		if (!out)
			fail_msg("%s: %s", cases[i].text, e.msg);
		assert_string_equal(out, cases[i].result);
		free(out);
	}
	programs_free(p);
}

static void refuses_what_looks_outside(void **state)
{
	static const char *const texts[] = {"env", "$ENV", "$ENV.HOME", "now", "input", "[inputs]",
		"debug", "stderr", "halt", "\"\\(env)\"", "import \"a\" as a; .",
		"include \"a\"; .", "{(env): 1}", "{a: now}", "localtime", ".a|now"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct programs *p = programs_new(NULL);

		programs_add(p, "t", texts[i]);
		programs_compile(p);
		if (!programs_error(p, 0) || !strstr(programs_error(p, 0), "may not be used"))
			fail_msg("%s was let through", texts[i]);
		programs_free(p);
	}
}

static void cannot_leave_its_brackets(void **state)
{
	static const char *const texts[] = {
		"1) | (2", "1); def p1: (9", "\"a", "[1", "}", "(1]", "\"\\(1\"", "."};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf out = {0};
		struct err e;

		assert_int_equal(program_clean(&out, texts[i], &e), texts[i][0] == '.' ? 0 : -1);
		buf_finish(&out);
	}
}

/* One that does not compile is found among many, which go on. */
static void finds_the_culprit(void **state)
{
	struct programs *p = programs_new(NULL);
	struct err e = {0};
	char text[64];

	(void)state;
	for (int i = 0; i < 150; i++) {
		snprintf(text, sizeof text, i == 97 ? "nosuch(%d)" : ". + %d", i);
		programs_add(p, "t", text);
	}
	programs_compile(p);
	for (size_t i = 0; i < 150; i++) {
		char *out;

		if (i == 97) {
			assert_non_null(strstr(programs_error(p, i), "nosuch/1 is not defined"));
			continue;
		}
		assert_null(programs_error(p, i));
		out = run(p, i, "1", &e);
		snprintf(text, sizeof text, "%zu", i + 1);
		assert_string_equal(out, text);
		free(out);
	}
	programs_replace(p, 97, "\"mended\"");
	programs_compile(p);
	assert_null(programs_error(p, 97));
	programs_free(p);
}

static void tells_what_went_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"error(\"my text\")", "my text"},
		{".a.b.c", "Cannot index"},
		{"empty", "gave no result"},
		{"error({a: 1})", "{\"a\":1}"},
	};
	struct programs *p = programs_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		programs_add(p, "t", cases[i].text);
	programs_compile(p);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = {0};

		assert_null(run(p, i, "{\"a\":\"x\"}", &e));
		assert_non_null(strstr(e.msg, cases[i].message));
	}
	programs_free(p);
}

/* Loops and recursion without an end are ended, with a clear message. */
static void ends_what_has_no_end(void **state)
{
	static const char *const texts[] = {"last(repeat(1))", "until(false; .)",
		"[range(1; 2; 0)]", "reduce range(1e12) as $i (0; .)", "last(range(infinite))",
		"def f: f; f", "def f: [f]; f", "[recurse(.)]", "[while(true; .)] | length"};
	struct programs *p = programs_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		programs_add(p, "t", texts[i]);
	programs_compile(p);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct program_vars vars = {.steps = 100000};
		struct doc *out;
		struct err e = {0};

		assert_null(programs_error(p, i));
		if (!programs_run(p, i, NULL, &vars, &out, &e))
			fail_msg("%s came to an end", texts[i]);
		if (!strstr(e.msg, "takes too long") && !strstr(e.msg, "too deep") &&
			!strstr(e.msg, "has no end"))
			fail_msg("%s: %s", texts[i], e.msg);
	}
	programs_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_first_result),
		cmocka_unit_test(refuses_what_looks_outside),
		cmocka_unit_test(cannot_leave_its_brackets),
		cmocka_unit_test(finds_the_culprit),
		cmocka_unit_test(tells_what_went_wrong),
		cmocka_unit_test(ends_what_has_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
