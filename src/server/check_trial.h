/*
 * One recorded output tried on one check: whether the check reads it, and what it makes of it.
 * Knows nothing of what is right.
 */
#ifndef OPSDECK_SERVER_CHECK_TRIAL_H
#define OPSDECK_SERVER_CHECK_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/check.h"
#include "server/check_expect.h"
#include "server/judge.h"

struct buf;
struct doc;
struct programs;
struct strs;

struct trials {
	int64_t now_ms;
	struct check *checks;
	size_t n;
	size_t *facts_as; /* program of each check's facts_as, or none */
	struct judge *judge;
	struct programs *programs;
};

/* The named checks of dir, or all; compiled. Finish it in either case. */
int trials_load(struct trials *out, const struct strs *names, const char *dir, int64_t now_ms,
	struct err *e) WARN_UNUSED;
void trials_finish(struct trials *t);

enum trial_match { TRIAL_NONE, TRIAL_PART, TRIAL_READS };

/* Whether commands of the check take that command line (check_reads.h), and it then has all that it
 * needs; for TRIAL_PART *missing names a command that it lacks, borrowed. */
enum trial_match trial_match(const struct check *c, const char *plain, const char **missing);

struct trial {
	const struct check *check;
	struct judge_answer answer;
	struct doc *facts, *named; /* named: what facts_as gave; or NULL */
};

/* The row's output given to the commands that take it, the others absent. A check with a baseline
 * is held against what it would adopt. Finish *v in either case. */
int trial_judge(struct trials *t, struct trial *v, size_t check, const struct expect_row *row,
	const struct buf *text, struct err *e) WARN_UNUSED;
void trial_finish(struct trial *v);

#endif
