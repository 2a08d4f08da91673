#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/wire.h"

static void cuts_lines_wherever_the_bytes_were_split(void **state)
{
	static const char text[] = "one\n\ntwo three\nrest";
	static const char *const lines[] = {"one", "", "two three"};

	(void)state;
	for (size_t cut = 1; cut < sizeof text; cut++) {
		struct wire_in in = {0};
		const char *line;
		struct err e;
		size_t n, got = 0;

		for (size_t at = 0; at < sizeof text - 1; at += cut) {
			size_t left = sizeof text - 1 - at;

			wire_feed(&in, text + at, left < cut ? left : cut);
			while (wire_line(&in, &line, &n, &e) == 1) {
				assert_true(got < 3);
				assert_int_equal(n, strlen(lines[got]));
				assert_memory_equal(line, lines[got], n);
				got++;
			}
		}
		assert_int_equal(got, 3);
		wire_in_finish(&in);
	}
}

static void a_line_has_a_limit_with_and_without_its_end(void **state)
{
	char *text = xmalloc(WIRE_MAX + 1);

	(void)state;
	memset(text, 'x', WIRE_MAX);
	text[WIRE_MAX] = '\n';
	for (int with_end = 0; with_end < 2; with_end++) {
		struct wire_in in = {0};
		const char *line;
		struct err e;
		size_t n;

		wire_feed(&in, text, WIRE_MAX - 1);
		assert_int_equal(wire_line(&in, &line, &n, &e), 0);
		wire_feed(&in, text + WIRE_MAX - 1, 1 + (size_t)with_end);
		assert_int_equal(wire_line(&in, &line, &n, &e), -1);
		assert_int_equal(e.code, ERR_LIMIT);
		wire_in_finish(&in);
	}
	free(text);
}

static void what_one_end_writes_the_other_reads(void **state)
{
	struct wire_request r;
	struct wire_message m;
	struct doc *args = doc_new_map();
	struct buf out = {0};
	struct err e, error;

	(void)state;
	doc_set_str(args, "id", "P-1");
	wire_put_request(&out, 7, REQUEST_REVIEW, args);
	assert_int_equal(wire_read_request(&r, out.data, out.len - 1, &e), 0);
	assert_int_equal(r.id, 7);
	assert_int_equal(r.request, REQUEST_REVIEW);
	assert_string_equal(doc_get_str(r.args, "id", ""), "P-1");
	wire_request_finish(&r);

	buf_reset(&out);
	wire_put_answer(&out, 7, args);
	assert_int_equal(wire_read_message(&m, out.data, out.len - 1, &e), 0);
	assert_int_equal(m.kind, WIRE_ANSWER);
	assert_int_equal(m.id, 7);
	assert_string_equal(doc_get_str(m.doc, "id", ""), "P-1");
	wire_message_finish(&m);

	buf_reset(&out);
	err_set(&error, ERR_CONFLICT, "\"moved\"\n");
	wire_put_error(&out, 8, &error);
	assert_int_equal(wire_read_message(&m, out.data, out.len - 1, &e), 0);
	assert_int_equal(m.kind, WIRE_ERROR);
	assert_int_equal(m.error.code, ERR_CONFLICT);
	assert_string_equal(m.error.msg, "\"moved\"\n");
	wire_message_finish(&m);

	buf_reset(&out);
	wire_put_progress(&out, 9, args);
	assert_int_equal(wire_read_message(&m, out.data, out.len - 1, &e), 0);
	assert_int_equal(m.kind, WIRE_PROGRESS);
	wire_message_finish(&m);

	buf_reset(&out);
	wire_put_news(&out, 41);
	assert_int_equal(wire_read_message(&m, out.data, out.len - 1, &e), 0);
	assert_int_equal(m.kind, WIRE_NEWS);
	assert_int_equal(m.id, 41);
	wire_message_finish(&m);
	buf_finish(&out);
	doc_free(args);
}

static void a_line_is_one_line_whatever_it_holds(void **state)
{
	struct doc *d = doc_new_map();
	struct buf out = {0};

	(void)state;
	doc_set(d, "text", doc_new_strn("a\nb\r\0c", 6));
	wire_put_answer(&out, 1, d);
	assert_ptr_equal(memchr(out.data, '\n', out.len), out.data + out.len - 1);
	buf_finish(&out);
	doc_free(d);
}

static void a_bad_request_still_tells_its_id(void **state)
{
	static const struct {
		const char *line;
		int64_t id;
	} cases[] = {
		{"{\"id\":3,\"request\":\"hello\",\"args\":1}", 3},
		{"{\"id\":3,\"request\":7}", 3},
		{"{\"id\":3,\"request\":\"hello\",\"more\":1}", 3},
		{"{\"id\":0,\"request\":\"hello\"}", 0},
		{"{\"id\":-3,\"request\":\"hello\"}", 0},
		{"{\"id\":\"3\",\"request\":\"hello\"}", 0},
		{"3", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_request r;
		struct err e;

		assert_int_equal(
			wire_read_request(&r, cases[i].line, strlen(cases[i].line), &e), -1);
		assert_int_equal(r.id, cases[i].id);
		wire_request_finish(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_lines_wherever_the_bytes_were_split),
		cmocka_unit_test(a_line_has_a_limit_with_and_without_its_end),
		cmocka_unit_test(what_one_end_writes_the_other_reads),
		cmocka_unit_test(a_line_is_one_line_whatever_it_holds),
		cmocka_unit_test(a_bad_request_still_tells_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
