#include "config.h"

#include "server/check_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "codec/json.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/gather.h"
#include "server/sweep.h"
#include "server/worker_pool.h"

/* Of a sample in the answer, which has to fit into a message. */
#define TEXT_MAX ((size_t)48 << 10)

static struct doc *result_doc(const struct finding *f, const struct sample *samples, size_t n)
{
	struct doc *d = doc_new_map(), *list = doc_new_list();

	for (size_t i = 0; i < n; i++)
		doc_push(list, sample_to_doc(&samples[i], TEXT_MAX));
	doc_set(d, "samples", list);
	doc_set(d, "finding", finding_to_doc(f, true));
	return d;
}

static void looked(void *arg, const struct finding *f, const struct sample *samples,
	size_t sample_count, const struct err *error)
{
	if (error)
		req_fail(arg, error);
	else
		req_answer(arg, result_doc(f, samples, sample_count));
}

/* ---- a check of the work tree: its own intent and its own worker, gone with the answer ---- */

struct trial {
	struct server_core *core;
	struct req *r;
	struct intent *intent;
	struct worker_pool *pool;
	struct doc *result;
	struct err error;
	bool failed;
};

/* One command as it was sent, for one item of its `each:` or for none. */
static void add_sent(
	struct doc *list, const struct host *h, const struct check_command *cmd, const char *item)
{
	struct doc *d = doc_new_map();
	struct strs argv = {0};
	struct buf line = {0};
	struct err e = {0};

	if (check_command_argv(&argv, cmd, h, item, &e)) {
		buf_addf(&line, "not sent: %s", e.msg);
	} else {
		buf_adds(&line, cmd->script ? "(script) " : cmd->sudo ? "sudo -n " : "");
		shell_quote_argv(&line, &argv);
	}
	doc_set_str(d, "command", cmd->name);
	if (item)
		doc_set_str(d, "item", item);
	doc_set_str(d, "sent", buf_str(&line));
	doc_push(list, d);
	buf_finish(&line);
	strs_finish(&argv);
}

/* The host's params that the check names. */
static struct doc *params_named(const struct host *h, const struct check *c)
{
	struct doc *all = NULL, *named = doc_new_map();
	char *text = judge_params(h);

	if (!json_read(&all, text, strlen(text), "params", NULL))
		for (size_t i = 0; i < doc_len(all); i++)
			if (strstr(c->body, doc_key(all, i)))
				doc_set(named, doc_key(all, i), doc_copy(doc_value(all, i)));
	doc_free(all);
	free(text);
	return named;
}

static void add_explained(
	struct doc *result, const struct host *h, const struct check *c, const char *explained)
{
	struct doc *sent = doc_new_list(), *how = NULL;

	for (size_t i = 0; i < c->command_count; i++) {
		const struct check_command *cmd = &c->commands[i];
		struct strs items = {0};

		if (!cmd->each)
			add_sent(sent, h, cmd, NULL);
		else if (!check_command_items(&items, cmd, h, NULL))
			for (size_t k = 0; k < items.n; k++)
				add_sent(sent, h, cmd, items.v[k]);
		strs_finish(&items);
	}
	doc_set(result, "sent", sent);
	doc_set(result, "params", params_named(h, c));
	if (!json_read(&how, explained, strlen(explained), "explained", NULL))
		doc_set(result, "explained", how);
}

static void trial_free(void *arg)
{
	struct trial *t = arg;

	pool_free(t->pool);
	core_retire(t->core, t->intent);
	free(t);
}

static void trial_end(void *arg)
{
	struct trial *t = arg;

	if (t->failed) {
		doc_free(t->result);
		req_fail(t->r, &t->error);
	} else {
		req_answer(t->r, t->result);
	}
	/* The pool's own callback may be what called: it goes in the next turn. */
	loop_timer_add(t->core->loop, 0, trial_free, t);
}

static void trial_host(void *arg, struct gathered *g)
{
	struct trial *t = arg;
	struct gathered_check *c = &g->checks[0];

	if (!c->judged) {
		t->failed = true;
		t->error = g->error;
		return;
	}
	t->result = result_doc(&c->answer.finding, c->answer.samples, c->answer.sample_count);
	if (c->answer.explained)
		add_explained(t->result, g->host, c->check, c->answer.explained);
}

