/*
 * What the parts of the SSH transport share. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_INTERNAL_H
#define OPSDECK_PORT_SSH_INTERNAL_H

#include "port/ssh/link.h"
#include "port/ssh/ssh.h"

struct known_cache;

struct ssh {
	struct transport base;
	struct ssh_config config; /* strings owned */
	struct known_cache *known;
	struct link *links;
	struct transport_run *done; /* told from the loop, in order */
	struct loop_timer *deliver, *admit;
};

/* What is known now; NULL with `e` set when it cannot be read. */
const struct known_hosts *ssh_known(struct ssh *s, struct err *e);
/* The run is over: its result is told from the loop. It belongs to no link any more. */
void ssh_run_done(struct ssh *s, struct transport_run *r);
void ssh_run_free(struct transport_run *r);
/* A link waits for its turn, or one that connected does so no more. */
void ssh_admit(struct ssh *s);
int64_t ssh_now(const struct ssh *s);

/* The channel's part of a link (channel.c). What to do next: */
enum next { NEXT_GO, NEXT_WAIT, NEXT_BROKEN /* `e` says why */ };
enum next channel_open(struct link *l, struct err *e);
enum next channel_exec(struct link *l, struct err *e);
enum next channel_talk(struct link *l, struct err *e);
enum next channel_end(struct link *l, struct err *e);
enum next channel_close(struct link *l, struct err *e);
/* Reads what the host sends while nothing runs. */
enum next channel_listen(struct link *l, struct err *e);

#endif
