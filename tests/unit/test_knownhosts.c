#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "codec/knownhosts.h"

#define ONE "AAAAC3NzaC1lZDI1NTE5AAAAIC/HzvE6D7u0Tessod3AxxHkZ0lvKaK63BZ4KMIr3kXb"
#define TWO "AAAAC3NzaC1lZDI1NTE5AAAAIH7lhsp/ve1sjTaCMRz1L9Vu4nbA69yXDsFyMfumx0Sn"
#define ECDSA                                                                                      \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIxO+4Tf8Y3Lf+nB7oGGzx6Hm0lbWT/mJVrf" \
	"oPTzWIU++z7lpjkISZ7QMUn38ZAPSw9WhShTc7BqaGUcjDQv7/Y="
#define RSA                                                                                        \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQDLhXLe6O2yTQUa4rW+j6Gqy5lL4u2ACj/4fLOk/rfn4Nfk/ouD6CYQelmd" \
	"gqyIHz8k5BCuBaawX/0Z9Pyw3Y6ofIvrmNC4KbolruI9aPhorjWaBrBnRqJs6eiUUq2VqJQNKlurALaHUfXkoDgm" \
	"dTjz3rwxExTBvgafHKNiuk0gUQ=="
#define ED "ssh-ed25519 "

static struct known_hosts *read_text(const char *text, struct strs *complaints)
{
	struct known_hosts *k = known_hosts_new();

	known_hosts_read(k, text, strlen(text), "known_hosts", complaints);
	return k;
}

static enum known_verdict look(const struct known_hosts *k, const char *host, int port,
	const char *key, struct known_place *place)
{
	struct buf blob = {0};
	enum known_verdict v;

	assert_int_equal(base64_decode(&blob, key, strlen(key), NULL), 0);
	v = known_hosts_look(k, host, port, blob.data, blob.len, place);
	buf_finish(&blob);
	return v;
}

