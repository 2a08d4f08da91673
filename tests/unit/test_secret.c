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
#include "base/hash.h"
#include "base/mem.h"
#include "codec/secret.h"

/* Secrets are put together here so that no scanner takes this file for one that holds them. */
#define GH                                                                                         \
	"gh"                                                                                       \
	"p_0123456789abcdefghijABCDEFGHIJ012345"
#define AWS                                                                                        \
	"AK"                                                                                       \
	"IAIOSFODNN7EXAMPLE9Z"
#define SLACK                                                                                      \
	"xo"                                                                                       \
	"xb-123456789012-abcdefghijkl"
#define RANDOM_WORD "wJalrXUtnFEMI7K9MDENGbPxRfiCYEX4MPLEKEY1"

static int scan(const char *s, struct err *e)
{
	*e = (struct err){0};
	return secret_scan("refs/web1/x", s, strlen(s), e);
}

static void finds_secrets(void **state)
{
	static const char *const texts[] = {
		"a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		"token " GH "\n",
		"aws = " AWS "\n",
		"hook: " SLACK "\n",
		"db_password=hunter2\n",
		"export API_TOKEN='abc def'\n",
		"url: postgres://app:s3cret@db1/app\n",
		"root:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyz:19000\n",
		"auth:\n  " RANDOM_WORD "\n",
		"the key is " RANDOM_WORD ".\n",
		/* split over lines, in the ways that programs do */
		"x = \"gh"
		"p_0123456789\" +\n    \"abcdefghij\" +\n    \"ABCDEFGHIJ012345\"\n",
		"x: gh"
		"p_0123456789abcdefghij\\\nABCDEFGHIJ012345\n",
	};
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (scan(texts[i], &e) == 0)
			fail_msg("passed: %s", texts[i]);
		assert_int_equal(e.code, ERR_REFUSED);
		assert_non_null(strstr(e.msg, "refs/web1/x, line"));
	}
}

static void leaves_ordinary_text(void **state)
{
	static const char *const texts[] = {
		"",
		"luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx.service\n",
		"luna ALL=(root) PASSWD: /usr/bin/id\n",
		"PasswordAuthentication no\nPermitRootLogin no\n",
		"password: ${DB_PASSWORD}\ntoken: /run/secrets/token\n",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Zkq3Vb8nGk1mXw7cYt5Rf2Qs9Lp4Hd6Aj key\n",
		"host key SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8\n",
		"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0DAQcDQgAE7fGh2kLmN3pQ\n-----END",
		"the key row 3367afdbbf91e638efe983616377c60477cc66120000aabbccddeeff00112233\n",
		"tcp 22\ntcp 80\nudp 53\n",
		"the authentication key words are long: internationalization\n",
		"keys live in /usr/lib/x86_64-linux-gnu/Security/PAM1/modules2/Auth3\n",
		"password = [secret-0123456789ab]\n",
	};
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (scan(texts[i], &e) != 0)
			fail_msg("refused: %s: %s", texts[i], e.msg);
	}
}

static void finds_them_in_base64(void **state)
{
	static const char inner[] = "hello\ndb_password=correct-horse\n";
	struct buf once = {0}, twice = {0}, text = {0};
	struct err e;
	size_t i;

	(void)state;
	base64_encode(&once, inner, strlen(inner));
	buf_addf(&text, "content: %s\n", once.data);
	assert_int_equal(scan(text.data, &e), -1);
	assert_non_null(strstr(e.msg, "line 1, in base64, line 2"));
	/* Behind a name that is base64 too, and folded over lines. */
	buf_reset(&text);
	buf_addf(&text, "a/b/%s\n", once.data);
	assert_int_equal(scan(text.data, &e), -1);
	buf_reset(&text);
	for (i = 0; i < once.len; i += 10)
		buf_addf(&text, "  %.10s\n", once.data + i);
	assert_int_equal(scan(text.data, &e), -1);
	/* In base64 in base64. */
	base64_encode(&twice, once.data, once.len);
	assert_int_equal(scan(twice.data, &e), -1);
	buf_finish(&once);
	buf_finish(&twice);
	buf_finish(&text);
}

static void never_names_the_secret(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(scan("password=hunter2-and-more\n", &e), -1);
	assert_null(strstr(e.msg, "hunter2"));
	assert_non_null(strstr(e.msg, "line 1"));
	assert_int_equal(scan("one\ntwo\nsecret " RANDOM_WORD "\n", &e), -1);
	assert_null(strstr(e.msg, RANDOM_WORD));
	assert_non_null(strstr(e.msg, "line 3"));
}

static void an_allowance_is_for_one_value(void **state)
{
	const char *mark;
	struct err e;
	char *text;

	(void)state;
	assert_int_equal(scan("password=example1\n", &e), -1);
	mark = strstr(e.msg, SECRET_ALLOW);
	assert_non_null(mark);
	text = xasprintf("password=example1 # %s\n", mark);
	assert_int_equal(scan(text, &e), 0);
	free(text);
	/* Another one on the same line is still stopped. */
	text = xasprintf("password=example1 token=example2 # %s\n", mark);
	assert_int_equal(scan(text, &e), -1);
	free(text);
	assert_int_equal(scan("password=example1 # " SECRET_ALLOW "\n", &e), -1);
	assert_int_equal(scan("password=example1 # " SECRET_ALLOW "000000000000\n", &e), -1);
}

/* Nothing here may take time that grows with the square of the text. */
static void hostile_text_is_no_trouble(void **state)
{
	const size_t n = (size_t)512 * 1024;
	static const char fill[] = {' ', 'A', '\n', '=', '"', '\0', (char)0xff, '-'};
	char *text = xmalloc(n);
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof fill; i++) {
		memset(text, fill[i], n);
		assert_int_equal(secret_scan("x", text, n, &e), 0);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_secrets),
		cmocka_unit_test(leaves_ordinary_text),
		cmocka_unit_test(finds_them_in_base64),
		cmocka_unit_test(never_names_the_secret),
		cmocka_unit_test(an_allowance_is_for_one_value),
		cmocka_unit_test(hostile_text_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
