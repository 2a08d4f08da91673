/*
 * The catalogue as a table, for checks/README.md: system, check, commands, sudo lines, kinds of
 * reading, runbook, samples, and whether the lab breaks it. Judges nothing.
 */
#ifndef OPSDECK_SERVER_CHECK_TABLE_H
#define OPSDECK_SERVER_CHECK_TABLE_H

#include <stdio.h>

#include "base/err.h"

struct strs;

/* Markdown, of the named checks or all in dir. `lab`: a folder of descriptions whose lines `turns
 * CHECK ...` say what is broken and healed for real; or NULL. */
int check_table(FILE *out, const struct strs *names, const char *dir, const char *lab,
	struct err *e) WARN_UNUSED;

#endif
