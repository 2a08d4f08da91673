/*
 * A link's channel: opening, exec, both streams, the end. Knows nothing of logins and queues.
 * Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_CHANNEL_H
#define OPSDECK_PORT_SSH_CHANNEL_H

#include "base/err.h"

struct link;

/* What to do next; the caller's state moves on with GO. */
enum next { NEXT_GO, NEXT_WAIT, NEXT_BROKEN /* `e` says why */ };

enum next channel_open(struct link *l, struct err *e);
enum next channel_exec(struct link *l, struct err *e);
enum next channel_talk(struct link *l, struct err *e);
enum next channel_end(struct link *l, struct err *e);
enum next channel_close(struct link *l, struct err *e);
/* Reads what the host sends while nothing runs. */
enum next channel_listen(struct link *l, struct err *e);

#endif
