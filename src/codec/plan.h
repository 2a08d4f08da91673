/*
 * The canonical bytes of what a proposal would do: what an approval binds and what is applied.
 * Refuses to know prose: title, rationale, runbook, id and expiry are not in it.
 *
 * JSON, keys sorted, no blanks: {"hosts":[sorted],"identity":"apply","rollback":[..],"steps":[..],
 * "v":1,"verify":[..]}. A step has "kind", and of "host", "path", "content" (base64), "remove",
 * "secret", "owner", "group", "mode" (octal string), "argv", "timeout_ms", "expect" what its kind
 * has; "from_reference" where the content came from one.
 */
#ifndef OPSDECK_CODEC_PLAN_H
#define OPSDECK_CODEC_PLAN_H

#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"
#include "model/proposal.h"

struct buf;

#define PLAN_VERSION 1

/* Every content must be there: fill in from_reference steps before. */
void plan_encode(struct buf *out, const struct proposal *p);
void plan_hash(char out[SHA256_HEX], const void *bytes, size_t n);
/* Back to hosts, identity, steps, verify and rollback; ERR_INPUT unless encoding that again gives
 * the same bytes. Caller finishes with proposal_finish. */
int plan_decode(struct proposal *out, const char *bytes, size_t n, struct err *e) WARN_UNUSED;

#endif
