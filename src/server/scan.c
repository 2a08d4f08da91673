#include "config.h"

#include "server/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/mem.h"
#include "codec/detect.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/gather.h"
#include "server/worker_pool.h"

/* First the paths, then the parameters of the checks whose paths are there. */
enum round { ROUND_PATHS, ROUND_PARAMS, ROUND_COUNT };

struct scan {
	struct server_core *core;
	struct req *r;
	struct intent *own;	     /* of the work tree; or NULL */
	const struct intent *intent; /* own, or what is in force: borrowed until the end */
	const struct host *host;
	struct worker_pool *pool;
	enum round round;
	struct catalogue looks[ROUND_COUNT]; /* checks that look; a pool has a copy */
	struct strs asked, found;	     /* paths */
	struct doc *checks;
	struct err error;
	bool failed;
};

static void scan_free(void *arg)
{
	struct scan *s = arg;

	pool_free(s->pool);
	for (int i = 0; i < ROUND_COUNT; i++) {
		for (size_t k = 0; k < s->looks[i].check_count; k++)
			check_finish(&s->looks[i].checks[k]);
		free(s->looks[i].checks);
	}
	strs_finish(&s->asked);
	strs_finish(&s->found);
	doc_free(s->checks);
	core_retire(s->core, s->own);
	core_return(s->core);
	free(s);
}

static void answer(struct scan *s)
{
	struct doc *d = doc_new_map();

	doc_set_strs(d, "paths", &s->found);
	doc_set(d, "checks", s->checks);
	s->checks = NULL;
	req_answer(s->r, d);
}

static void end(struct scan *s)
{
	if (s->failed)
		req_fail(s->r, &s->error);
	else
		answer(s);
	scan_free(s);
}

/* ---- one round ---- */

static struct doc *facts_of(const struct gathered_check *c)
{
	const char *text = c->answer.finding.facts;
	struct doc *facts = NULL;

	if (!text || json_read(&facts, text, strlen(text), "facts", NULL))
		return NULL;
	return facts;
}

/* A host may say what it likes: only paths that were asked for count. */
static void take_paths(struct scan *s, const struct gathered_check *c)
{
	struct doc *facts = facts_of(c);

	if (!facts) {
		s->failed = true;
		err_set(&s->error, ERR_FAIL, "%s: %s", s->host->name,
			c->answer.finding.summary ? c->answer.finding.summary : "no answer");
	}
	for (size_t i = 0; i < doc_len(facts); i++) {
		const char *path = doc_str(doc_at(facts, i));

		if (path && strs_has(&s->asked, path) && !strs_has(&s->found, path))
			strs_add(&s->found, path);
	}
	doc_free(facts);
}

/* What does not even compile says so for each parameter. */
static struct doc *no_facts(const struct gathered_check *c)
{
	struct doc *all = doc_new_map();

	for (size_t i = 0; i < c->check->command_count; i++) {
		struct doc *one = doc_new_map();

		doc_set_str(one, "why", c->answer.finding.summary);
		doc_set(all, c->check->commands[i].name, one);
	}
	return all;
}

static void on_host(void *arg, struct gathered *g)
{
	struct scan *s = arg;

	for (size_t i = 0; i < g->check_count && !s->failed; i++) {
		const struct gathered_check *c = &g->checks[i];

		if (!c->judged || !g->reachable) {
			s->failed = true;
			s->error = g->error;
			err_prefix(&s->error, "%s", g->host->name);
		} else if (s->round == ROUND_PATHS) {
			take_paths(s, c);
		} else {
			struct doc *facts = facts_of(c);

			doc_set(s->checks, c->check->name, facts ? facts : no_facts(c));
		}
	}
}

static void next_round(void *arg);

static void on_done(void *arg)
{
	struct scan *s = arg;

	/* The pool's own callback may be what called. */
	loop_timer_add(s->core->loop, 0, next_round, s);
}

static void start(struct scan *s)
{
	struct catalogue *looks = &s->looks[s->round];
	struct gather_item *item = xcalloc(1, sizeof *item);

	pool_load(s->pool, looks, NULL, NULL);
	*item = (struct gather_item){.host = s->host, .check_count = looks->check_count};
	item->checks = xcalloc(looks->check_count, sizeof *item->checks);
	for (size_t i = 0; i < looks->check_count; i++)
		item->checks[i] = &looks->checks[i];
	gather_start(&(struct gather_spec){.core = s->core,
		.pool = s->pool,
		.items = item,
		.item_count = 1,
		.fresh = true,
		.on_host = on_host,
		.on_done = on_done,
		.arg = s});
}

