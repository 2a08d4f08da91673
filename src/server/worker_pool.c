#include "config.h"

#include "server/worker_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "model/check.h"
#include "server/pool_cache.h"
#include "server/pool_generation.h"
#include "server/pool_job.h"
#include "server/pool_process.h"
#include "server/packet.h"

#define WORKERS_DEFAULT 2
#define WORKERS_MAX 16
#define DEADLINE_DEFAULT_MS 10000
#define LOAD_DEFAULT_MS 30000
#define QUEUE_PER_WORKER 16
#define IN_FLIGHT 4 /* so that a worker never waits for the pipe */
#define TRIES 2	    /* a request that ends its worker twice is set aside */
#define START_FAILS_MAX 3

struct slot {
	struct worker_pool *pool;
	struct pool_process *process; /* NULL: none */
	struct generation *gen;
	bool loaded;
	bool retiring;	       /* gets nothing more, ends with its last job */
	struct job_list jobs;  /* sent to it, in order */
	char last[SHA256_HEX]; /* the body hash of what was sent last */
};

struct worker_pool {
	struct pool_spec spec;
	char *self;
	void *key;
	struct generation *now, *next; /* in force; being loaded */
	struct slot slots[2 * WORKERS_MAX];
	struct job_list waiting, settled;
	struct loop_timer *settle_timer;
	struct pool_cache *cache;
	struct good_bodies good; /* as they last compiled */
	struct pool_stats stats;
	int64_t next_id;
};

static void fill(struct worker_pool *p);
static void settle_later(struct worker_pool *p);

/* ---- jobs ---- */

static void settle(struct worker_pool *p, struct job *j)
{
	jobs_push(&p->settled, j);
	settle_later(p);
}

/* An answer of the pool's own: this could not be judged. */
static void settle_unknown(struct worker_pool *p, struct job *j, const char *summary)
{
	struct finding *f = &j->answer.finding;

	judge_answer_finish(&j->answer);
	f->host = xstrdup(j->host);
	f->check = xstrdup(j->check);
	f->state = FINDING_UNKNOWN;
	f->summary = xstrdup(summary);
	f->at_ms = j->now_ms;
	settle(p, j);
}

static void on_settle(void *arg)
{
	struct worker_pool *p = arg;
	size_t n = p->settled.n;
	struct job *j;

	p->settle_timer = NULL;
	/* Only those that are there now: a callback may ask again. */
	while (n-- && (j = jobs_pop(&p->settled))) {
		j->fn(j->arg, &j->answer);
		job_free(j);
	}
	if (p->settled.n)
		settle_later(p);
}

static void settle_later(struct worker_pool *p)
{
	if (!p->settle_timer)
		p->settle_timer = loop_timer_add(p->spec.loop, 0, on_settle, p);
}

/* ---- workers ---- */

static void log_end(const struct worker_pool *p, const char *what, const char *why)
{
	log_line(p->spec.log, LOG_LEVEL_WARN, "worker: %s (%s)", what, why);
}

static void close_slot(struct slot *s)
{
	process_free(s->process);
	s->process = NULL;
	s->loaded = s->retiring = false;
	generation_drop(s->gen);
	s->gen = NULL;
}

static void close_slots(struct worker_pool *p, const struct generation *g)
{
	for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++)
		if (p->slots[i].gen == g)
			close_slot(&p->slots[i]);
}

/* The first of its jobs is the one it worked on; the others were only on their way. */
static void take_back(struct slot *s, const char *why)
{
	struct worker_pool *p = s->pool;
	struct job *first = jobs_pop(&s->jobs), *j;
	struct job_list others = {0};

	while ((j = jobs_pop(&s->jobs)))
		jobs_push_front(&others, j);
	while ((j = jobs_pop(&others)))
		jobs_push_front(&p->waiting, j);
	if (!first)
		return;
	if (++first->tries < TRIES) {
		jobs_push_front(&p->waiting, first);
	} else {
		char *summary = xasprintf("could not be judged: the worker %s over it", why);

		p->stats.set_aside++;
		log_line(p->spec.log, LOG_LEVEL_WARN, "%s of %s is set aside: the worker %s",
			first->check, first->host, why);
		pool_cache_put(p->cache, first->host, first->check, first->key, 0);
		settle_unknown(p, first, summary);
		free(summary);
	}
}

/* Nothing can be started with this catalogue. */
static void give_up(struct worker_pool *p, struct generation *g, const char *why)
{
	struct err e = {0};
	struct job *j;

	err_set(&e, ERR_FAIL, "no worker can be started: %s", why);
	if (g == p->next) {
		p->next = NULL;
		close_slots(p, g);
		generation_tell(g, NULL, NULL, &e);
		generation_drop(g);
	} else {
		g->fails = 0; /* the next request tries anew */
	}
	if (p->next || (p->now && g != p->now))
		return; /* others can still judge */
	while ((j = jobs_pop(&p->waiting)))
		settle_unknown(p, j, e.msg);
}

