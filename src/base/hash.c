#include "config.h"

#include "base/hash.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "opsdeck: %s failed\n", what);
	abort();
}

static void to_hex(char *out, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hex_digits[p[i] >> 4];
		out[2 * i + 1] = hex_digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void sha256(unsigned char out[SHA256_BYTES], const void *p, size_t n)
{
	if (EVP_Digest(n ? p : "", n, out, NULL, EVP_sha256(), NULL) != 1)
		die("SHA-256");
}

void sha256_hex(char out[SHA256_HEX], const void *p, size_t n)
{
	unsigned char sum[SHA256_BYTES];

	sha256(sum, p, n);
	to_hex(out, sum, sizeof sum);
}

void hmac_sha256_hex(char out[SHA256_HEX], const void *key, size_t keylen, const void *p, size_t n)
{
	unsigned char short_key[SHA256_BYTES];
	unsigned char sum[SHA256_BYTES];
	const void *data = n ? p : "";

	/* libcrypto takes the key's length as an int; HMAC hashes a long key first anyway (RFC
	 * 2104, 2: longer than a block). */
	if (keylen > 64) {
		sha256(short_key, key, keylen);
		key = short_key;
		keylen = sizeof short_key;
	}
	if (!HMAC(EVP_sha256(), keylen ? key : "", (int)keylen, data, n, sum, NULL))
		die("HMAC");
	to_hex(out, sum, sizeof sum);
}

void hmac_sha1(
	unsigned char out[SHA1_BYTES], const void *key, size_t keylen, const void *p, size_t n)
{
	unsigned len = 0;

	assert(keylen <= SHA1_BYTES); /* sshd(8): the salt is as long as the hash */
	if (!HMAC(EVP_sha1(), keylen ? key : "", (int)keylen, n ? p : (const void *)"", n, out,
		    &len) ||
		len != SHA1_BYTES)
		die("HMAC-SHA1");
}

void hex_encode(struct buf *out, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		char pair[2] = {hex_digits[bytes[i] >> 4], hex_digits[bytes[i] & 15]};

		buf_add(out, pair, sizeof pair);
	}
}

void base64_encode(struct buf *out, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t bits = (uint32_t)bytes[i] << 16;
		char quad[4];

		if (have > 1)
			bits |= (uint32_t)bytes[i + 1] << 8;
		if (have > 2)
			bits |= bytes[i + 2];
		for (size_t k = 0; k < 4; k++)
			quad[k] = k > have ? '=' : base64_digits[bits >> (18 - 6 * k) & 63];
		buf_add(out, quad, sizeof quad);
	}
}

static int base64_value(char c)
{
	const char *at = c ? strchr(base64_digits, c) : NULL;

	return at ? (int)(at - base64_digits) : -1;
}

int base64_decode(struct buf *out, const char *s, size_t n, struct err *e)
{
	if (n % 4)
		return err_set(e, ERR_INPUT, "base64: the length is no multiple of 4");
	for (size_t i = 0; i < n; i += 4) {
		bool last = i + 4 == n;
		size_t pad = last && s[i + 3] == '=' ? 1 + (s[i + 2] == '=') : 0;
		uint32_t bits = 0;
		char bytes[3];

		for (size_t k = 0; k < 4; k++) {
			int value = k >= 4 - pad ? 0 : base64_value(s[i + k]);

			if (value < 0)
				return err_set(e, ERR_INPUT, "base64: wrong byte at %zu", i + k);
			bits = bits << 6 | (uint32_t)value;
		}
		/* Bits that no encoder sets would give several spellings of the same bytes. */
		if (bits & (((uint32_t)1 << 8 * pad) - 1))
			return err_set(e, ERR_INPUT, "base64: stray bits at the end");
		for (size_t k = 0; k < 3; k++)
			bytes[k] = (char)(bits >> (16 - 8 * k) & 255);
		buf_add(out, bytes, 3 - pad);
	}
	return 0;
}

void random_bytes(void *p, size_t n)
{
	unsigned char *at = p;

	while (n) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno != EINTR)
			die("getrandom");
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
}

void random_hex(char *out, size_t n)
{
	unsigned char chunk[32];

	out[0] = '\0';
	while (n) {
		size_t part = n < sizeof chunk ? n : sizeof chunk;

		random_bytes(chunk, part);
		to_hex(out, chunk, part);
		out += 2 * part;
		n -= part;
	}
}