/* ---- which parameters ---- */

static bool any_found(const struct scan *s, const struct doc *detect)
{
	struct strs paths = {0};
	bool any = false;

	detect_paths(&paths, detect);
	for (size_t i = 0; i < paths.n; i++)
		any = any || strs_has(&s->found, paths.v[i]);
	strs_finish(&paths);
	return any;
}

static void add_look(
	struct scan *s, const struct check *c, const struct doc *detect, const struct doc *set)
{
	struct catalogue *looks = &s->looks[ROUND_PARAMS];
	const struct doc *params = doc_get(detect, "params");
	struct strs wanted = {0};
	struct check look;
	struct err e = {0};

	for (size_t i = 0; i < doc_len(params); i++)
		if (!doc_get(set, doc_key(params, i)))
			strs_add(&wanted, doc_key(params, i));
	if (wanted.n && detect_params_check(&look, c->name, params, &wanted, &e)) {
		s->failed = true;
		s->error = e;
	} else if (wanted.n) {
		*ARR_ADD(looks->checks, looks->check_count, looks->check_cap) = look;
	}
	strs_finish(&wanted);
}

static void plan_params(struct scan *s)
{
	const struct catalogue *c = s->intent->catalogue;
	const char *text = s->host->params ? s->host->params : "{}";
	struct doc *set = NULL;

	if (json_read(&set, text, strlen(text), "params", NULL))
		set = NULL;
	for (size_t i = 0; i < c->check_count && !s->failed; i++) {
		struct doc *detect = detect_of(&c->checks[i]);

		if (any_found(s, detect))
			add_look(s, &c->checks[i], detect, set);
		doc_free(detect);
	}
	doc_free(set);
}

static void next_round(void *arg)
{
	struct scan *s = arg;

	if (!s->failed && s->round == ROUND_PATHS)
		plan_params(s);
	if (s->failed || s->round == ROUND_PARAMS || !s->looks[ROUND_PARAMS].check_count) {
		end(s);
		return;
	}
	s->round = ROUND_PARAMS;
	start(s);
}

/* ---- the request ---- */

static int load_worktree(struct intent **out, struct server_core *core, struct err *e)
{
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)repo_worktree(core->repo),
		.datadir = core->paths.data};

	return intent_load(out, &src, NULL, e);
}

static int load(struct scan *s, const char *host, struct err *e)
{
	if (repo_worktree(s->core->repo)) {
		if (load_worktree(&s->own, s->core, e))
			return -1;
		s->intent = s->own;
	} else {
		s->intent = s->core->intent;
	}
	s->host = s->intent ? fleet_host(s->intent->fleet, host) : NULL;
	if (!s->host)
		return err_set(e, ERR_MISSING, "there is no host %.64s in fleet.yml", host);
	if (s->host->transport == TRANSPORT_REPLAY)
		return err_set(e, ERR_INPUT, "%s is a recording: it cannot be scanned", host);
	return 0;
}

static int plan_paths(struct scan *s, struct err *e)
{
	const struct catalogue *c = s->intent->catalogue;
	struct catalogue *looks = &s->looks[ROUND_PATHS];
	struct check look;

	for (size_t i = 0; i < c->check_count; i++) {
		struct doc *detect = detect_of(&c->checks[i]);
		struct strs paths = {0};

		detect_paths(&paths, detect);
		for (size_t k = 0; k < paths.n; k++)
			if (!strs_has(&s->asked, paths.v[k]))
				strs_add(&s->asked, paths.v[k]);
		strs_finish(&paths);
		doc_free(detect);
	}
	if (!s->asked.n)
		return err_set(e, ERR_MISSING, "no check says how it is detected");
	if (detect_paths_check(&look, &s->asked, e))
		return -1;
	*ARR_ADD(looks->checks, looks->check_count, looks->check_cap) = look;
	return 0;
}

void scan_request(struct server_core *core, struct req *r)
{
	struct err e;
	const char *host = req_str(r, "host", &e);
	struct scan *s;

	if (!host) {
		req_fail(r, &e);
		return;
	}
	s = xcalloc(1, sizeof *s);
	*s = (struct scan){.core = core, .r = r, .checks = doc_new_map()};
	core_borrow(core);
	if (load(s, host, &e) || plan_paths(s, &e)) {
		req_fail(r, &e);
		scan_free(s);
		return;
	}
	s->pool = pool_new(&(struct pool_spec){.loop = core->loop,
		.log = core->log,
		.self = core->paths.self,
		.key = core->estate_key,
		.key_len = sizeof core->estate_key,
		.workers = 1});
	start(s);
}
