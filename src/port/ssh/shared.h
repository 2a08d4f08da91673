/*
 * What the parts of the SSH transport share: the transport, its links, their runs. Inside port/ssh
 * only.
 */
#ifndef OPSDECK_PORT_SSH_SHARED_H
#define OPSDECK_PORT_SSH_SHARED_H

#include <libssh2.h>
#include <stdbool.h>
#include <stdint.h>

#include "port/ssh/settings.h"
#include "port/transport.h"

struct known_cache;
struct link;
struct login;
struct loop_timer;
struct wire;

struct ssh {
	struct transport base;
	struct ssh_config config; /* strings owned */
	struct known_cache *known;
	struct link *links;
	struct transport_run *done; /* told from the loop, in order */
	struct loop_timer *deliver, *admit;
};

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
	LINK_PAUSE,   /* dropped before authentication: tried again soon */
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

/* What is known now; NULL with `e` set when it cannot be read. */
const struct known_hosts *ssh_known(struct ssh *s, struct err *e);
/* The run is over: its result is told from the loop. It belongs to no link any more. */
void ssh_run_done(struct ssh *s, struct transport_run *r);
void ssh_run_free(struct transport_run *r);
/* A link waits for its turn, or one that connected does so no more. */
void ssh_admit(struct ssh *s);
int64_t ssh_now(const struct ssh *s);

#endif
