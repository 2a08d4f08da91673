/*
 * Secrets in text are replaced by tokens, before anything is compared, shown or stored. A token is
 * an HMAC with the estate's key: the same secret gives the same token, another one another. Knows
 * no file and no host; it finds what looks like a secret by its name or form.
 */
#ifndef OPSDECK_CODEC_REDACT_H
#define OPSDECK_CODEC_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

struct redact {
	const void *key; /* borrowed */
	size_t key_len;
};

/* Appends the text with the values of passwords, tokens and keys, credentials in URLs, password
 * hashes and private key blocks as "[secret-0123456789ab]". Text without a secret comes out byte
 * for byte; doing it twice changes nothing more; with r NULL nothing is looked for. True when
 * something was replaced. */
bool redact_text(struct buf *out, const struct redact *r, const char *s, size_t n);

/* Is a setting of this name a secret? "db_password", "API-KEY", "clientSecret"; not "NOPASSWD". */
bool redact_is_secret_name(const char *name, size_t n);

#endif
