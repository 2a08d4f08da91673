/*
 * A new check that works as it stands: check.yml, samples, what they must give, and a runbook, for
 * its author to change. Overwrites nothing.
 */
#ifndef OPSDECK_SERVER_CHECK_SKELETON_H
#define OPSDECK_SERVER_CHECK_SKELETON_H

#include "base/err.h"

struct strs;

/* Below DIR/NAME, and RUNBOOKS/NAME.md. `made` gets each path. */
int check_skeleton(struct strs *made, const char *dir, const char *runbooks, const char *name,
	struct err *e) WARN_UNUSED;

#endif
