#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/child.h"
#include "codec/frame.h"

#define B "0123456789abcdef0123456789abcdef"
#define NOW 1700000000000

static const struct frame_options as_user = {.is_root = false};

static struct frame *two_commands(size_t cap)
{
	static char word[] = "/bin/x";
	static char *words[] = {word, NULL};
	const struct strs argv = {.v = words, .n = 1};
	const struct frame_command commands[] = {
		{.check = "c1", .command = "a", .argv = &argv, .cap = cap, .timeout_ms = 5000},
		{.check = "c2", .command = "b", .argv = &argv, .cap = cap},
	};

	return frame_new(commands, 2, &as_user, B);
}

static void feed(struct frame *f, enum frame_stream s, const char *text, size_t n, size_t chunk)
{
	for (size_t i = 0; i < n; i += chunk)
		frame_feed(f, s, text + i, n - i < chunk ? n - i : chunk);
}

#define BEGIN "\n" B " s 100.00\n"
#define END0 "\n" B " e 0 0 100.50\n"
#define END1 "\n" B " e 1 3 102.00\n"

static void reads_streams_in_any_chunks(void **state)
{
	static const char out[] = "Welcome!\n" BEGIN "one\n" END0 "two, no newline" END1 "bye\n";
	static const char err[] = "noise"
				  "\n" B " s \n"
				  "\n" B " e 0 0 \n"
				  "oops"
				  "\n" B " e 1 3 \n";

	(void)state;
	for (size_t chunk = 1; chunk < sizeof out; chunk++) {
		struct frame *f = two_commands(100);
		struct sample *s;
		size_t n;

		feed(f, FRAME_OUT, out, sizeof out - 1, chunk);
		feed(f, FRAME_ERR, err, sizeof err - 1, chunk);
		assert_true(frame_began(f) && frame_complete(f));
		assert_string_equal(frame_noise(f), "noiseWelcome!\n");
		s = frame_take(f, NOW, "why", &n);
		assert_int_equal(n, 2);
		assert_string_equal(s[0].check, "c1");
		assert_string_equal(s[0].command, "a");
		assert_int_equal(s[0].status, SAMPLE_RAN);
		assert_string_equal(s[0].out, "one\n");
		assert_string_equal(s[0].err, "");
		assert_int_equal(s[0].duration_ms, 500);
		assert_int_equal(s[0].at_ms, NOW - 1500);
		assert_null(s[0].note);
		assert_int_equal(s[1].status, SAMPLE_RAN);
		assert_int_equal(s[1].exit_status, 3);
		assert_string_equal(s[1].out, "two, no newline");
		assert_string_equal(s[1].err, "oops");
		assert_int_equal(s[1].duration_ms, 1500);
		assert_int_equal(s[1].at_ms, NOW);
		samples_free(s, n);
		frame_free(f);
	}
}