static void on_end(void *arg, struct pool_process *process, const char *why)
{
	struct slot *s = arg;
	struct worker_pool *p = s->pool;
	struct generation *g = s->gen;
	bool failed_load = !s->loaded;

	(void)process;
	p->stats.restarts += !s->retiring;
	log_end(p, failed_load ? "did not load the catalogue" : "ended", why);
	take_back(s, why);
	if (failed_load && ++g->fails >= START_FAILS_MAX)
		give_up(p, g, why);
	close_slot(s);
	if (!failed_load || p->next || p->waiting.n)
		fill(p);
}

static void in_force(struct worker_pool *p, struct generation *g)
{
	struct generation *old = p->now;

	p->now = g;
	p->next = NULL;
	for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++) {
		struct slot *s = &p->slots[i];

		if (!s->process || s->gen == g)
			continue;
		s->retiring = true;
		if (!s->jobs.n)
			close_slot(s);
	}
	generation_drop(old);
}

static void on_loaded(struct slot *s, const struct strs *names, const struct strs *texts)
{
	struct worker_pool *p = s->pool;

	s->loaded = true;
	s->gen->fails = 0;
	process_deadline(s->process, 0);
	if (s->gen == p->next) {
		good_bodies_keep(&p->good, s->gen, names);
		in_force(p, s->gen);
	}
	generation_tell(s->gen, names, texts, NULL);
	fill(p);
}

static void on_judged(struct slot *s, struct packet_in *in)
{
	struct worker_pool *p = s->pool;
	struct job *j = s->jobs.first;
	struct err e = {0};
	int64_t id;

	if (!j || packet_get_answer(&j->answer, &id, in, &e) || id != j->id ||
		!str_eq(j->answer.finding.host, j->host) ||
		!str_eq(j->answer.finding.check, j->check)) {
		/* Not to be trusted any more. */
		take_back(s, "answered nonsense");
		p->stats.restarts++;
		close_slot(s);
		fill(p);
		return;
	}
	jobs_pop(&s->jobs);
	p->stats.judged++;
	/* Only what was judged by the very program that the key is made of. */
	if (str_eq(generation_hash(s->gen, j->check), j->body_hash))
		pool_cache_put(
			p->cache, j->host, j->check, j->key, j->answer.finding.valid_until_ms);
	settle(p, j);
	process_deadline(s->process, s->jobs.n ? p->spec.deadline_ms : 0);
	if (s->retiring && !s->jobs.n)
		close_slot(s);
	fill(p);
}

static void read_loaded(struct slot *s, struct packet_in *in)
{
	struct strs names = {0}, texts = {0};
	const char *error;
	struct err e;

	packet_get_strs(in, &names);
	packet_get_strs(in, &texts);
	error = packet_get_str(in);
	if (packet_done(in, &e) || names.n != texts.n)
		error = "answered nonsense";
	if (error)
		on_end(s, s->process, error);
	else
		on_loaded(s, &names, &texts);
	strs_finish(&names);
	strs_finish(&texts);
}

static void on_frame(void *arg, struct pool_process *process, struct packet_in *in)
{
	struct slot *s = arg;

	if (!s->loaded && in->kind == PACKET_LOADED)
		read_loaded(s, in);
	else if (s->loaded && in->kind == PACKET_JUDGED)
		on_judged(s, in);
	else
		on_end(s, process, "answered nonsense");
}

static void start(struct worker_pool *p, struct slot *s, struct generation *g)
{
	const struct process_spec spec = {p->spec.loop, p->self, on_frame, on_end, s};
	struct err e = {0};

	*s = (struct slot){.pool = p, .gen = generation_hold(g)};
	if (process_start(&s->process, &spec, &e)) {
		close_slot(s);
		log_end(p, "cannot be started", e.msg);
		if (++g->fails >= START_FAILS_MAX)
			give_up(p, g, e.msg);
		return;
	}
	process_send(s->process, g->frame.data, g->frame.len);
	process_deadline(s->process, p->spec.load_ms);
}

static size_t count(const struct worker_pool *p, const struct generation *g)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++)
		n += p->slots[i].process && p->slots[i].gen == g && !p->slots[i].retiring;
	return n;
}

/* One, and more once a queue stands: loading costs a worker as much as some hundred judgements. */
static size_t wanted(const struct worker_pool *p)
{
	size_t queue = p->waiting.n / QUEUE_PER_WORKER;

	return queue < (size_t)p->spec.workers ? queue + 1 : (size_t)p->spec.workers;
}

/* As many workers as wanted of the newest catalogue; while it loads, one that ended is not replaced
 * by one of the old. */
