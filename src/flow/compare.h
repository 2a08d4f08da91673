/*
 * The stage that judges: what was read of one host for one check, held against its rules and its
 * reference, becomes a finding. Everything it is given but the reference is redacted already;
 * it redacts the reference itself. Knows no host's transport, no store, no clock.
 */
#ifndef OPSDECK_FLOW_COMPARE_H
#define OPSDECK_FLOW_COMPARE_H

#include "base/err.h"
#include "flow/compare_types.h"
#include "model/finding.h"

struct buf;
struct doc;

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

/* How the judgement came about, for a person: {read: what programs see, facts, rules: [{when,
 * state, value, say}]}; say only of rules that hold. An expression that fails gives {error}. */
struct doc *compare_explain(const struct compare_input *in);

/* The command, and the item if it has one: "smartctl sda". Heap. */
char *compare_read_label(const struct compare_read *r);

/* The reference that would be the live state, raw: "CHECK" for lines, "CHECK/MANIFEST" and the
 * files for a tree. ERR_MISSING for a check without a baseline; ERR_FAIL when the live state could
 * not be read whole. `reads` must be unredacted. */
int compare_adopt(
	const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e) WARN_UNUSED;

#endif
