/*
 * The requests about proposals: asking for a change, reading it, deciding on it, applying it and
 * bringing it into git. Knows no socket.
 */
#ifndef OPSDECK_SERVER_CHANGE_H
#define OPSDECK_SERVER_CHANGE_H

#include "server/core.h"

req_handler change_propose, change_withdraw, change_review, change_approve, change_reject,
	change_reconcile, change_commit;

/* Once, at the start, when store, repo and intent stand: what was applying is interrupted, what is
 * uncommitted is tried again, what ran out is expired; sets the timer for the next of these. */
void change_resume(struct server_core *core);
/* At the end, when nothing is applying. */
void change_finish(struct server_core *core);
/* While a change is applying the intent must not be replaced by `accept`. */
bool change_is_running(const struct server_core *core);

#endif
