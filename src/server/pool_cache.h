/*
 * What the pool remembers of each host's last judgement: a hash over all that it rested on, and how
 * long it stands. Knows no finding: that one is in the store.
 *
 * The key is SHA-256 over the check's body, the parameters, the reference's files and the raw
 * samples (status, exit status, both streams); not over when they were made.
 */
#ifndef OPSDECK_SERVER_POOL_CACHE_H
#define OPSDECK_SERVER_POOL_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "server/judge.h"

struct pool_cache;

struct pool_cache *pool_cache_new(void);
void pool_cache_free(struct pool_cache *c);

/* `body_hash`: of the check as it is in force. */
void pool_cache_key(char out[SHA256_HEX], const struct judge_request *r, const char *body_hash);

/* Whether the judgement over `key` still stands at now_ms. */
bool pool_cache_stands(const struct pool_cache *c, const char *host, const char *check,
	const char *key, int64_t now_ms);
/* valid_until_ms 0: until something changes. */
void pool_cache_put(struct pool_cache *c, const char *host, const char *check, const char *key,
	int64_t valid_until_ms);
/* check NULL: all of the host's. */
void pool_cache_forget(struct pool_cache *c, const char *host, const char *check);

#endif
