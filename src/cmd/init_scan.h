/*
 * Tags and params for one host of an ops repo, by what the host runs: into the work tree's
 * fleet.yml, for the operator to review. Commits nothing.
 */
#ifndef OPSDECK_CMD_INIT_SCAN_H
#define OPSDECK_CMD_INIT_SCAN_H

#include "base/err.h"

struct cmd;

/* --scan HOST, in the repo that --repo or the one word names, or that we are in. */
int init_scan(struct cmd *c, struct err *e) WARN_UNUSED;

#endif