static void imitations_are_output(void **state)
{
	static const char *const bodies[] = {
		"\nfedcba9876543210fedcba9876543210 e 0 0 1.0\n",
		"\n" B " e 1 0 1.0\n", /* not the one that runs */
		"\n" B " e 0 256 1.0\n",
		"\n" B " e 0 -1 1.0\n",
		"\n" B " e 0\n",
		"\n" B " e 99999999999999999999 0 1\n",
		"\n" B " s 100.00\n",
		"\n" B " a 0 0\n",
		"\n" B " q 0 0\n",
		"\n" B "e 0 0\n",
		"\n" B "\n",
		"\n\n" B B,
		"\n" B " e 0 0 " B B B B B "\n",
		("\n"
		 "0123456789abcdef"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct frame *f = two_commands(1000);
		struct sample *s;
		size_t n;

		frame_feed(f, FRAME_OUT, BEGIN, strlen(BEGIN));
		frame_feed(f, FRAME_OUT, bodies[i], strlen(bodies[i]));
		frame_feed(f, FRAME_OUT, END0 END1, strlen(END0 END1));
		assert_true(frame_complete(f));
		s = frame_take(f, NOW, "why", &n);
		assert_string_equal(s[0].out, bodies[i]);
		samples_free(s, n);
		frame_free(f);
	}
}

static void keeps_nul_bytes(void **state)
{
	static const char out[] = BEGIN "a\0b\n" END0 END1;
	struct frame *f = two_commands(100);
	struct sample *s;
	size_t n;

	(void)state;
	frame_feed(f, FRAME_OUT, out, sizeof out - 1);
	s = frame_take(f, NOW, "why", &n);
	assert_int_equal(s[0].out_len, 4);
	assert_memory_equal(s[0].out, "a\0b\n", 5);
	samples_free(s, n);
	frame_free(f);
}

static void caps_each_command(void **state)
{
	static const char out[] = BEGIN "0123456789" END0 "01234567" END1;
	struct frame *f = two_commands(8);
	struct sample *s;
	size_t n;

	(void)state;
	assert_true(frame_stream_max(f, FRAME_OUT) >= 16);
	frame_feed(f, FRAME_OUT, out, sizeof out - 1);
	s = frame_take(f, NOW, "why", &n);
	assert_string_equal(s[0].out, "01234567");
	assert_true(s[0].truncated);
	assert_string_equal(s[1].out, "01234567");
	assert_false(s[1].truncated);
	samples_free(s, n);
	frame_free(f);
}

static void tells_what_was_cut(void **state)
{
	static const struct {
		const char *out;
		enum sample_status first, second;
		const char *text;
	} cases[] = {
		{"", SAMPLE_NOT_MADE, SAMPLE_NOT_MADE, ""},
		{"\n" B " s", SAMPLE_NOT_MADE, SAMPLE_NOT_MADE, ""},
		{BEGIN, SAMPLE_CUT, SAMPLE_NOT_MADE, ""},
		{BEGIN "half\n0123", SAMPLE_CUT, SAMPLE_NOT_MADE, "half\n0123"},
		{BEGIN "x\n" B " e 0 0 1", SAMPLE_CUT, SAMPLE_NOT_MADE, "x\n" B " e 0 0 1"},
		{BEGIN "x" END0, SAMPLE_RAN, SAMPLE_CUT, "x"},
		{BEGIN "x" END0 "y", SAMPLE_RAN, SAMPLE_CUT, "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct frame *f = two_commands(100);
		struct sample *s;
		size_t n;

		frame_feed(f, FRAME_OUT, cases[i].out, strlen(cases[i].out));
		assert_false(frame_complete(f));
		s = frame_take(f, NOW, "the link broke", &n);
		assert_int_equal(s[0].status, cases[i].first);
		assert_int_equal(s[1].status, cases[i].second);
		assert_string_equal(s[0].out, cases[i].text);
		assert_string_equal(s[1].note, "the link broke");
		samples_free(s, n);
		frame_free(f);
	}
}

static void tells_time_limits_from_statuses(void **state)
{
	static const struct {
		const char *mark;
		enum sample_status expected;
	} cases[] = {
		{" e 0 124 105.01\n", SAMPLE_TIMEOUT}, {" e 0 137 107.01\n", SAMPLE_TIMEOUT},
		{" e 0 124 100.01\n", SAMPLE_RAN}, {" e 0 124 \n", SAMPLE_TIMEOUT},
		{" e 0 1 109.00\n", SAMPLE_RAN}, {" a 0 - 100.00\n", SAMPLE_ABSENT},
		{" a 0 -\n", SAMPLE_ABSENT},
		{" e 0 0 99.00\n", SAMPLE_RAN}, /* a clock that goes back */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct frame *f = two_commands(100);
		struct buf out = {0};
		struct sample *s;
		size_t n;

		buf_addf(&out, BEGIN "\n" B "%s", cases[i].mark);
		frame_feed(f, FRAME_OUT, out.data, out.len);
		s = frame_take(f, NOW, "why", &n);
		assert_int_equal(s[0].status, cases[i].expected);
		assert_true(s[0].duration_ms >= 0);
		samples_free(s, n);
		frame_free(f);
		buf_finish(&out);
	}
}

static void add_argv(struct strs *argv, const char *const *words)
{
	*argv = (struct strs){0};
	for (; *words; words++)
		strs_add(argv, *words);
}

/* Through a real shell: quoting, both streams, statuses, absent paths, scripts, stdin, locale. */
static void the_script_does_what_the_reader_reads(void **state)
{
	static const char *const words[][6] = {
		{"/bin/echo", "a 'b' $HOME\n", "*", NULL},
		{"/bin/cat", NULL},
		{"/bin/ls", "/does/not/exist", NULL},
		{"/does/not/exist", NULL},
		{"-x", "two words", NULL},
		{"/usr/bin/env", NULL},
		{"/bin/sleep", "60", NULL},
	};
	struct strs argv[7];
	struct frame_command c[8] = {
		{.check = "t", .command = "echo"},
		{.check = "t", .command = "stdin"},
		{.check = "t", .command = "fails"},
		{.check = "t", .command = "missing"},
		{.check = "t",
			.command = "script",
			.script = "printf '%s,' \"$0\" \"$@\"; printf e >&2; exit 7"},
		{.check = "t", .command = "env"},
		{.check = "t", .command = "slow", .timeout_ms = 1},
		{.check = "t", .command = "absent", .present = "/does/not/exist"},
	};
	static const char *const env[] = {
		"LC_ALL=de_DE.UTF-8", "TZ=Asia/Tokyo", "PATH=/usr/bin:/bin", NULL};
	const char *shell[] = {"/bin/sh", "-c", NULL, NULL};
	struct child_result r;
	struct sample *s;
	struct frame *f;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		add_argv(&argv[i], words[i]);
		c[i].argv = &argv[i];
	}
	c[7].argv = &argv[0];
	f = frame_new(c, 8, &(struct frame_options){.is_root = true}, B);
	shell[2] = frame_script(f);
	assert_int_equal(child_run(&r, &(struct child_spec){.argv = shell, .env = env}, NULL), 0);
	assert_int_equal(r.exit_status, 0);
	frame_feed(f, FRAME_OUT, buf_str(&r.out), r.out.len);
	frame_feed(f, FRAME_ERR, buf_str(&r.err), r.err.len);
	assert_true(frame_complete(f));
	s = frame_take(f, NOW, "why", &n);
	assert_int_equal(n, 8);
	assert_string_equal(s[0].out, "a 'b' $HOME\n *\n");
	assert_string_equal(s[1].out, "");
	assert_int_equal(s[1].exit_status, 0);
	assert_int_equal(s[2].exit_status, 2);
	assert_non_null(strstr(s[2].err, "No such file"));
	assert_int_equal(s[3].exit_status, 127);
	assert_string_equal(s[4].out, "script,-x,two words,");
	assert_string_equal(s[4].err, "e");
	assert_int_equal(s[4].exit_status, 7);
	assert_non_null(strstr(s[5].out, "LC_ALL=C\n"));
	assert_non_null(strstr(s[5].out, "TZ=UTC\n"));
	assert_int_equal(s[6].status, SAMPLE_TIMEOUT);
	assert_int_equal(s[7].status, SAMPLE_ABSENT);
	samples_free(s, n);
	frame_free(f);
	child_result_finish(&r);
	for (size_t i = 0; i < 7; i++)
		strs_finish(&argv[i]);
}

static void sudo_is_for_users_only_and_never_for_scripts(void **state)
{
	static char word[] = "/bin/x";
	static char *words[] = {word, NULL};
	const struct strs argv = {.v = words, .n = 1};
	struct frame_command c = {.check = "c", .command = "a", .argv = &argv, .sudo = true};
	struct frame *f = frame_new(&c, 1, &as_user, B);

	(void)state;
	assert_non_null(strstr(frame_script(f), "sudo -n /bin/x </dev/null"));
	frame_free(f);
	f = frame_new(&c, 1, &(struct frame_options){.is_root = true}, B);
	assert_null(strstr(frame_script(f), "sudo"));
	frame_free(f);
	c.script = "id";
	f = frame_new(&c, 1, &as_user, B);
	assert_null(strstr(frame_script(f), "sudo"));
	frame_free(f);
}

static void no_commands_show_that_the_login_works(void **state)
{
	struct frame *f = frame_new(NULL, 0, &as_user, B);
	struct sample *s;
	size_t n;

	(void)state;
	assert_false(frame_complete(f));
	frame_feed(f, FRAME_OUT, BEGIN, strlen(BEGIN));
	assert_true(frame_complete(f));
	s = frame_take(f, NOW, "why", &n);
	assert_int_equal(n, 0);
	samples_free(s, n);
	frame_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_streams_in_any_chunks),
		cmocka_unit_test(imitations_are_output),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(caps_each_command),
		cmocka_unit_test(tells_what_was_cut),
		cmocka_unit_test(tells_time_limits_from_statuses),
		cmocka_unit_test(the_script_does_what_the_reader_reads),
		cmocka_unit_test(sudo_is_for_users_only_and_never_for_scripts),
		cmocka_unit_test(no_commands_show_that_the_login_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
