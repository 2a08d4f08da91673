/*
 * Whether the agent has a uid of its own: what serve.yml says, and what proposals showed. Knows no
 * plan.
 */
#ifndef OPSDECK_SERVER_AGENT_H
#define OPSDECK_SERVER_AGENT_H

#include "base/err.h"

struct req;
struct server_core;

/* At the start: writes the facts "agent_seen" and "agent_separated" into the store. */
int agent_start(struct server_core *core, struct err *e) WARN_UNUSED;

/* The argument `agent` of a proposal; NULL where there is none. ERR_INPUT when it is no name. */
int agent_named(const struct req *r, const char **out, struct err *e) WARN_UNUSED;
/* Who proposed, as it is shown and committed: a name that another login gave is told as such. Heap.
 */
char *agent_proposer(const struct req *r, const char *agent);
/* A proposal came: the facts follow from whose it is (agent NULL: the sender's own). */
int agent_proposed(const struct req *r, const char *agent, struct err *e) WARN_UNUSED;

#endif
