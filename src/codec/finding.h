/*
 * Findings, samples and transitions as documents: the stable form of --json and of answers. Knows
 * no store.
 */
#ifndef OPSDECK_CODEC_FINDING_H
#define OPSDECK_CODEC_FINDING_H

#include <stdbool.h>
#include <stddef.h>

struct doc;
struct finding;
struct sample;
struct transition;

/* {host, check, state, condition, summary, at, since, every_seconds, added, removed, fingerprint,
 * items, metrics} and with `whole` facts and diff too. Times are RFC 3339, or null. */
struct doc *finding_to_doc(const struct finding *f, bool whole);
/* {check, command, status, exit, stdout, stderr, truncated, at, duration_ms, note}; texts are cut
 * at `max` bytes, which `truncated` tells. */
struct doc *sample_to_doc(const struct sample *s, size_t max);
/* {at, host, check, from, to, summary, cause} */
struct doc *transition_to_doc(const struct transition *t);
/* RFC 3339, or null for 0. */
struct doc *time_to_doc(long long ms);

#endif
