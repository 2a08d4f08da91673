/*
 * The audit chain: what a row's hash is made of, and whether a chain fits. Knows no request.
 *
 * hash = lower-case hex SHA-256 over the canonical JSON (keys sorted by bytes, no blanks) of
 *   {"allowed":BOOL,"at_ms":N,"detail":TEXT,"prev":TEXT,"request":TEXT,"role":TEXT,"seq":N,
 *    "subject":TEXT,"uid":N,"who":TEXT}
 * where `prev` is the hash of the row before ("" for row 1), `detail` is the detail's JSON text as
 * one string, and a TEXT that is missing is null. seq counts from 1 without a gap. The number of
 * rows and the last hash stand apart (counter "audit", meta "audit_head"), so that a cut tail
 * shows; commits carry the head too, so that an older store put back shows.
 */
#ifndef OPSDECK_STORE_AUDIT_H
#define OPSDECK_STORE_AUDIT_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct audit_row;
struct buf;
struct db;

void audit_encode(struct buf *out, const struct audit_row *r, const char *prev);
void audit_hash(char out[SHA256_HEX], const struct audit_row *r, const char *prev);

/* ERR_CONFLICT names the first row that does not fit. *head is heap. */
int audit_verify(struct db *d, int64_t *rows, char **head, struct err *e) WARN_UNUSED;

#endif
