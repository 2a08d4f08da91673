#include "config.h"

#include "server/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/fleet.h"
#include "server/core.h"
#include "server/due.h"
#include "server/gather.h"
#include "server/incoming.h"
#include "server/socket.h"
#include "server/worker_pool.h"
#include "store/read.h"
#include "store/write.h"

#define FIRST_MS 300	/* a request to sweep that comes at once makes the first sweep its own */
#define PROGRESS_MS 250 /* between two writes of the progress */
#define PRUNE_MS 3600000

/* Somebody waits for a sweep. */
struct ask {
	struct strs hosts; /* empty = all */
	sweep_done_fn *fn;
	void *arg;
};

struct asks {
	struct ask *v;
	size_t n, cap;
};

struct sweep {
	struct server_core *core;
	struct loop_timer *timer;
	struct due *due;
	struct gather *run;
	const struct intent *run_intent; /* in force when it began */
	struct strs run_hosts;
	size_t total, done;
	int64_t started_ms, told_ms, ended_ms; /* mono */
	struct asks joined;		       /* answered by this run */
	struct asks queue;		       /* for the next one */
	int64_t pruned_ms;
	bool owed; /* another intent is in force: one look, even when nobody is there any more */
};

static void start_queued(struct sweep *s);
static void tick(void *arg);

/* ---- asks ---- */

static void asks_finish(struct asks *a)
{
	for (size_t i = 0; i < a->n; i++)
		strs_finish(&a->v[i].hosts);
	free(a->v);
	*a = (struct asks){0};
}

static void answer(struct asks *a, const struct doc *result, const struct err *error)
{
	struct asks mine = *a;

	*a = (struct asks){0};
	for (size_t i = 0; i < mine.n; i++)
		mine.v[i].fn(mine.v[i].arg, result, error);
	asks_finish(&mine);
}

static bool asked_for(const struct asks *a, const char *host)
{
	for (size_t i = 0; i < a->n; i++)
		if (!a->v[i].hosts.n || strs_has(&a->v[i].hosts, host))
			return true;
	return false;
}

/* ---- the schedule ---- */

static int64_t every(const struct sweep *s)
{
	const struct intent *intent = s->core->intent;

	return intent && intent->fleet->sweep_every_ms > 0 ? intent->fleet->sweep_every_ms : 60000;
}

static void log_store(const struct sweep *s, const struct err *e)
{
	log_line(s->core->log, LOG_LEVEL_ERROR, "sweep: %s", e->msg);
}

static void schedule(struct sweep *s, int64_t in_ms)
{
	char when[24];
	struct err e;

	loop_timer_del(s->timer);
	s->timer = loop_timer_add(s->core->loop, in_ms, tick, s);
	snprintf(when, sizeof when, "%" PRId64, clock_wall(s->core->clock) + in_ms);
	if (store_set(s->core->store, "sweep_next_ms", when, &e))
		log_store(s, &e);
}

static void on_loaded(
	void *arg, const struct strs *names, const struct strs *texts, const struct err *error)
{
	struct sweep *s = arg;
	char *first = NULL;
	struct err e;

	for (size_t i = 0; i < names->n && !error; i++)
		log_line(s->core->log, LOG_LEVEL_ERROR, "check %s: %s", names->v[i], texts->v[i]);
	if (error && error->code == ERR_CONFLICT)
		return;
	if (error)
		log_line(s->core->log, LOG_LEVEL_ERROR, "checks: %s", error->msg);
	if (error)
		first = xasprintf("checks: %s", error->msg);
	else if (names->n)
		first = xasprintf("check %s: %s", names->v[0], texts->v[0]);
	if (first && store_set(s->core->store, "server_error", first, &e))
		log_store(s, &e);
	free(first);
}

void sweep_reload(struct sweep *s)
{
	const struct intent *in = s->core->intent;

	due_free(s->due);
	s->due = due_new(in);
	pool_load(s->core->pool, in->catalogue, on_loaded, s);
	s->owed = s->core->socket; /* not at the start: nobody may have asked for anything yet */
	if (!s->run)
		schedule(s, FIRST_MS);
}

/* ---- a run ---- */

static void on_host(void *arg, struct gathered *g)
{
	struct sweep *s = arg;
	int64_t now = clock_mono(s->core->clock);
	struct err e;

	if (s->run_intent == s->core->intent)
		due_again(s->due, g, now, every(s));
	s->done++;
	if (now - s->told_ms < PROGRESS_MS && s->done < s->total)
		return;
	s->told_ms = now;
	if (store_sweep_progress(s->core->store, (int)s->done, &e))
		log_store(s, &e);
}

static struct doc *count_findings(const struct sweep *s, struct err *e)
{
	size_t count[FINDING_STATE_COUNT] = {0};
	struct doc *d = doc_new_map();
	struct snapshot *snap;

	if (reader_snapshot(s->core->reader, &snap, e)) {
		doc_free(d);
		return NULL;
	}
	for (size_t i = 0; i < snap->finding_count; i++)
		if (strs_has(&s->run_hosts, snap->findings[i].host) &&
			snap->findings[i].condition != CONDITION_NOT_LOOKED)
			count[snap->findings[i].state]++;
	snapshot_free(snap);
	for (int i = 0; i < FINDING_STATE_COUNT; i++)
		doc_set_int(d, finding_state_name((enum finding_state)i), (int64_t)count[i]);
	return d;
}

