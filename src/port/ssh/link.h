/*
 * One login on one host that is held: its connection, its channel and the runs that wait for it.
 * Runs follow each other, one channel at a time (MaxSessions may be 1). Inside port/ssh only.
 *
 *   DOWN -> WAITING -> WIRE -> LOGIN -> OPENING -> IDLE -> EXEC -> TALK -> ENDING -> CLOSING ->
 * OPENING
 *
 * The next channel is opened as soon as the last has ended: a run then costs one round trip, and
 * what the host sends meanwhile is read, which libssh2 does only through a channel.
 */
#ifndef OPSDECK_PORT_SSH_LINK_H
#define OPSDECK_PORT_SSH_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "port/ssh/shared.h"

struct link *link_new(struct ssh *ssh, const struct host *host, enum identity identity);
/* Fails runs that are left with `why` (NULL: they are dropped without a word). */
void link_free(struct link *l, const struct err *why);
bool link_is_for(const struct link *l, const struct host *host, enum identity identity);

void link_add(struct link *l, struct transport_run *r);
/* Takes a run out without telling anybody. */
void link_cancel(struct link *l, struct transport_run *r);
/* The run's time is over. */
void link_deadline(struct link *l, struct transport_run *r);

/* ---- between link.c and link_step.c ---- */

/* Ends the connection; the runs stay. */
void link_hang_up(struct link *l, bool polite);
void link_unqueue(struct link *l, struct transport_run *r);
/* The connection is of no more use: tries again, fails runs, or makes the session anew. */
void link_failed(struct link *l, const struct err *why);
/* A step from the loop, unless one is coming. */
void link_kick(struct link *l, int64_t ms);

/* ---- for ssh.c ---- */

/* Its turn to connect has come. */
void link_connect(struct link *l);
bool link_is_connecting(const struct link *l);

#endif
