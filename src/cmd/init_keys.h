/*
 * Taking the fleet's host keys over from an operator's known_hosts, after showing them.
 */
#ifndef OPSDECK_CMD_INIT_KEYS_H
#define OPSDECK_CMD_INIT_KEYS_H

#include "base/err.h"

struct cmd;

/* From --known-hosts into the known_hosts of the repo's state; what stands there already is kept.
 */
int init_take_keys(struct cmd *c, const char *repo, struct err *e) WARN_UNUSED;

#endif
