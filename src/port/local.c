#include "config.h"

#include "port/local.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"

struct local {
	struct transport base;
	struct loop *loop;
	struct strs look_prefix;
	struct transport_run *runs; /* so that free can end them */
};

struct transport_run {
	struct local *local;
	struct transport_run *next, *prev;
	struct child *child;
	struct loop_timer *failed; /* tells of a start that failed, from the loop */
	struct err error;
	transport_done_fn *fn;
	void *arg;
};

static void run_free(struct transport_run *r)
{
	if (r->prev)
		r->prev->next = r->next;
	else
		r->local->runs = r->next;
	if (r->next)
		r->next->prev = r->prev;
	free(r);
}

static void on_failed(void *arg)
{
	struct transport_run *r = arg;
	struct transport_result result = {.error = r->error};
	transport_done_fn *fn = r->fn;
	void *fn_arg = r->arg;

	run_free(r);
	fn(fn_arg, &result);
}

static void on_child(void *arg, struct child_result *c)
{
	struct transport_run *r = arg;
	struct transport_result result = {.out = c->out,
		.err = c->err,
		.exit_status = c->exit_status,
		.connected = true,
		.started = true,
		.ended = !c->timed_out && !c->flooded,
		.run_ms = c->duration_ms};
	transport_done_fn *fn = r->fn;
	void *fn_arg = r->arg;

	if (c->flooded)
		err_set(&result.error, ERR_LIMIT, "cut: the output never ends");
	else if (c->timed_out)
		err_set(&result.error, ERR_TIMEOUT, "cut: not done within its deadline");
	c->out = c->err = (struct buf){0};
	run_free(r);
	fn(fn_arg, &result);
	buf_finish(&result.out);
	buf_finish(&result.err);
}

static struct transport_run *start(
	struct transport *t, const struct transport_spec *spec, transport_done_fn *fn, void *arg)
{
	struct local *l = (struct local *)t;
	struct transport_run *r = xcalloc(1, sizeof *r);
	struct strs argv = {0};

	*r = (struct transport_run){.local = l, .next = l->runs, .fn = fn, .arg = arg};
	if (l->runs)
		l->runs->prev = r;
	l->runs = r;
	if (spec->identity == IDENTITY_LOOK)
		strs_copy(&argv, &l->look_prefix);
	strs_add(&argv, "/bin/sh");
	strs_add(&argv, "-c");
	strs_add(&argv, spec->script);

	const struct child_spec child = {.argv = (const char *const *)argv.v,
		.input = spec->input,
		.input_len = spec->input_len,
		.out_max = spec->out_max,
		.err_max = spec->err_max,
		.flood_max = 2 * (spec->out_max + spec->err_max),
		.deadline_ms = spec->deadline_ms};

	if (child_start(&r->child, l->loop, &child, on_child, r, &r->error))
		r->failed = loop_timer_add(l->loop, 0, on_failed, r);
	strs_finish(&argv);
	return r;
}

static void cancel(struct transport_run *r)
{
	child_kill(r->child);
	loop_timer_del(r->failed);
	run_free(r);
}

static void forget(struct transport *t, const char *host)
{
	(void)t;
	(void)host;
}

static void free_local(struct transport *t)
{
	struct local *l = (struct local *)t;

	while (l->runs)
		cancel(l->runs);
	strs_finish(&l->look_prefix);
	free(l);
}

struct transport *local_transport_new(const struct local_config *config)
{
	static const struct transport_ops ops = {
		.start = start, .cancel = cancel, .forget = forget, .free = free_local};
	struct local *l = xcalloc(1, sizeof *l);

	l->base.ops = &ops;
	l->loop = config->loop;
	for (const char *const *p = config->look_prefix; p && *p; p++)
		strs_add(&l->look_prefix, *p);
	return &l->base;
}
