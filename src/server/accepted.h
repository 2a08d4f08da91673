/*
 * The accepted commit: what opsdeck works from, what has come in since, and how it moves. Knows no
 * socket and no host.
 */
#ifndef OPSDECK_SERVER_ACCEPTED_H
#define OPSDECK_SERVER_ACCEPTED_H

#include <stdbool.h>

#include "base/err.h"
#include "server/core.h"

/* At the start: takes the accepted commit from the store (the first time: the branch's tip,
 * audited), loads the intent, puts fleet and documents into the store. A broken intent is no
 * failure: it stands in the store as server_error and core->intent stays NULL. */
int accepted_start(struct server_core *core, struct err *e) WARN_UNUSED;
/* Frees what the start made. */
void accepted_finish(struct server_core *core);

/* ERR_CONFLICT, with what to do, unless the branch's tip is the accepted commit. */
int accepted_is_tip(struct server_core *core, struct err *e) WARN_UNUSED;
/* After a commit of our own upon the accepted one: it is accepted, audited in `r`'s name (NULL: the
 * server's), and the intent is loaded again. */
int accepted_advance(
	struct server_core *core, struct req *r, const char *commit, struct err *e) WARN_UNUSED;

req_handler accepted_incoming, accepted_accept;

#endif
