/*
 * The parts of linting a check. Only for server/check_lint*.c.
 */
#ifndef OPSDECK_SERVER_CHECK_LINT_PARTS_H
#define OPSDECK_SERVER_CHECK_LINT_PARTS_H

#include "model/check.h"
#include "server/check_lint.h"

struct doc;

struct lint {
	const struct check_lint_spec *spec;
	FILE *out;
	struct check check;
	struct doc *body; /* check.yml */
	int faults, broken;
};

void lint_fault(struct lint *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void lint_commands(struct lint *l);
void lint_runbook(struct lint *l);
void lint_samples(struct lint *l);
/* The sudo lines against the references of the hosts that the check applies to. */
void lint_references(struct lint *l);

#endif
