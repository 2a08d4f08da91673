#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "port/ssh/channel.h"
#include "port/ssh/link.h"
#include "port/ssh/login.h"
#include "port/ssh/wire.h"

#define REOPEN_MS 50
#define REOPENS_MAX 3
#define RECEIVED_MAX_LOGIN ((uint64_t)256 << 10) /* a login takes some 5 KB */

static void step(void *arg);

/* ---- the way to a channel ---- */

void link_connect(struct link *l)
{
	l->state = LINK_WIRE;
	l->used_ms = 0;
	l->wire = wire_new(l->ssh->config.loop, l->address, l->port, step, l);
}

static enum next step_wire(struct link *l, struct err *e)
{
	const struct ssh_config *c = &l->ssh->config;
	const struct login_spec spec = {.loop = c->loop,
		.wire = l->wire,
		.host = l->host,
		.address = l->address,
		.port = l->port,
		.user = l->user,
		.key = c->key[l->identity],
		.agent = c->agent,
		.step = step,
		.arg = l};

	if (wire_state(l->wire) == WIRE_FAILED) {
		*e = *wire_error(l->wire);
		return NEXT_BROKEN;
	}
	if (wire_state(l->wire) != WIRE_OPEN)
		return NEXT_WAIT;
	l->login = login_new(&spec);
	l->state = LINK_LOGIN;
	return NEXT_GO;
}

static enum next step_login(struct link *l, struct err *e)
{
	const struct known_hosts *known = ssh_known(l->ssh, e);
	enum login_result r = known ? login_step(l->login, known, e) : LOGIN_FAILED;

	if (wire_received(l->wire) > RECEIVED_MAX_LOGIN) {
		err_set(e, ERR_LIMIT, "what answers there talks without end");
		return NEXT_BROKEN;
	}
	if (r == LOGIN_FAILED)
		return NEXT_BROKEN;
	if (r == LOGIN_WAIT)
		return NEXT_WAIT;
	login_free(l->login);
	l->login = NULL;
	l->state = LINK_OPENING;
	l->tries = 0;
	l->refused_ms = l->hold_ms = 0;
	for (struct transport_run *run = l->runs; run; run = run->next)
		run->result.connected = true;
	ssh_admit(l->ssh);
	return NEXT_GO;
}

/* ---- held ---- */

static void keep_alive(void *arg)
{
	struct link *l = arg;
	const struct ssh_config *c = &l->ssh->config;
	int next = 0;

	l->timer = NULL;
	if (l->state == LINK_IDLE && ssh_now(l->ssh) - l->used_ms >= c->idle_ms) {
		link_hang_up(l, true);
		return;
	}
	/* No reply is asked for: libssh2 would keep each one. TCP tells that the host is gone. */
	if (l->state == LINK_IDLE && libssh2_keepalive_send(wire_ssh(l->wire), &next) &&
		wire_ended(l->wire)) {
		link_hang_up(l, false);
		return;
	}
	l->timer = loop_timer_add(c->loop, c->keepalive_ms, keep_alive, l);
}

static void hold(struct link *l)
{
	l->state = LINK_IDLE;
	if (!l->used_ms)
		l->used_ms = ssh_now(l->ssh);
	if (l->timer)
		return;
	libssh2_keepalive_config(wire_ssh(l->wire), 0, 1);
	l->timer = loop_timer_add(l->ssh->config.loop, l->ssh->config.keepalive_ms, keep_alive, l);
}

/* sshd with MaxSessions 1 takes the next channel only a moment after it has seen the last one end.
 */
static enum next step_opening(struct link *l, struct err *e)
{
	enum next next = channel_open(l, e);

	if (next == NEXT_GO) {
		l->reopens = 0;
		hold(l);
	} else if (next == NEXT_BROKEN && l->used_ms && !wire_ended(l->wire) &&
		   l->reopens++ < REOPENS_MAX) {
		wire_pause(l->wire);
		link_kick(l, REOPEN_MS);
		next = NEXT_WAIT;
	}
	return next;
}

static enum next step_idle(struct link *l, struct err *e)
{
	enum next next = channel_listen(l, e);
	struct transport_run *r = l->runs;

	if (next == NEXT_BROKEN || !r)
		return next;
	r->result.connected = true;
	r->result.connect_ms = ssh_now(l->ssh) - r->since_ms;
	r->since_ms = ssh_now(l->ssh);
	l->sent_before = wire_sent(l->wire);
	l->state = LINK_EXEC;
	return NEXT_GO;
}

static void run_ended(struct link *l)
{
	struct transport_run *r = l->runs;

	link_unqueue(l, r);
	l->used_ms = ssh_now(l->ssh);
	l->state = LINK_CLOSING;
	ssh_run_done(l->ssh, r);
}

static enum next step_once(struct link *l, struct err *e)
{
	enum next next = NEXT_WAIT;

	switch (l->state) {
	case LINK_DOWN:
	case LINK_PAUSE:
	case LINK_WAITING:
		break;
	case LINK_WIRE:
		next = step_wire(l, e);
		break;
	case LINK_LOGIN:
		next = step_login(l, e);
		break;
	case LINK_OPENING:
		next = step_opening(l, e);
		break;
	case LINK_IDLE:
		next = step_idle(l, e);
		break;
	case LINK_EXEC:
		next = channel_exec(l, e);
		if (next == NEXT_GO)
			l->state = LINK_TALK;
		break;
	case LINK_TALK:
		next = channel_talk(l, e);
		if (next == NEXT_GO)
			l->state = LINK_ENDING;
		break;
	case LINK_ENDING:
		next = channel_end(l, e);
		if (next == NEXT_GO)
			run_ended(l);
		break;
	case LINK_CLOSING:
		next = channel_close(l, e);
		if (next == NEXT_GO)
			l->state = LINK_OPENING;
		break;
	}
	return next;
}

static void step(void *arg)
{
	struct link *l = arg;
	struct err e = {0};
	enum next next;

	if (l->wire)
		wire_round(l->wire);
	while ((next = step_once(l, &e)) == NEXT_GO)
		continue;
	if (next == NEXT_BROKEN)
		link_failed(l, &e);
}

static void on_kick(void *arg)
{
	struct link *l = arg;

	l->kick = NULL;
	step(l);
}

void link_kick(struct link *l, int64_t ms)
{
	if (!l->kick)
		l->kick = loop_timer_add(l->ssh->config.loop, ms, on_kick, l);
}
