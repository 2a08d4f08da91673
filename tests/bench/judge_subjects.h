/*
 * The checks of a usual server with their recorded samples, for the bench of judging.
 */
#ifndef OPSDECK_TESTS_BENCH_JUDGE_SUBJECTS_H
#define OPSDECK_TESTS_BENCH_JUDGE_SUBJECTS_H

#include <stddef.h>

#include "base/err.h"
#include "model/check.h"
#include "server/check_sample.h"

struct judge;

struct subject {
	const struct check *check;
	struct check_sample *samples;
	size_t n, cap;
	double cost; /* ms of CPU a judgement */
};

struct subjects {
	struct catalogue catalogue; /* all checks of the folder */
	struct subject *v;
	size_t n, cap;
};

/* Prints why and ends the program. */
_Noreturn void die(const char *what, const struct err *e);

void subjects_load(struct subjects *s, const char *dir);
/* Only the samples from which facts come are kept. */
void subjects_keep_read(struct subjects *s, struct judge *j);

#endif
