#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/redact.h"

static const struct redact redact = {"estate", 6};

static char *redacted(const char *s)
{
	struct buf out = {0};

	redact_text(&out, &redact, s, strlen(s));
	return buf_take(&out);
}

/* Each holds the secret "hunter2"; `rest` is what must still be there. */
static const struct {
	const char *text, *rest;
} secrets[] = {
	{"password=hunter2", "password="},
	{"password: hunter2 and more\n", "password: "},
	{"DB_PASSWORD = \"hunter2\"\n", "DB_PASSWORD = \""},
	{"  - MYSQL_ROOT_PASSWORD=hunter2,x\nnext", "next"},
	{"export API_KEY='hunter2'", "export API_KEY='"},
	{"{\"password\": \"hunter2\", \"user\": \"max\"}", "\", \"user\": \"max\"}"},
	{"{\"Env\": [\"DB_PASS=hunter2\", \"A=b\"]}", "\", \"A=b\"]}"},
	{"{\"j\": \"{\\\"token\\\": \\\"hunter2\\\", \\\"a\\\": 1}\"}", "\\\", \\\"a\\\": 1}\"}"},
	{"postgres://app:hunter2@db:5432/x", "postgres://app:"},
	{"restic -r rest:https://u:hunter2@nas/", "@nas/"},
	{"tool --password hunter2 --user max", " --user max"},
	{"curl -H 'Authorization: Bearer hunter2hunter2'", "Authorization: Bearer "},
	{"root:$6$saltsalt$hunter2hunter2hunter2:19000:0:", ":19000:0:"},
	{"clientSecret: hunter2", "clientSecret: "},
	{"x\n-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\nhunter2\n-----END OPENSSH PRIVATE "
	 "KEY-----\ny",
		"-----END OPENSSH PRIVATE KEY-----\ny"},
	{"-----BEGIN PRIVATE KEY-----\nhunter2\nno end", "-----BEGIN PRIVATE KEY-----\n"},
	{"password: |\n  hunter2\n  hunter2\nuser: max\n", "\nuser: max\n"},
	{"PrivateKey = hunter2", "PrivateKey = "},
	{"key=hunter2hunter2hunter2", "key="},
	{"environment: {DB_PASSWORD: hunter2}\n", "\"}\n"},
	{"environment: {A: b, DB_PASSWORD: hunter2, C: d}\n", "\", C: d}\n"},
	{"{DB_PASSWORD: hunter2,hunter2}", "{DB_PASSWORD: \""},
	{"{ A: ${A}, DB_PASSWORD: hunter2 }", "\" }"},
};

static void takes_secrets_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		char *out = redacted(secrets[i].text), *again;

		if (strstr(out, "hunter2") || !strstr(out, secrets[i].rest) ||
			!strstr(out, "[secret-"))
			fail_msg("\"%s\" became \"%s\"", secrets[i].text, out);
		again = redacted(out);
		assert_string_equal(again, out);
		free(again);
		free(out);
	}
}

static const char *const harmless[] = {
	"",
	"luna ALL=(root) NOPASSWD: /usr/bin/ss -tulpnH",
	"luna ALL=(root) PASSWD: ALL",
	"passwordauthentication yes",
	"PasswordAuthentication: no",
	"POSTGRES_PASSWORD_FILE=/run/secrets/db",
	"password=${DB_PASSWORD}",
	"environment: {DB_PASSWORD: ${DB_PASSWORD}, A: b}",
	"PWD=/root",
	"token: true",
	"Defaults passwd_tries=3, passprompt=\"Password: \"",
	"ssh://git@web1/repo",
	"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
	"primary key: id",
	"tcp LISTEN 0 128 0.0.0.0:22 users:((\"sshd\",pid=46,fd=3))",
};

static void leaves_the_rest_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		char *out = redacted(harmless[i]);

		assert_string_equal(out, harmless[i]);
		free(out);
	}
}

static void a_changed_secret_shows_as_changed(void **state)
{
	char *one = redacted("password=one"), *two = redacted("password=two");
	char *same = redacted("password=one");

	(void)state;
	assert_string_not_equal(one, two);
	assert_string_equal(one, same);
	free(one);
	free(two);
	free(same);
}

static void another_estate_gives_other_tokens(void **state)
{
	const struct redact other = {"other", 5};
	struct buf out = {0};
	char *ours = redacted("password=one");

	(void)state;
	assert_true(redact_text(&out, &other, "password=one", 12));
	assert_string_not_equal(buf_str(&out), ours);
	buf_finish(&out);
	free(ours);
}

static void json_stays_json(void **state)
{
	char *out = redacted("{\"token\": 12345, \"a\": {\"secret\": {\"b\": 1}}}");

	(void)state;
	assert_null(strstr(out, "12345"));
	assert_non_null(strstr(out, "\"token\": \"[secret-"));
	assert_non_null(strstr(out, "]\", \"a\": {\"secret\": {\"b\": 1}}}"));
	free(out);
}

static void without_a_key_nothing_is_done(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_false(redact_text(&out, NULL, "password=one", 12));
	assert_string_equal(buf_str(&out), "password=one");
	buf_finish(&out);
}

/* A token may make what stands behind it look like a secret, and so on: nothing is left of that. */
static void a_long_chain_comes_to_rest(void **state)
{
	static const char chain[] = "`:\001pssk:$S\022\000\000p:$S\022\000\000psk:"
				    "${\025\000\000\000psk:${\000S\000$$\377S\302$S\022\000"
				    "\000psk:${\000psk::$S\022\000\000p: $S\022"
				    "\000\000psk:${\025\000\000\000p`:\001psk:$Ssk"
				    ":\022\000p:$S\022\000psk:${\000S\000$$\377S\302$"
				    "S\022\000\000psk:${\000psk::$S\022\000\000p: "
				    "$S\022\000\000psk:${\025\000\000\000p`:\001psk:\000"
				    "psk:${\025\000\000\000psk:${\000S\000$$\000\000p"
				    "sk:${\025\000\000\000p{k";
	struct buf once = {0}, twice = {0};

	(void)state;
	assert_true(redact_text(&once, &redact, chain, sizeof chain - 1));
	redact_text(&twice, &redact, buf_str(&once), once.len);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	buf_finish(&once);
	buf_finish(&twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_chain_comes_to_rest),
		cmocka_unit_test(takes_secrets_out),
		cmocka_unit_test(leaves_the_rest_byte_for_byte),
		cmocka_unit_test(a_changed_secret_shows_as_changed),
		cmocka_unit_test(another_estate_gives_other_tokens),
		cmocka_unit_test(json_stays_json),
		cmocka_unit_test(without_a_key_nothing_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
