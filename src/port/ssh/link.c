#include "config.h"

#include "port/ssh/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/ssh/login.h"
#include "port/ssh/wire.h"

#define TRIES_MAX 4
#define PAUSE_MS 150 /* doubled with each try, and up to as much again at random */
#define HOLD_GROWTH 8

/* ---- beginning and end ---- */

struct link *link_new(struct ssh *ssh, const struct host *host, enum identity identity)
{
	struct link *l = xcalloc(1, sizeof *l);

	*l = (struct link){.ssh = ssh, .port = host->port ? host->port : 22, .identity = identity};
	l->host = xstrdup(host->name);
	l->address = xstrdup(host->address ? host->address : "");
	l->user = xstrdup(host->user[identity] ? host->user[identity] : "");
	l->next = ssh->links;
	if (l->next)
		l->next->prev = l;
	ssh->links = l;
	return l;
}

bool link_is_for(const struct link *l, const struct host *host, enum identity identity)
{
	return l->identity == identity && str_eq(l->host, host->name);
}

void link_hang_up(struct link *l, bool polite)
{
	bool connecting = link_is_connecting(l);

	login_free(l->login);
	l->login = NULL;
	wire_free(l->wire, polite);
	l->wire = NULL;
	l->channel = NULL;
	loop_timer_del(l->timer);
	loop_timer_del(l->kick);
	l->timer = l->kick = NULL;
	l->state = LINK_DOWN;
	if (connecting)
		ssh_admit(l->ssh);
}

void link_unqueue(struct link *l, struct transport_run *r)
{
	struct transport_run **at = &l->runs;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	r->next = NULL;
	r->link = NULL;
}

static void fail_run(struct link *l, struct transport_run *r, const struct err *why)
{
	link_unqueue(l, r);
	r->result.error = *why;
	ssh_run_done(l->ssh, r);
}

void link_free(struct link *l, const struct err *why)
{
	link_hang_up(l, true);
	while (l->runs) {
		struct transport_run *r = l->runs;

		if (why) {
			fail_run(l, r, why);
			continue;
		}
		link_unqueue(l, r);
		ssh_run_free(r);
	}
	if (l->prev)
		l->prev->next = l->next;
	else
		l->ssh->links = l->next;
	if (l->next)
		l->next->prev = l->prev;
	free(l->host);
	free(l->address);
	free(l->user);
	free(l);
}

/* ---- failing ---- */

bool link_is_connecting(const struct link *l)
{
	return l->state == LINK_WIRE || l->state == LINK_LOGIN;
}

static bool at_work(const struct link *l)
{
	return l->state == LINK_EXEC || l->state == LINK_TALK || l->state == LINK_ENDING;
}

static void want(struct link *l)
{
	l->state = LINK_WAITING;
	ssh_admit(l->ssh);
}

static void on_pause_over(void *arg)
{
	struct link *l = arg;

	l->timer = NULL;
	want(l);
}

/* Before a key was offered a dropped connection is MaxStartups, most likely: try again, not all at
 * the same moment. */
static bool try_again(struct link *l)
{
	unsigned char dice;
	int64_t ms;

	if (l->state != LINK_LOGIN || !l->runs || !l->wire || !wire_ended(l->wire) ||
		login_offered(l->login) || ++l->tries >= TRIES_MAX)
		return false;
	ms = (int64_t)PAUSE_MS << (l->tries - 1);
	random_bytes(&dice, 1);
	ms += ms * dice / 255;
	link_hang_up(l, false);
	l->state = LINK_PAUSE;
	l->timer = loop_timer_add(l->ssh->config.loop, ms, on_pause_over, l);
	return true;
}

static void hold_off(struct link *l)
{
	int64_t first = l->ssh->config.refused_hold_ms;

	l->hold_ms = l->hold_ms ? 2 * l->hold_ms : first;
	if (l->hold_ms > HOLD_GROWTH * first)
		l->hold_ms = HOLD_GROWTH * first;
	l->refused_ms = ssh_now(l->ssh) + l->hold_ms;
}

