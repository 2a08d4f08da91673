#include "config.h"

#include "port/ssh/ssh.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/ssh/known.h"
#include "port/ssh/link.h"

#define COMMAND_MAX 30000 /* libssh2 1.10 puts exec into one packet of at most 32,768 bytes */
#define DEADLINE_DEFAULT_MS 30000

int64_t ssh_now(const struct ssh *s)
{
	return clock_mono(loop_clock(s->config.loop));
}

const struct known_hosts *ssh_known(struct ssh *s, struct err *e)
{
	if (s->known)
		return known_cache_get(s->known, e);
	return s->config.known(s->config.known_arg, e);
}

/* ---- whose turn it is to connect ---- */

static void count_connecting(const struct ssh *s, const struct link *to, int *all, int *same)
{
	*all = *same = 0;
	for (const struct link *l = s->links; l; l = l->next) {
		if (!link_is_connecting(l))
			continue;
		(*all)++;
		*same += l->port == to->port && str_eq(l->address, to->address);
	}
}

static void on_admit(void *arg)
{
	struct ssh *s = arg;

	s->admit = NULL;
	for (struct link *l = s->links; l; l = l->next) {
		int all, same;

		if (l->state != LINK_WAITING)
			continue;
		count_connecting(s, l, &all, &same);
		if (all >= s->config.width)
			return;
		if (same < s->config.width_per_target)
			link_connect(l);
	}
}

void ssh_admit(struct ssh *s)
{
	if (!s->admit)
		s->admit = loop_timer_add(s->config.loop, 0, on_admit, s);
}

/* ---- runs ---- */

void ssh_run_free(struct transport_run *r)
{
	loop_timer_del(r->deadline);
	buf_finish(&r->command);
	buf_finish(&r->input);
	buf_finish(&r->result.out);
	buf_finish(&r->result.err);
	free(r);
}

static void on_deliver(void *arg)
{
	struct ssh *s = arg;

	s->deliver = NULL;
	while (s->done) {
		struct transport_run *r = s->done;

		s->done = r->next;
		r->fn(r->arg, &r->result);
		ssh_run_free(r);
	}
}

void ssh_run_done(struct ssh *s, struct transport_run *r)
{
	struct transport_run **at = &s->done;
	int64_t took = ssh_now(s) - r->since_ms;

	while (*at)
		at = &(*at)->next;
	*at = r;
	loop_timer_del(r->deadline);
	r->deadline = NULL;
	if (r->result.started)
		r->result.run_ms = took;
	else
		r->result.connect_ms = took;
	if (!s->deliver)
		s->deliver = loop_timer_add(s->config.loop, 0, on_deliver, s);
}

static void on_deadline(void *arg)
{
	struct transport_run *r = arg;

	r->deadline = NULL;
	link_deadline(r->link, r);
}

/* The script inside the command costs no round trip of its own. A long one, or one that has input,
 * goes over stdin: head(1) takes no more than its part, and eval has no limit as exec has. */
static void write_command(struct transport_run *r, const struct transport_spec *spec)
{
	size_t n = strlen(spec->script);

	buf_adds(&r->command, "exec /bin/sh -c ");
	if (n <= COMMAND_MAX) {
		shell_quote(&r->command, spec->script);
		if (!spec->input_len)
			buf_adds(&r->command, " </dev/null");
	}
	if (n > COMMAND_MAX || r->command.len > COMMAND_MAX) {
		buf_reset(&r->command);
		buf_addf(&r->command, "exec /bin/sh -c 'eval \"$(head -c %zu)\"%s'", n,
			spec->input_len ? "" : " </dev/null");
		buf_add(&r->input, spec->script, n);
	}
	if (spec->input_len)
		buf_add(&r->input, spec->input, spec->input_len);
}

static struct link *find_link(struct ssh *s, const struct host *h, enum identity identity)
{
	static const struct err moved = {
		.code = ERR_CONFLICT, .msg = "the host's entry in the fleet changed meanwhile"};
	struct link *l = s->links;

