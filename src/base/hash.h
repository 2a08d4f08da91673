/*
 * SHA-256 (FIPS 180-4), HMAC (RFC 2104), base64 (RFC 4648) and random bytes. The only user of
 * libcrypto.
 */
#ifndef OPSDECK_BASE_HASH_H
#define OPSDECK_BASE_HASH_H

#include <stddef.h>

#include "base/err.h"

struct buf;

#define SHA256_BYTES 32
#define SHA256_HEX 65 /* with the NUL */

void sha256(unsigned char out[SHA256_BYTES], const void *p, size_t n);
void sha256_hex(char out[SHA256_HEX], const void *p, size_t n);
void hmac_sha256_hex(char out[SHA256_HEX], const void *key, size_t keylen, const void *p, size_t n);

#define SHA1_BYTES 20
/* For hashed names in known_hosts only (sshd(8)); SHA-1 protects nothing. */
void hmac_sha1(
	unsigned char out[SHA1_BYTES], const void *key, size_t keylen, const void *p, size_t n);

void hex_encode(struct buf *out, const void *p, size_t n);
void base64_encode(struct buf *out, const void *p, size_t n); /* with padding, no line breaks */
/* Strict: padding required, no blanks. */
int base64_decode(struct buf *out, const char *s, size_t n, struct err *e) WARN_UNUSED;

/* From getrandom(2); aborts where the kernel has none. */
void random_bytes(void *p, size_t n);
/* 2*n lower-case hex digits and a NUL into out. */
void random_hex(char *out, size_t n);

#endif
