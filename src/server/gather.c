#include "config.h"

#include "server/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/collect.h"
#include "flow/fleet.h"
#include "server/core.h"
#include "server/refs.h"
#include "server/worker_pool.h"
#include "store/read.h"
#include "store/write.h"

/* Which of a harvest's checks an answer is for. */
struct ticket {
	struct harvest *harvest;
	size_t index;
};

/* One host whose samples are being judged. */
struct harvest {
	struct gather *gather;
	struct gathered g;
	struct ticket *tickets; /* one for each check */
	struct sample *samples;
	size_t sample_count;
	int64_t at_ms, connect_ms;
	char *params;	/* of its host, as programs see them */
	size_t waiting; /* judgements under way */
};

struct gather {
	struct gather *next, **link; /* of core->gathers */
	struct gather_spec spec;
	char *cause; /* the spec's, owned */
	struct collect *collect;
	struct loop_timer *later;
	bool collected;
	struct harvest **harvests; /* under way */
	size_t harvest_count, harvest_cap;
};

/* ---- the end ---- */

static void gather_free(struct gather *g)
{
	for (size_t i = 0; i < g->spec.item_count; i++)
		free(g->spec.items[i].checks);
	free(g->spec.items);
	free(g->cause);
	free(g->harvests);
	*g->link = g->next;
	if (g->next)
		g->next->link = g->link;
	core_return(g->spec.core);
	free(g);
}

static void finish_when_done(struct gather *g)
{
	if (!g->collected || g->harvest_count)
		return;
	g->spec.on_done(g->spec.arg);
	gather_free(g);
}

static void harvest_free(struct harvest *h)
{
	for (size_t i = 0; i < h->g.check_count; i++)
		judge_answer_finish(&h->g.checks[i].answer);
	free(h->g.checks);
	free(h->tickets);
	samples_free(h->samples, h->sample_count);
	free(h->params);
	free(h);
}

/* ---- storing ---- */

static int put_answer(
	struct harvest *h, struct gathered_check *c, struct strs *touched, struct err *e)
{
	struct server_core *core = h->gather->spec.core;

	if (!c->judged)
		return 0;
	if (c->answer.unchanged) {
		strs_add(touched, c->check->name);
		return 0;
	}
	return store_put_finding(core->store, &c->answer.finding, c->check->fail_after,
		c->check->recover_after, h->gather->cause, c->answer.samples,
		c->answer.sample_count, NULL, e);
}

static int put_host(struct harvest *h, struct err *e)
{
	struct server_core *core = h->gather->spec.core;
	const char *name = h->g.host->name;
	struct strs touched = {0};
	int rc = store_put_host(
		core->store, name, h->at_ms, h->g.reachable ? NULL : h->g.error.msg, NULL, e);

	for (size_t i = 0; i < h->g.check_count && !rc; i++)
		rc = put_answer(h, &h->g.checks[i], &touched, e);
	if (!rc && touched.n)
		rc = store_touch_findings(
			core->store, name, (const char *const *)touched.v, touched.n, h->at_ms, e);
	strs_finish(&touched);
	return rc;
}

static void store_harvest(struct harvest *h)
{
	struct server_core *core = h->gather->spec.core;
	struct err e;

	if (!core->intent || !fleet_host(core->intent->fleet, h->g.host->name))
		return; /* it left the fleet meanwhile */
	if (!store_begin(core->store, &e)) {
		if (!put_host(h, &e) && !store_commit(core->store, &e))
			return;
		store_rollback(core->store);
	}
	pool_forget(core->pool, h->g.host->name, NULL);
	log_line(core->log, LOG_LEVEL_ERROR, "%s: not stored: %s", h->g.host->name, e.msg);
}

static void harvest_done(struct harvest *h)
{
	struct gather *g = h->gather;

	if (g->spec.store)
		store_harvest(h);
	g->spec.on_host(g->spec.arg, &h->g);
	for (size_t i = 0; i < g->harvest_count; i++)
		if (g->harvests[i] == h) {
			g->harvests[i] = g->harvests[--g->harvest_count];
			break;
		}
	harvest_free(h);
	finish_when_done(g);
}

/* ---- judging ---- */

static void on_judged(void *arg, struct judge_answer *a)
{
	struct ticket *t = arg;
	struct harvest *h = t->harvest;
	struct gathered_check *c = &h->g.checks[t->index];

	c->judged = true;
	c->answer = *a;
	*a = (struct judge_answer){0};
	c->answer.finding.every_ms = c->check->every_ms;
	if (!--h->waiting)
		harvest_done(h);
}

static char *previous_facts(struct server_core *core, const char *host, const struct check *c)
{
	struct finding f;
	struct err e;
	char *facts;

	if (!c->body || !strstr(c->body, "$previous") ||
		reader_finding(core->reader, host, c->name, &f, &e))
		return NULL;
	facts = f.facts;
	f.facts = NULL;
	finding_finish(&f);
	return facts;
}

/* The host's parameters, and what the running change keeps beside its targets. */
static char *params_of(const struct server_core *core, const struct host *host)
{
	char *text = judge_params(host);
	struct buf out = {0};
	struct doc *params;
	struct err e;

	if (!core->kept.n || json_read(&params, text, strlen(text), "params", &e))
		return text;
	free(text);
	doc_set_strs(params, "opsdeck_kept", &core->kept);
	json_write(&out, params);
	doc_free(params);
	return buf_take(&out);
}

