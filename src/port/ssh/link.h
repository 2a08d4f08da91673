/*
 * One login on one host that is held: its connection, its channel and the runs that wait for it.
 * Runs follow each other, one channel at a time (MaxSessions may be 1). Inside port/ssh only.
 *
 *   DOWN -> WAITING -> WIRE -> LOGIN -> OPENING -> IDLE -> EXEC -> TALK -> ENDING -> CLOSING -> OPENING
 *
 * The next channel is opened as soon as the last has ended: a run then costs one round trip, and what
 * the host sends meanwhile is read, which libssh2 does only through a channel.
 */
#ifndef OPSDECK_PORT_SSH_LINK_H
#define OPSDECK_PORT_SSH_LINK_H

#include <libssh2.h>
#include <stdbool.h>
#include <stdint.h>

#include "port/transport.h"

struct link;
struct login;
struct loop_timer;
struct ssh;
struct wire;

struct transport_run {
	struct ssh *ssh;
	struct link *link;	    /* NULL once it is done and waits to be told */
	struct transport_run *next; /* in the link's queue, or among the done */
	struct buf command;	    /* what exec is asked for */
	struct buf input;	    /* for the channel */
	size_t input_at;
	bool eof_sent;
	size_t flood_max;
	uint64_t seen;	  /* bytes of both streams */
	bool again;	  /* was put back once because a held session was dead */
	int64_t since_ms; /* mono; start, later exec */
	struct loop_timer *deadline;
	struct transport_result result;
	transport_done_fn *fn;
	void *arg;
};

enum link_state {
	LINK_DOWN,
	LINK_PAUSE, /* dropped before authentication: tried again soon */
	LINK_WAITING, /* for its turn to connect */
	LINK_WIRE,
	LINK_LOGIN,
	LINK_OPENING,
	LINK_IDLE,
	LINK_EXEC,
	LINK_TALK,
	LINK_ENDING,
	LINK_CLOSING,
};

struct link {
	struct ssh *ssh;
	struct link *next, *prev;
	char *host, *address, *user;
	int port;
	enum identity identity;
	enum link_state state;
	struct wire *wire;
	struct login *login;
	LIBSSH2_CHANNEL *channel;
	struct transport_run *runs; /* first: the one at work in EXEC, TALK and ENDING */
	struct loop_timer *timer;   /* pause or keepalive */
	struct loop_timer *kick;    /* a step from the loop */
	int tries;		    /* connections dropped in a row */
	int reopens;		    /* channels refused in a row on a session that had one */
	uint64_t sent_before;	    /* bytes on the wire before exec was asked for */
	int64_t used_ms;	    /* mono, end of the last run */
	int64_t refused_ms;	    /* mono until nothing is tried; 0 = not refused */
	int64_t hold_ms;	    /* how long that was */
	struct err last_error;	    /* of a refusal or a drop */
};

struct link *link_new(struct ssh *ssh, const struct host *host, enum identity identity);
/* Fails runs that are left with `why` (NULL: they are dropped without a word). */
void link_free(struct link *l, const struct err *why);
bool link_is_for(const struct link *l, const struct host *host, enum identity identity);

void link_add(struct link *l, struct transport_run *r);
/* Takes a run out without telling anybody. */
void link_cancel(struct link *l, struct transport_run *r);
/* The run's time is over. */
void link_deadline(struct link *l, struct transport_run *r);

/* Its turn to connect has come. */
void link_connect(struct link *l);
bool link_is_connecting(const struct link *l);

#endif
