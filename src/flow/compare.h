/*
 * The stage that judges: what was read of one host for one check, held against its rules and its
 * reference, becomes a finding. Everything it is given but the reference is redacted already;
 * it redacts the reference itself. Knows no host's transport, no store, no clock.
 */
#ifndef OPSDECK_FLOW_COMPARE_H
#define OPSDECK_FLOW_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "codec/redact.h"
#include "model/finding.h"

struct buf;
struct doc;
struct programs;

/* What came of one of the check's commands. */
struct compare_read {
	const char *command;
	bool read;	   /* value is there */
	bool absent;	   /* left out where its `present:` is not there */
	bool sudo_missing; /* not read because sudo refused */
	bool optional;	   /* not reading it is no reason for unknown */
	const char *why;   /* not read: why, one line */
	int exit_status;
	const char *err;	 /* redacted stderr */
	const struct doc *value; /* redacted */
	const struct doc *raw;	 /* tar: entries as they are; NULL otherwise */
};

/* A file of the reference: path below refs/HOST/. */
struct compare_file {
	const char *path, *data;
	size_t len;
};

struct compare_input {
	const char *name;	 /* the check's */
	const struct doc *check; /* check.yml */
	const char *problem;	 /* its programs do not compile: why; or NULL */
	struct programs *programs;
	size_t program; /* made from compare_program's text */
	const struct compare_read *reads;
	size_t read_count;
	const struct compare_file *refs;
	size_t ref_count;
	int64_t now_ms;
	const struct doc *params, *previous; /* maps, or NULL */
	const struct redact *redact;
};

/* The one jq expression that judges the check: all of its facts, rules, items, metrics. */
int compare_program(
	struct buf *out, const struct doc *check, const char *source, struct err *e) WARN_UNUSED;
/* The program did not compile: which of its expressions does not, and why. Always gives a message.
 */
void compare_blame(const struct doc *check, struct err *e);
/* Definitions that every check's jq may use (checks/README.md tells of them). */
extern const char compare_prelude[];

/* Fills state, condition, summary, items, metrics, facts, diff, fingerprint, valid_until; host,
 * check and times are the caller's. Never fails: what cannot be judged is unknown and says why. */
void compare_run(struct finding *out, const struct compare_input *in);

/* The reference that would be the live state, raw: "CHECK" for lines, "CHECK/MANIFEST" and the
 * files for a tree. ERR_MISSING for a check without a baseline; ERR_FAIL when the live state could
 * not be read whole. `reads` must be unredacted. */
typedef void compare_file_fn(void *arg, const char *path, const char *data, size_t n);
int compare_adopt(
	const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e) WARN_UNUSED;

#endif
