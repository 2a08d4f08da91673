/*
 * What a check should have besides being read without a mistake: exact commands, a runbook with its
 * headings, units, time limits, samples of each state that it can give. Runs nothing on a host.
 */
#ifndef OPSDECK_SERVER_CHECK_LINT_H
#define OPSDECK_SERVER_CHECK_LINT_H

#include <stdio.h>

struct strs;

struct check_lint_spec {
	const char *dir;      /* of checks */
	const char *runbooks; /* folder */
	const char *repo;     /* an ops repo whose sudoers references are asked; or NULL */
	const char *datadir;
};

/* The named checks, or all in dir. Prints a line for each fault. Exit status: 0 none, 1 some, 2
 * something could not be read. */
int check_lint_main(const struct strs *names, const struct check_lint_spec *spec, FILE *out);

#endif
