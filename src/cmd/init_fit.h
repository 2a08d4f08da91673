/*
 * What a new ops repo leaves out on the machine that it is made on. Asks nothing but which paths
 * are there.
 */
#ifndef OPSDECK_CMD_INIT_FIT_H
#define OPSDECK_CMD_INIT_FIT_H

#include "base/strs.h"

/* Shipped checks for one of the tags, none of whose `detect` paths this machine has; sorted. What
 * cannot be read is left to the server, which says so. */
void init_unfit(struct strs *out, const struct strs *tags);

#endif
