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
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "jq/program.h"

/* The language, case by case (cases.txt): a program, its input and all its results as a list, or
 * `error`, or `compile error`. Linked once with our jq and once with libjq, so that both are held
 * to the same. libjq passes by those that begin with `*`: there its versions differ. */

static char *results(const char *program, const char *input)
{
	struct programs *p = programs_new(NULL);
	char *text = xasprintf("[%s\n]", program), *said;
	struct program_vars vars = {.now_s = 0};
	struct doc *in = NULL, *out = NULL;
	struct buf json = {0};
	struct err e = {0};

	if (json_read(&in, input, strlen(input), "input", &e))
		fail_msg("%s: %s", input, e.msg);
	programs_add(p, "case", text);
	programs_compile(p);
	if (programs_error(p, 0))
		buf_adds(&json, "compile error");
	else if (programs_run(p, 0, in, &vars, &out, &e))
		buf_adds(&json, "error");
	else
		json_write(&json, out);
	said = xstrdup(buf_str(&json));
	if (getenv("VERBOSE") && programs_error(p, 0))
		print_message("%s: %s\n", program, programs_error(p, 0));
	else if (getenv("VERBOSE") && !out)
		print_message("%s: %s\n", program, e.msg);
	buf_finish(&json);
	doc_free(in);
	doc_free(out);
	free(text);
	programs_free(p);
	return said;
}

/* Both as documents, where both are: 1 and 1.0 are the same, and the order of keys is none. */
static bool agree(const char *wanted, const char *got)
{
	struct doc *a = NULL, *b = NULL;
	bool same;

	if (json_read(&a, wanted, strlen(wanted), "wanted", NULL) ||
		json_read(&b, got, strlen(got), "got", NULL))
		same = str_eq(wanted, got);
	else
		same = doc_equal(a, b);
	doc_free(a);
	doc_free(b);
	return same;
}

static void every_case(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *path = xasprintf("%s/tests/jq/cases.txt", src ? src : ".");
	struct strs lines = {0};
	struct buf text = {0};
	struct err e = {0};
	int bad = 0, count = 0;

	(void)state;
	if (file_read(&text, path, 1 << 20, &e))
		fail_msg("%s", e.msg);
	strs_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; i + 2 < lines.n; i += 4) {
		bool differs = lines.v[i][0] == '*';
		char *got;

#ifdef WITH_LIBJQ
		if (differs)
			continue;
#endif
		got = results(lines.v[i] + differs, lines.v[i + 1]);
		count++;
		if (!agree(lines.v[i + 2], got)) {
			print_message("line %zu: %s\n  input   %s\n  wanted  %s\n  got     %s\n",
				i + 1, lines.v[i] + differs, lines.v[i + 1], lines.v[i + 2], got);
			bad++;
		}
		free(got);
	}
	free(path);
	strs_finish(&lines);
	buf_finish(&text);
	assert_int_equal(bad, 0);
	assert_true(count > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