static void connect_failed(struct link *l, const struct err *why)
{
	l->last_error = *why;
	if (try_again(l))
		return;
	if (l->login && login_refused(l->login))
		hold_off(l);
	link_hang_up(l, false);
	l->tries = 0;
	while (l->runs)
		fail_run(l, l->runs, why);
}

/* A held session that was dead is made anew, once, for a run of which nothing was sent. */
static void session_lost(struct link *l, const struct err *why)
{
	struct transport_run *r = l->runs;

	if (r && (r->result.started || r->again || why->code == ERR_REFUSED))
		fail_run(l, r, why);
	else if (r)
		r->again = true;
	link_hang_up(l, why->code == ERR_LIMIT);
	if (l->runs)
		want(l);
}

void link_failed(struct link *l, const struct err *why)
{
	/* A host that opens no first channel would be logged in to for ever. */
	bool never_up = link_is_connecting(l) || (l->state == LINK_OPENING && !l->used_ms);

	if (never_up)
		connect_failed(l, why);
	else
		session_lost(l, why);
}

/* ---- runs ---- */

/* Never from within the caller's start: all else happens from the loop. */
void link_add(struct link *l, struct transport_run *r)
{
	struct transport_run **at = &l->runs;

	while (*at)
		at = &(*at)->next;
	*at = r;
	r->link = l;
	if (l->refused_ms > ssh_now(l->ssh)) {
		struct err why = l->last_error;

		err_prefix(&why, "not tried again for %lld s",
			(long long)(l->refused_ms - ssh_now(l->ssh) + 999) / 1000);
		fail_run(l, r, &why);
	} else if (l->state == LINK_DOWN) {
		want(l);
	} else if (l->state == LINK_IDLE) {
		link_kick(l, 0);
	}
}

/* Nothing waits for the login any more, or the one whose channel hangs has gone. */
static void let_go(struct link *l, bool was_at_work)
{
	if (was_at_work)
		link_hang_up(l, true);
	else if (!l->runs && l->state < LINK_OPENING)
		link_hang_up(l, false);
	if (was_at_work && l->runs)
		want(l);
}

void link_cancel(struct link *l, struct transport_run *r)
{
	bool was_at_work = at_work(l) && r == l->runs;

	link_unqueue(l, r);
	let_go(l, was_at_work);
}

/* What the run was waiting for. */
static void explain_deadline(const struct link *l, const struct transport_run *r, struct err *e)
{
	const char *why = "cut: not done within its deadline";

	if (l->runs != r && at_work(l))
		why = "another run kept the session busy until the deadline";
	else if (l->state == LINK_WAITING)
		why = "its turn to log in did not come before the deadline";
	else if (l->state == LINK_WIRE && wire_state(l->wire) == WIRE_RESOLVING)
		why = "its name was not resolved before the deadline";
	else if (l->state == LINK_WIRE)
		why = "no answer to the connection before the deadline";
	else if (l->state == LINK_LOGIN && !wire_received(l->wire))
		why = "connected, but no SSH banner before the deadline";
	else if (l->state == LINK_LOGIN)
		why = login_offered(l->login) ? "the login hangs" : "the SSH handshake hangs";
	else if (l->state == LINK_OPENING || l->state == LINK_CLOSING)
		why = "the host opens no channel";
	err_set(e, ERR_TIMEOUT, "%s", why);
	if (l->state == LINK_PAUSE)
		*e = l->last_error;
}

void link_deadline(struct link *l, struct transport_run *r)
{
	bool was_at_work = at_work(l) && r == l->runs;
	struct err why;

	explain_deadline(l, r, &why);
	fail_run(l, r, &why);
	if (l->state == LINK_OPENING || l->state == LINK_CLOSING)
		was_at_work = true;
	let_go(l, was_at_work);
}