static void trial_loaded(
	void *arg, const struct strs *names, const struct strs *texts, const struct err *error)
{
	struct trial *t = arg;
	const char *check = doc_get_str(t->r->args, "check", "");

	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->v[i], check)) {
			t->failed = true;
			err_set(&t->error, ERR_INPUT, "%s", texts->v[i]);
		}
	if (error) {
		t->failed = true;
		t->error = *error;
	}
}

static int load_worktree(struct intent **out, struct server_core *core, struct err *e)
{
	const char *dir = repo_worktree(core->repo);
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)dir,
		.datadir = core->paths.data};

	if (!dir)
		return err_set(e, ERR_MISSING, "%s is a bare repository: it has no work tree",
			core->paths.repo);
	return intent_load(out, &src, NULL, e);
}

static int try_worktree(
	struct server_core *core, struct req *r, const char *host, const char *check, struct err *e)
{
	struct intent *intent;
	const struct host *h;
	const struct check *c;
	struct gather_item *item;
	struct trial *t;

	if (load_worktree(&intent, core, e))
		return -1;
	h = fleet_host(intent->fleet, host);
	c = catalogue_check(intent->catalogue, check);
	if (!h || !c) {
		err_set(e, intent->problem.code && !c ? ERR_INPUT : ERR_MISSING, "%s%s%s%s",
			!h ? "no such host in the work tree's fleet.yml: "
			   : "no such check in the work tree: ",
			!h ? host : check, !c && intent->problem.code ? "; " : "",
			!c && intent->problem.code ? intent->problem.msg : "");
		intent_free(intent);
		return -1;
	}
	t = xcalloc(1, sizeof *t);
	*t = (struct trial){.core = core, .r = r, .intent = intent};
	t->pool = pool_new(&(struct pool_spec){.loop = core->loop,
		.log = core->log,
		.self = core->paths.self,
		.key = core->estate_key,
		.key_len = sizeof core->estate_key,
		.workers = 1});
	pool_load(t->pool, intent->catalogue, trial_loaded, t);
	item = gather_one(h, c);
	gather_start(&(struct gather_spec){.core = core,
		.pool = t->pool,
		.items = item,
		.item_count = 1,
		.fresh = true,
		.explain = doc_get_bool(r->args, "explain", false),
		.on_host = trial_host,
		.on_done = trial_end,
		.arg = t});
	return 0;
}

/* What is in force, by the server's own workers, with how it came about. */
static int explain_accepted(
	struct server_core *core, struct req *r, const char *host, const char *check, struct err *e)
{
	const struct intent *in = core->intent;
	const struct host *h = in ? fleet_host(in->fleet, host) : NULL;
	const struct check *c = in ? catalogue_check(in->catalogue, check) : NULL;
	struct gather_item *item;
	struct trial *t;

	if (!h || !c)
		return err_set(e, ERR_MISSING, "%s%s",
			!h ? "there is no host " : "there is no check ", !h ? host : check);
	if (!check_applies(c, h))
		return err_set(e, ERR_INPUT, "check %s does not apply to %s", check, host);
	t = xcalloc(1, sizeof *t);
	*t = (struct trial){.core = core, .r = r};
	item = gather_one(h, c);
	gather_start(&(struct gather_spec){.core = core,
		.items = item,
		.item_count = 1,
		.fresh = true,
		.explain = true,
		.on_host = trial_host,
		.on_done = trial_end,
		.arg = t});
	return 0;
}

void check_run_request(struct server_core *core, struct req *r)
{
	struct err e;
	const char *check = req_str(r, "check", &e);
	const char *host = check ? req_str(r, "host", &e) : NULL;
	int rc = -1;

	if (host && doc_get_bool(r->args, "worktree", false))
		rc = r->role == ROLE_OPERATOR
			     ? try_worktree(core, r, host, check, &e)
			     : err_set(&e, ERR_REFUSED,
				       "only operators may run what is not accepted (worktree)");
	else if (host && doc_get_bool(r->args, "explain", false))
		rc = explain_accepted(core, r, host, check, &e);
	else if (host)
		rc = sweep_look(core->sweep, host, check, false, NULL, looked, r, &e);
	if (rc)
		req_fail(r, &e);
}