static struct doc *run_result(const struct sweep *s, struct err *e)
{
	struct doc *result, *counts = count_findings(s, e);

	if (!counts)
		return NULL;
	result = doc_new_map();
	doc_set_int(result, "hosts", (int64_t)s->total);
	doc_set(result, "findings", counts);
	doc_set(result, "seconds", doc_new_real((double)(s->ended_ms - s->started_ms) / 1000));
	return result;
}

/* What an answer's receiver asks for meanwhile may start the next run. */
static void answer_joined(struct sweep *s)
{
	struct err e;
	struct doc *result = s->joined.n ? run_result(s, &e) : NULL;

	strs_finish(&s->run_hosts);
	answer(&s->joined, result, result ? NULL : &e);
	doc_free(result);
}

static void on_done(void *arg)
{
	struct sweep *s = arg;
	int64_t left;
	struct err e;

	s->run = NULL;
	s->ended_ms = clock_mono(s->core->clock);
	if (store_sweep_end(s->core->store, &e))
		log_store(s, &e);
	incoming_refresh(s->core);
	left = every(s) - (s->ended_ms - s->started_ms);
	if (s->run_intent != s->core->intent || left < 0)
		left = 0;
	answer_joined(s);
	if (s->queue.n && !s->run)
		start_queued(s);
	if (!s->run)
		schedule(s, left);
}

/* All checks of the hosts that somebody asked for, and what is due of the others when `due`. */
static void start(struct sweep *s, bool due)
{
	const struct fleet *fleet = s->core->intent->fleet;
	struct gather_item *items = xcalloc(fleet->host_count + 1, sizeof *items);
	int64_t now = clock_mono(s->core->clock);
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < fleet->host_count; i++) {
		const struct host *h = &fleet->hosts[i];
		bool all = asked_for(&s->joined, h->name);

		if (!all && !due)
			continue;
		due_plan(s->due, h, all, now, every(s), &items[n]);
		if (!items[n].check_count && !all)
			continue;
		strs_add(&s->run_hosts, h->name);
		n++;
	}
	s->total = n;
	s->done = 0;
	s->started_ms = s->told_ms = now;
	s->run_intent = s->core->intent;
	loop_timer_del(s->timer);
	s->timer = NULL;
	if (store_sweep_start(s->core->store, (int)n, &e))
		log_store(s, &e);
	s->run = gather_start(&(struct gather_spec){.core = s->core,
		.items = items,
		.item_count = n,
		.store = true,
		.on_host = on_host,
		.on_done = on_done,
		.arg = s});
}

static void start_queued(struct sweep *s)
{
	struct err e;

	if (!s->core->intent) {
		err_set(&e, ERR_INPUT,
			"no accepted fleet.yml is in force: `opsdeck check-config` says why");
		answer(&s->queue, NULL, &e);
		return;
	}
	s->joined = s->queue;
	s->queue = (struct asks){0};
	start(s, false);
}

static void tick(void *arg)
{
	struct sweep *s = arg;
	int64_t now = clock_mono(s->core->clock);
	struct err e;

	s->timer = NULL;
	if (now - s->pruned_ms >= PRUNE_MS) {
		s->pruned_ms = now;
		if (store_prune(s->core->store, &e))
			log_store(s, &e);
	}
	/* On demand, sweeps run only while somebody is there. */
	if (s->core->on_demand && !s->owed && !socket_client_count(s->core->socket)) {
		schedule(s, every(s));
		return;
	}
	s->owed = false;
	if (s->core->intent && !s->run)
		start(s, true);
}

void sweep_wake(struct sweep *s)
{
	if (!s->run && s->core->intent && s->ended_ms &&
		clock_mono(s->core->clock) - s->ended_ms >= every(s))
		schedule(s, FIRST_MS);
}

int sweep_now(
	struct sweep *s, const struct strs *hosts, sweep_done_fn *fn, void *arg, struct err *e)
{
	const struct intent *in = s->core->intent;
	struct ask *a;

	if (!in)
		return err_set(e, ERR_INPUT,
			"no accepted fleet.yml is in force: `opsdeck check-config` says why");
	for (size_t i = 0; hosts && i < hosts->n; i++)
		if (!fleet_host(in->fleet, hosts->v[i]))
			return err_set(
				e, ERR_MISSING, "there is no host %s in fleet.yml", hosts->v[i]);
	a = ARR_ADD(s->queue.v, s->queue.n, s->queue.cap);
	*a = (struct ask){.fn = fn, .arg = arg};
	if (hosts)
		strs_copy(&a->hosts, hosts);
	if (!s->run)
		start_queued(s);
	return 0;
}

/* ---- the whole ---- */

struct sweep *sweep_new(struct server_core *core)
{
	struct sweep *s = xcalloc(1, sizeof *s);

	s->core = core;
	s->pruned_ms = clock_mono(core->clock);
	return s;
}

struct server_core *sweep_core(struct sweep *s)
{
	return s->core;
}

void sweep_free(struct sweep *s)
{
	if (!s)
		return;
	loop_timer_del(s->timer);
	asks_finish(&s->joined);
	asks_finish(&s->queue);
	strs_finish(&s->run_hosts);
	due_free(s->due);
	free(s);
}