	while (l && !link_is_for(l, h, identity))
		l = l->next;
	if (l && (!str_eq(l->address, h->address) || l->port != (h->port ? h->port : 22) ||
			 !str_eq(l->user, h->user[identity]))) {
		link_free(l, &moved);
		l = NULL;
	}
	return l ? l : link_new(s, h, identity);
}

static struct transport_run *start(
	struct transport *t, const struct transport_spec *spec, transport_done_fn *fn, void *arg)
{
	struct ssh *s = (struct ssh *)t;
	struct transport_run *r = xcalloc(1, sizeof *r);
	int64_t deadline = spec->deadline_ms > 0 ? spec->deadline_ms : DEADLINE_DEFAULT_MS;

	*r = (struct transport_run){.ssh = s, .fn = fn, .arg = arg, .since_ms = ssh_now(s)};
	buf_init(&r->result.out, spec->out_max);
	buf_init(&r->result.err, spec->err_max);
	r->flood_max = 2 * (spec->out_max + spec->err_max);
	write_command(r, spec);
	r->deadline = loop_timer_add(s->config.loop, deadline, on_deadline, r);
	link_add(find_link(s, spec->host, spec->identity), r);
	return r;
}

static void cancel(struct transport_run *r)
{
	struct transport_run **at = &r->ssh->done;

	if (r->link) {
		link_cancel(r->link, r);
	} else {
		while (*at && *at != r)
			at = &(*at)->next;
		if (*at)
			*at = r->next;
	}
	ssh_run_free(r);
}

static void forget(struct transport *t, const char *host)
{
	static const struct err gone = {
		.code = ERR_CONFLICT, .msg = "the host left the fleet meanwhile"};
	struct ssh *s = (struct ssh *)t;
	struct link *next;

	for (struct link *l = s->links; l; l = next) {
		next = l->next;
		if (!host || str_eq(l->host, host))
			link_free(l, &gone);
	}
}

static void free_ssh(struct transport *t)
{
	struct ssh *s = (struct ssh *)t;

	while (s->links)
		link_free(s->links, NULL);
	while (s->done) {
		struct transport_run *r = s->done;

		s->done = r->next;
		ssh_run_free(r);
	}
	loop_timer_del(s->deliver);
	loop_timer_del(s->admit);
	known_cache_free(s->known);
	for (int i = 0; i < IDENTITY_COUNT; i++)
		free((char *)(uintptr_t)s->config.key[i]);
	free((char *)(uintptr_t)s->config.agent);
	free(s);
	libssh2_exit();
}

static void take_config(struct ssh *s, const struct ssh_config *config)
{
	struct ssh_config *c = &s->config;

	*c = *config;
	for (int i = 0; i < IDENTITY_COUNT; i++)
		c->key[i] = xstrdup(config->key[i]);
	c->agent = xstrdup(config->agent);
	if (c->known_hosts)
		s->known = known_cache_new(c->known_hosts, c->log);
	c->known_hosts = NULL;
	c->width = c->width > 0 ? c->width : 32;
	c->width_per_target = c->width_per_target > 0 ? c->width_per_target : 4;
	c->keepalive_ms = c->keepalive_ms > 0 ? c->keepalive_ms : 20000;
	c->idle_ms = c->idle_ms > 0 ? c->idle_ms : 900000;
	c->refused_hold_ms = c->refused_hold_ms > 0 ? c->refused_hold_ms : 300000;
}

struct transport *ssh_transport_new(const struct ssh_config *config, struct err *e)
{
	static const struct transport_ops ops = {
		.start = start, .cancel = cancel, .forget = forget, .free = free_ssh};
	struct ssh *s;

	if (!config->known_hosts && !config->known) {
		err_set(e, ERR_FAIL, "no known_hosts is configured");
		return NULL;
	}
	if (libssh2_init(0)) {
		err_set(e, ERR_FAIL, "libssh2 does not start");
		return NULL;
	}
	s = xcalloc(1, sizeof *s);
	s->base.ops = &ops;
	take_config(s, config);
	return &s->base;
}
