/*
 * What the files of the decide stage share: a verdict that only grows stricter, and the boundary's
 * part in it.
 */
#ifndef OPSDECK_FLOW_DECIDE_PARTS_H
#define OPSDECK_FLOW_DECIDE_PARTS_H

#include "model/proposal.h"

struct decide_input;

/* Takes the stricter of what stands and `to`, with its rule and reason. */
void decide_raise(struct verdict *v, enum action to, const char *rule, const char *reason);

/* What the apply login may run there, as the sudoers references in git say. */
void decide_boundary(struct verdict *v, const struct decide_input *in);

#endif
