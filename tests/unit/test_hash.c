#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"

static void sums_are_those_of_fips_180(void **state)
{
	static const struct {
		const char *text, *sum;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char hex[SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sha256_hex(hex, cases[i].text, strlen(cases[i].text));
		assert_string_equal(hex, cases[i].sum);
	}
	sha256_hex(hex, NULL, 0);
	assert_string_equal(hex, cases[0].sum);
}

static void hmacs_are_those_of_rfc_4231(void **state)
{
	unsigned char key[131];
	char hex[SHA256_HEX];
	const char *long_key = "Test Using Larger Than Block-Size Key - Hash Key First";

	(void)state;
	hmac_sha256_hex(hex, "Jefe", 4, "what do ya want for nothing?", 28);
	assert_string_equal(
		hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0x0b, 20);
	hmac_sha256_hex(hex, key, 20, "Hi There", 8);
	assert_string_equal(
		hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	memset(key, 0xaa, sizeof key);
	hmac_sha256_hex(hex, key, sizeof key, long_key, strlen(long_key));
	assert_string_equal(
		hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hmac_sha1_is_that_of_rfc_2202(void **state)
{
	unsigned char key[20], sum[SHA1_BYTES];
	struct buf hex = {0};

	(void)state;
	memset(key, 0x0b, sizeof key);
	hmac_sha1(sum, key, sizeof key, "Hi There", 8);
	hex_encode(&hex, sum, sizeof sum);
	assert_string_equal(buf_str(&hex), "b617318655057264e28bc0b6fb378c8ef146be00");
	buf_reset(&hex);
	hmac_sha1(sum, "Jefe", 4, "what do ya want for nothing?", 28);
	hex_encode(&hex, sum, sizeof sum);
	assert_string_equal(buf_str(&hex), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	buf_finish(&hex);
}

static void base64_goes_there_and_back(void **state)
{
	/* RFC 4648, 10 */
	static const struct {
		const char *text, *code;
	} cases[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xfb\xff\xbf", "+/+/"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf code = {0}, text = {0};
		struct err e;

		base64_encode(&code, cases[i].text, strlen(cases[i].text));
		assert_string_equal(buf_str(&code), cases[i].code);
		assert_int_equal(base64_decode(&text, buf_str(&code), code.len, &e), 0);
		assert_string_equal(buf_str(&text), cases[i].text);
		buf_finish(&code);
		buf_finish(&text);
	}
}

static void base64_takes_one_spelling_only(void **state)
{
	static const char *const wrong[] = {
		"Zg",	    /* no padding */
		"Zg=",	    /* too little */
		"Zg===",    /* too much */
		"Z===",	    /* no whole byte */
		"====",	    /* nothing but padding */
		"Zg==Zg==", /* padding inside */
		"Zh==",	    /* bits that no encoder sets */
		"Zm9=",	    /* the same with one pad */
		"Zm 9",	    /* a blank */
		"Zm9v\n",   /* a line break */
		"Zm-_",	    /* the URL alphabet */
		"Z=9v",	    /* padding in the middle */
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct buf text = {0};
		struct err e;

		assert_int_equal(base64_decode(&text, wrong[i], strlen(wrong[i]), &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		buf_finish(&text);
	}
}

static void base64_refuses_nul(void **state)
{
	struct buf text = {0};
	struct err e;

	(void)state;
	assert_int_equal(base64_decode(&text, "Zm\0v", 4, &e), -1);
	buf_finish(&text);
}

static void hex_is_lower_case(void **state)
{
	struct buf b = {0};

	(void)state;
	hex_encode(&b, "\x00\x7f\xab\xff", 4);
	assert_string_equal(buf_str(&b), "007fabff");
	buf_finish(&b);
}

static void random_hex_fills_exactly(void **state)
{
	static const size_t sizes[] = {0, 1, 8, 32, 33, 70};
	char a[160], b[160];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(a, '!', sizeof a);
		random_hex(a, sizes[i]);
		assert_int_equal(strlen(a), 2 * sizes[i]);
		assert_int_equal(strspn(a, "0123456789abcdef"), 2 * sizes[i]);
		assert_int_equal(a[2 * sizes[i] + 1], '!');
	}
	random_hex(a, 32);
	random_hex(b, 32);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_fips_180),
		cmocka_unit_test(hmacs_are_those_of_rfc_4231),
		cmocka_unit_test(hmac_sha1_is_that_of_rfc_2202),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(base64_takes_one_spelling_only),
		cmocka_unit_test(base64_refuses_nul),
		cmocka_unit_test(hex_is_lower_case),
		cmocka_unit_test(random_hex_fills_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
