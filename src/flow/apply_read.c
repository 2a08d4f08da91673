#include "config.h"

#include "flow/apply_read.h"

#include <stdlib.h>

#include "base/loop.h"
#include "base/mem.h"
#include "flow/apply_target.h"

#define OUT_MAX ((size_t)1 << 20)

/* Targets are read one after the other over the held sessions: a plan has few. */
struct targets_read {
	struct apply_spec spec;
	targets_done_fn *fn;
	void *arg;
	struct target *targets;
	size_t next;
	struct transport_run *run;
	const struct host *host; /* of run */
	struct loop_timer *soon;
};

void targets_free(struct target *t, size_t n)
{
	for (size_t i = 0; t && i < n; i++)
		target_release(&t[i]);
	free(t);
}

void targets_read_cancel(struct targets_read *r)
{
	if (!r)
		return;
	if (r->run)
		r->spec.transports[r->host->transport]->ops->cancel(r->run);
	loop_timer_del(r->soon);
	targets_free(r->targets, r->spec.what.plan->step_count);
	free(r);
}

static void read_end(struct targets_read *r, const struct err *e)
{
	struct target *targets = r->targets;
	targets_done_fn *fn = r->fn;
	void *arg = r->arg;

	if (e) {
		targets_free(targets, r->spec.what.plan->step_count);
		targets = NULL;
	}
	free(r);
	fn(arg, targets, e);
}

static void read_next(void *arg);

static void on_read(void *arg, struct transport_result *res)
{
	struct targets_read *r = arg;
	const struct step *step = &r->spec.what.plan->steps[r->next];
	struct err e = {0};

	r->run = NULL;
	if (!res->ended)
		e = res->error;
	else if (res->out.overflow)
		err_set(&e, ERR_LIMIT, "%s: larger than a change may be", step->path);
	else if (!target_parse(&r->targets[r->next], step->host, step->path, step->secret,
			 res->exit_status, res->out.data ? res->out.data : "", res->out.len,
			 res->err.data ? res->err.data : "", &e)) {
		r->next++;
		r->soon = loop_timer_add(r->spec.loop, 0, read_next, r);
		return;
	}
	err_prefix(&e, "%s", step->host);
	read_end(r, &e);
}

static void read_next(void *arg)
{
	struct targets_read *r = arg;
	const struct proposal *plan = r->spec.what.plan;
	const struct step *step;
	struct transport *t;
	struct buf script = {0};
	enum identity id;
	struct err e = {0};

	r->soon = NULL;
	while (r->next < plan->step_count && plan->steps[r->next].kind != STEP_FILE)
		r->next++;
	if (r->next >= plan->step_count) {
		read_end(r, NULL);
		return;
	}
	step = &plan->steps[r->next];
	r->host = fleet_host(r->spec.what.fleet, step->host);
	t = r->host ? r->spec.transports[r->host->transport] : NULL;
	if (!t) {
		err_set(&e, ERR_MISSING, "%s: %s", step->host,
			r->host ? "its transport is not built in" : "no such host in fleet.yml");
		read_end(r, &e);
		return;
	}
	id = step->secret ? IDENTITY_APPLY : IDENTITY_LOOK;
	target_read_script(
		&script, step->path, target_needs_sudo(r->host, id, step->path, r->spec.what.root));
	r->run = t->ops->start(t,
		&(struct transport_spec){
			.host = r->host,
			.identity = id,
			.script = buf_str(&script),
			.out_max = OUT_MAX,
			.err_max = OUT_MAX / 16,
			.deadline_ms = r->host->deadline_ms > 0 ? r->host->deadline_ms : 30000,
		},
		on_read, r);
	buf_finish(&script);
}

struct targets_read *targets_read_start(
	const struct apply_spec *spec, targets_done_fn *fn, void *arg)
{
	struct targets_read *r = xcalloc(1, sizeof *r);

	r->spec = *spec;
	r->fn = fn;
	r->arg = arg;
	r->targets = xcalloc(spec->what.plan->step_count + 1, sizeof *r->targets);
	r->soon = loop_timer_add(spec->loop, 0, read_next, r);
	return r;
}