static void gives_verdicts(void **state)
{
	static const struct {
		const char *text, *host;
		int port;
		const char *key;
		enum known_verdict expected;
		int line;
	} cases[] = {
		{"web1 " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 1},
		{"web1 " ED ONE, "web1", 22, ONE, KNOWN_MATCH, 1},
		{"web1\t" ED ONE " a comment\r\n", "web1", 22, ONE, KNOWN_MATCH, 1},
		{"web1 " ED ONE "\n", "web1", 22, TWO, KNOWN_CHANGED, 1},
		{"web1 " ED ONE "\n", "web1", 22, ECDSA, KNOWN_CHANGED, 1},
		{"web1 " ED ONE "\n", "web2", 22, ONE, KNOWN_UNKNOWN, 0},
		{"", "web1", 22, ONE, KNOWN_UNKNOWN, 0},
		/* several names, several lines */
		{"a,web1,192.0.2.1 " ED ONE "\n", "192.0.2.1", 22, ONE, KNOWN_MATCH, 1},
		{"web1 " ED TWO "\n# x\n\nweb1 " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 4},
		/* one-character names; case */
		{"a " ED ONE "\n", "a", 22, ONE, KNOWN_MATCH, 1},
		{"WEB1 " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 1},
		{"web1 " ED ONE "\n", "Web1", 22, ONE, KNOWN_MATCH, 1},
		/* ports */
		{"[web1]:2222 " ED ONE "\n", "web1", 2222, ONE, KNOWN_MATCH, 1},
		{"[web1]:2222 " ED ONE "\n", "web1", 22, ONE, KNOWN_UNKNOWN, 0},
		{"web1 " ED ONE "\n", "web1", 2222, ONE, KNOWN_UNKNOWN, 0},
		{"[web1]:2222 " ED ONE "\n", "web1", 222, ONE, KNOWN_UNKNOWN, 0},
		{"[2001:db8::1]:2222 " ED ONE "\n", "2001:DB8::1", 2222, ONE, KNOWN_MATCH, 1},
		/* patterns */
		{"*.example.org " ED ONE "\n", "web1.example.org", 22, ONE, KNOWN_MATCH, 1},
		{"*.example.org " ED ONE "\n", "example.org", 22, ONE, KNOWN_UNKNOWN, 0},
		{"web? " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 1},
		{"web? " ED ONE "\n", "web", 22, ONE, KNOWN_UNKNOWN, 0},
		{"*,!web1 " ED ONE "\n", "web1", 22, ONE, KNOWN_UNKNOWN, 0},
		{"!web1,* " ED ONE "\n", "web2", 22, ONE, KNOWN_MATCH, 1},
		{"!web1 " ED ONE "\n", "web2", 22, ONE, KNOWN_UNKNOWN, 0},
		{"*a*b " ED ONE "\n", "xaxxbxb", 22, ONE, KNOWN_MATCH, 1},
		/* markers */
		{"web1 " ED ONE "\n@revoked * " ED ONE "\n", "web1", 22, ONE, KNOWN_REVOKED, 2},
		{"@revoked * " ED TWO "\nweb1 " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 2},
		{"@revoked web1 " ED TWO "\n", "web1", 22, ONE, KNOWN_UNKNOWN, 0},
		{"@revoked web2 " ED ONE "\nweb1 " ED ONE "\n", "web1", 22, ONE, KNOWN_MATCH, 2},
		{"@cert-authority * " ED ONE "\n", "web1", 22, ONE, KNOWN_UNKNOWN, 1},
		/* HMAC-SHA1 names, as ssh-keygen -H wrote them */
		{"|1|fUKmaf3C7jALsyt/cUl9yC34+yY=|YAz2TOIIEljBFBG+dIt76uxkqNg= " ED ONE,
			"hashed.example", 22, ONE, KNOWN_MATCH, 1},
		{"|1|fUKmaf3C7jALsyt/cUl9yC34+yY=|YAz2TOIIEljBFBG+dIt76uxkqNg= " ED ONE,
			"hashed.example", 22, TWO, KNOWN_CHANGED, 1},
		{"|1|fUKmaf3C7jALsyt/cUl9yC34+yY=|YAz2TOIIEljBFBG+dIt76uxkqNg= " ED ONE,
			"other.example", 22, ONE, KNOWN_UNKNOWN, 0},
		{"|1|BgJ5j0mPV5ZqGGThkIQUNZbxgfs=|fqKhimSRQ6Bnok4lq5dMXJFaRvs= " ED ONE,
			"hashed.example", 2222, ONE, KNOWN_MATCH, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strs complaints = {0};
		struct known_hosts *k = read_text(cases[i].text, &complaints);
		struct known_place place;

		if (look(k, cases[i].host, cases[i].port, cases[i].key, &place) !=
				cases[i].expected ||
			place.line != cases[i].line)
			fail_msg("case %zu: %s", i, cases[i].text);
		assert_int_equal(complaints.n, 0);
		known_hosts_free(k);
		strs_finish(&complaints);
	}
}

static void names_bad_lines_and_keeps_the_others(void **state)
{
	static const struct {
		const char *line, *complaint;
	} cases[] = {
		{"web1", "known_hosts:2: no key"},
		{"web1 ssh-ed25519", "known_hosts:2: no key"},
		{"web1 ssh-ed25519 %%%%", "known_hosts:2: the key is not base64"},
		{"web1 ssh-rsa " ONE, "known_hosts:2: the key is not of the type that is named"},
		{"@revokedweb1 " ED ONE, "known_hosts:2: unknown marker"},
		{"@revoked", "known_hosts:2: no host name"},
		{"a,,b " ED ONE, "known_hosts:2: empty or overlong host name"},
		{"! " ED ONE, "known_hosts:2: empty or overlong host name"},
		{"|2|x|y " ED ONE, "known_hosts:2: unknown kind of hashed name"},
		{"|1|AAAA " ED ONE, "known_hosts:2: hashed name without a hash"},
		{"|1|AAAA|AAAA " ED ONE, "known_hosts:2: hashed name is not well formed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strs complaints = {0};
		struct buf text = {0};
		struct known_hosts *k;

		buf_addf(&text, "good " ED ONE "\n%s\nlater " ED TWO "\n", cases[i].line);
		k = read_text(text.data, &complaints);
		assert_int_equal(complaints.n, 1);
		assert_string_equal(complaints.v[0], cases[i].complaint);
		assert_int_equal(look(k, "good", 22, ONE, NULL), KNOWN_MATCH);
		assert_int_equal(look(k, "later", 22, TWO, NULL), KNOWN_MATCH);
		assert_int_equal(look(k, "web1", 22, ONE, NULL), KNOWN_UNKNOWN);
		known_hosts_free(k);
		strs_finish(&complaints);
		buf_finish(&text);
	}
}

static void takes_nul_bytes_for_a_bad_line(void **state)
{
	static const char text[] = "web1 " ED ONE "\0\nweb2 " ED ONE "\n";
	struct known_hosts *k = known_hosts_new();
	struct strs complaints = {0};

	(void)state;
	known_hosts_read(k, text, sizeof text - 1, "f", &complaints);
	assert_int_equal(complaints.n, 1);
	assert_string_equal(complaints.v[0], "f:1: a NUL byte");
	assert_int_equal(look(k, "web2", 22, ONE, NULL), KNOWN_MATCH);
	known_hosts_free(k);
	strs_finish(&complaints);
}

static void asks_for_what_is_known(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"", ""},
		{"web1 " ED ONE "\n", "ssh-ed25519"},
		{"web1 ssh-rsa " RSA "\n", "rsa-sha2-512,rsa-sha2-256,ssh-rsa"},
		{"web1 ssh-rsa " RSA "\nweb1 ecdsa-sha2-nistp256 " ECDSA "\nweb1 " ED ONE "\n",
			"ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256,ssh-rsa"},
		{"web1 " ED ONE "\nweb1 " ED TWO "\n", "ssh-ed25519"},
		{"web1 " ED ONE "\n@revoked web1 " ED ONE "\n", ""},
		{"@cert-authority web1 " ED ONE "\n", ""},
		{"web2 " ED ONE "\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct known_hosts *k = read_text(cases[i].text, NULL);
		struct strs algorithms = {0};
		struct buf joined = {0};

		known_hosts_algorithms(&algorithms, k, "web1", 22);
		for (size_t a = 0; a < algorithms.n; a++)
			buf_addf(&joined, "%s%s", a ? "," : "", algorithms.v[a]);
		assert_string_equal(buf_str(&joined), cases[i].expected);
		buf_finish(&joined);
		strs_finish(&algorithms);
		known_hosts_free(k);
	}
}

static void takes_lines_over(void **state)
{
	struct known_hosts *k =
		read_text("*.org,!x.org " ED ONE "\n"
			  "|1|fUKmaf3C7jALsyt/cUl9yC34+yY=|YAz2TOIIEljBFBG+dIt76uxkqNg= " ED TWO
			  "\n@revoked * ecdsa-sha2-nistp256 " ECDSA "\n"
			  "@cert-authority * " ED ONE "\n",
			NULL);
	struct buf out = {0};

	(void)state;
	assert_int_equal(known_hosts_take(&out, k, "Web1.org", 22), 2);
	assert_string_equal(
		out.data, "web1.org " ED ONE "\n@revoked web1.org ecdsa-sha2-nistp256 " ECDSA "\n");
	buf_reset(&out);
	assert_int_equal(known_hosts_take(&out, k, "hashed.example", 22), 2);
	assert_memory_equal(
		out.data, "hashed.example " ED TWO "\n", strlen("hashed.example " ED TWO "\n"));
	known_hosts_free(k);
	buf_finish(&out);
}

static void writes_what_it_reads(void **state)
{
	struct buf blob = {0}, line = {0};
	struct known_hosts *k;

	(void)state;
	assert_int_equal(base64_decode(&blob, ONE, strlen(ONE), NULL), 0);
	known_hosts_line(&line, "web1", 2222, blob.data, blob.len);
	assert_string_equal(line.data, "[web1]:2222 " ED ONE "\n");
	k = read_text(line.data, NULL);
	assert_int_equal(look(k, "web1", 2222, ONE, NULL), KNOWN_MATCH);
	known_hosts_free(k);
	buf_finish(&line);
	buf_finish(&blob);
}

/* The value is ssh-keygen's. */
static void prints_fingerprints(void **state)
{
	struct buf blob = {0}, text = {0};

	(void)state;
	assert_int_equal(base64_decode(&blob, ONE, strlen(ONE), NULL), 0);
	key_fingerprint(&text, blob.data, blob.len);
	assert_string_equal(text.data, "SHA256:7NN+XS76r43ySr6CYaaCJ58p9fZ2qz4GxIRCBlSe7/Y");
	buf_finish(&blob);
	buf_finish(&text);
}

static void names_key_types(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *expected;
	} cases[] = {
		{"\0\0\0\7ssh-rsa", 11, "ssh-rsa"},
		{"\0\0\0\10ssh-rsa", 11, ""},
		{"\0\0\0\0", 4, ""},
		{"\0\0\0", 3, ""},
		{"\377\377\377\377ssh", 7, ""},
		{"\0\0\0\3a\33b", 7, ""},
		{"\0\0\0\3a\0b", 7, ""},
		{"\0\0\0\14abcdefghijkl", 16, "abcdefg"},
	};
	char type[8];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		key_type(type, sizeof type, cases[i].bytes, cases[i].n);
		assert_string_equal(type, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_verdicts),
		cmocka_unit_test(names_bad_lines_and_keeps_the_others),
		cmocka_unit_test(takes_nul_bytes_for_a_bad_line),
		cmocka_unit_test(asks_for_what_is_known),
		cmocka_unit_test(takes_lines_over),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(prints_fingerprints),
		cmocka_unit_test(names_key_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