/* Those that were not begun when the deadline came count too. */
static bool was_cut(const struct harvest *h, const char *check)
{
	bool cut = false;

	for (size_t i = 0; i < h->sample_count && !cut; i++)
		if (str_eq(h->samples[i].check, check))
			cut = h->samples[i].status == SAMPLE_CUT ||
			      (h->g.error.code && h->samples[i].status == SAMPLE_NOT_MADE);
	return cut;
}

static void judge(struct harvest *h, size_t index)
{
	const struct gather_spec *spec = &h->gather->spec;
	const struct check *c = h->g.checks[index].check;
	const struct host *host = h->g.host;
	char *previous = previous_facts(spec->core, host->name, c);
	size_t ref_count;
	struct judge_file *refs = refs_of(spec->core->refs, host->name, c->name, &ref_count);
	const struct judge_request r = {.host = host->name,
		.check = c->name,
		.now_ms = h->at_ms,
		.params = h->params,
		.previous = previous,
		.samples = h->samples,
		.sample_count = h->sample_count,
		.refs = refs,
		.ref_count = ref_count,
		.adopt = spec->adopt,
		.explain = spec->explain,
		.fresh = spec->fresh};

	h->g.checks[index].cut = was_cut(h, c->name);
	h->tickets[index] = (struct ticket){.harvest = h, .index = index};
	h->waiting++;
	pool_judge(spec->pool ? spec->pool : spec->core->pool, &r, on_judged, &h->tickets[index]);
	free(refs);
	free(previous);
}

static void take_check(struct harvest *h, size_t index)
{
	struct gathered_check *c = &h->g.checks[index];

	if (c->check->builtin) {
		gather_reachable(&c->answer.finding, h->g.host, c->check,
			h->g.reachable ? NULL : &h->g.error, h->at_ms, h->connect_ms);
		c->judged = true;
	} else if (h->g.reachable || c->check->on_bastion) {
		judge(h, index);
	}
}

/* ---- collecting ---- */

static const struct gather_item *item_of(const struct gather *g, const struct host *host)
{
	size_t low = 0, high = g->spec.item_count;

	while (low + 1 < high) {
		size_t mid = low + (high - low) / 2;

		if ((uintptr_t)g->spec.items[mid].host > (uintptr_t)host)
			high = mid;
		else
			low = mid;
	}
	return &g->spec.items[low];
}

static void on_host(void *arg, struct collect_result *r)
{
	struct gather *g = arg;
	const struct gather_item *item = item_of(g, r->host);
	struct harvest *h = xcalloc(1, sizeof *h);

	*h = (struct harvest){.gather = g,
		.samples = r->samples,
		.sample_count = r->sample_count,
		.at_ms = r->at_ms,
		.connect_ms = r->connect_ms,
		.g = {.host = r->host,
			.reachable = r->reachable || !r->asked,
			.error = r->error,
			.check_count = item->check_count}};
	r->samples = NULL;
	r->sample_count = 0;
	h->params = params_of(g->spec.core, r->host);
	h->g.checks = xcalloc(item->check_count + 1, sizeof *h->g.checks);
	h->tickets = xcalloc(item->check_count + 1, sizeof *h->tickets);
	*ARR_ADD(g->harvests, g->harvest_count, g->harvest_cap) = h;
	h->waiting = 1; /* until all are sent */
	for (size_t i = 0; i < item->check_count; i++) {
		h->g.checks[i].check = item->checks[i];
		take_check(h, i);
	}
	if (!--h->waiting)
		harvest_done(h);
}

static void on_collected(void *arg)
{
	struct gather *g = arg;

	g->collect = NULL;
	g->collected = true;
	finish_when_done(g);
}

static void nothing_to_do(void *arg)
{
	struct gather *g = arg;

	g->later = NULL;
	on_collected(g);
}

struct gather_item *gather_one(const struct host *host, const struct check *check)
{
	const struct check **checks = xcalloc(1, sizeof *checks);
	struct gather_item *item = xcalloc(1, sizeof *item);

	*checks = check;
	*item = (struct gather_item){host, checks, 1};
	return item;
}

struct gather *gather_start(const struct gather_spec *spec)
{
	struct server_core *core = spec->core;
	struct gather *g = xcalloc(1, sizeof *g);
	struct collect_item *items = xcalloc(spec->item_count + 1, sizeof *items);
	const struct collect_spec collect = {.loop = core->loop,
		.clock = core->clock,
		.transports = core->transports,
		.width = core->intent ? core->intent->fleet->width : 1, /* a work tree's look */
		.items = items,
		.item_count = spec->item_count,
		.on_host = on_host,
		.on_done = on_collected,
		.arg = g};

	*g = (struct gather){.spec = *spec, .next = core->gathers, .link = &core->gathers};
	if (g->next)
		g->next->link = &g->next;
	g->cause = xstrdup(spec->cause);
	core->gathers = g;
	core_borrow(core);
	for (size_t i = 0; i < spec->item_count; i++)
		items[i] = (struct collect_item){.host = spec->items[i].host,
			.checks = spec->items[i].checks,
			.check_count = spec->items[i].check_count};
	if (spec->item_count)
		g->collect = collect_start(&collect);
	else
		g->later = loop_timer_add(core->loop, 0, nothing_to_do, g);
	free(items);
	return g;
}

static void cancel(struct gather *g)
{
	loop_timer_del(g->later);
	if (g->collect)
		collect_cancel(g->collect);
	for (size_t i = 0; i < g->harvest_count; i++)
		harvest_free(g->harvests[i]);
	gather_free(g);
}

void gather_cancel_all(struct server_core *core)
{
	while (core->gathers)
		cancel(core->gathers);
}