static void start_missing(struct worker_pool *p)
{
	struct generation *g = p->next ? p->next : p->now;

	for (size_t i = 0; g && i < sizeof p->slots / sizeof *p->slots; i++) {
		if (p->slots[i].process || count(p, g) >= wanted(p))
			continue;
		start(p, &p->slots[i], g);
		g = p->next ? p->next : p->now;
		if (g && g->fails && !p->slots[i].process)
			return;
	}
}

static void send_job(struct worker_pool *p, struct slot *s)
{
	struct job *j = jobs_take(&p->waiting, s->last);

	memcpy(s->last, j->body_hash, sizeof s->last);
	process_send(s->process, j->frame.data, j->frame.len);
	jobs_push(&s->jobs, j);
	if (s->jobs.n == 1)
		process_deadline(s->process, p->spec.deadline_ms);
}

/* One job each in turn, so that one slow judgement holds up few others. */
static void fill(struct worker_pool *p)
{
	start_missing(p);
	if (p->next)
		return; /* what waits is judged by the catalogue that comes */
	for (size_t depth = 0; depth < IN_FLIGHT; depth++)
		for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++) {
			struct slot *s = &p->slots[i];
			/* What ended a worker once goes alone. */
			bool suspect = (s->jobs.first && s->jobs.first->tries) ||
				       (p->waiting.first && p->waiting.first->tries);

			if (p->waiting.n && s->loaded && !s->retiring && s->gen == p->now &&
				s->jobs.n <= depth && !(suspect && s->jobs.n))
				send_job(p, s);
		}
}

/* ---- the interface ---- */

struct worker_pool *pool_new(const struct pool_spec *spec)
{
	struct worker_pool *p = xcalloc(1, sizeof *p);

	p->spec = *spec;
	p->self = xstrdup(spec->self);
	p->key = xmemdup(spec->key ? spec->key : "", spec->key_len);
	p->cache = pool_cache_new();
	if (!p->spec.deadline_ms)
		p->spec.deadline_ms = DEADLINE_DEFAULT_MS;
	if (!p->spec.load_ms)
		p->spec.load_ms = LOAD_DEFAULT_MS;
	if (p->spec.workers < 1 || p->spec.workers > WORKERS_MAX)
		p->spec.workers = WORKERS_DEFAULT;
	for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++)
		p->slots[i].pool = p;
	return p;
}

void pool_free(struct worker_pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < sizeof p->slots / sizeof *p->slots; i++) {
		jobs_finish(&p->slots[i].jobs);
		close_slot(&p->slots[i]);
	}
	jobs_finish(&p->waiting);
	jobs_finish(&p->settled);
	loop_timer_del(p->settle_timer);
	generation_drop(p->now);
	generation_drop(p->next);
	pool_cache_free(p->cache);
	good_bodies_finish(&p->good);
	free(p->key);
	free(p->self);
	free(p);
}

/* The load before has not come into force: its workers go. */
static void overtake(struct worker_pool *p)
{
	struct generation *g = p->next;
	struct err e = {0};

	p->next = NULL;
	if (!g)
		return;
	close_slots(p, g);
	err_set(&e, ERR_CONFLICT, "a newer catalogue came");
	generation_tell(g, NULL, NULL, &e);
	generation_drop(g);
}

void pool_load(struct worker_pool *p, const struct catalogue *c, pool_loaded_fn *fn, void *arg)
{
	struct generation *g = generation_new(c, fn, arg);
	struct err e = {0};

	overtake(p);
	if (generation_encode(g, &p->good, p->key, p->spec.key_len, &e)) {
		generation_tell(g, NULL, NULL, &e);
		generation_drop(g);
		return;
	}
	p->next = g;
	fill(p);
}

void pool_judge(struct worker_pool *p, const struct judge_request *r, pool_judged_fn *fn, void *arg)
{
	const struct generation *g = p->next ? p->next : p->now;
	struct job *j = xcalloc(1, sizeof *j);
	struct err e = {0};

	*j = (struct job){.id = ++p->next_id,
		.host = xstrdup(r->host),
		.check = xstrdup(r->check),
		.now_ms = r->now_ms,
		.fn = fn,
		.arg = arg};
	snprintf(j->body_hash, sizeof j->body_hash, "%s", g ? generation_hash(g, r->check) : "");
	pool_cache_key(j->key, r, j->body_hash);
	if (!r->fresh && !r->adopt &&
		pool_cache_stands(p->cache, r->host, r->check, j->key, r->now_ms)) {
		p->stats.unchanged++;
		j->answer.unchanged = true;
		settle(p, j);
		return;
	}
	buf_init(&j->frame, PACKET_FRAME_MAX);
	if (packet_put_request(&j->frame, j->id, r, &e)) {
		settle_unknown(p, j, e.msg);
		return;
	}
	jobs_push(&p->waiting, j);
	fill(p);
}

void pool_forget(struct worker_pool *p, const char *host, const char *check)
{
	pool_cache_forget(p->cache, host, check);
}

struct pool_stats pool_stats(const struct worker_pool *p)
{
	return p->stats;
}
