#include "config.h"

#include "flow/apply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"

#define OUT_MAX ((size_t)1 << 20)
#define SHOWN_OUTPUT_MAX 4000

struct progress {
	bool kept, moved, begun;
};

struct apply {
	struct apply_spec spec;
	struct progress *steps; /* one a step of the plan */
	struct acts acts;
	size_t next;
	const char *phase;
	bool undoing; /* a failure does not stop what follows: as much as possible is taken back */
	bool last_ok; /* the command before was run, and was ok */
	bool changed; /* something was sent that changes a host */
	enum apply_end end; /* the worst so far */
	char *why;
	int run_index; /* numbers the step runs over all phases */
	struct transport_run *run;
	struct loop_timer *soon;
	struct step_run now;
};

static void run_next(void *arg);

static void step_run_reset(struct step_run *r)
{
	free(r->phase);
	free(r->host);
	free(r->title);
	free(r->state);
	free(r->output);
	*r = (struct step_run){0};
}

struct apply *apply_new(const struct apply_spec *spec)
{
	struct apply *a = xcalloc(1, sizeof *a);

	a->spec = *spec;
	a->run_index = spec->first_index;
	a->steps = xcalloc(spec->what.plan->step_count + 1, sizeof *a->steps);
	return a;
}

void apply_respec(struct apply *a, const struct apply_spec *spec)
{
	a->spec = *spec;
}

void apply_assume_done(struct apply *a)
{
	for (size_t i = 0; i < a->spec.what.plan->step_count; i++)
		a->steps[i] = (struct progress){.begun = true,
			.moved = true,
			.kept = a->spec.what.targets[i].kind == TARGET_FILE};
}

static void cancel(struct apply *a)
{
	if (a->run) {
		struct transport *t = a->spec.transports[a->acts.v[a->next].host->transport];

		t->ops->cancel(a->run);
	}
	loop_timer_del(a->soon);
}

void apply_free(struct apply *a)
{
	if (!a)
		return;
	cancel(a);
	acts_finish(&a->acts);
	step_run_reset(&a->now);
	free(a->steps);
	free(a->why);
	free(a);
}

static void worse(struct apply *a, enum apply_end end, char *why)
{
	if (end > a->end || (end != APPLY_DONE && a->end == APPLY_DONE)) {
		a->end = end;
		free(a->why);
		a->why = why;
	} else {
		free(why);
	}
}

static void begin(struct apply *a, const char *phase, bool undoing)
{
	a->next = 0;
	a->phase = phase;
	a->undoing = undoing;
	a->end = APPLY_DONE;
	free(a->why);
	a->why = NULL;
	a->soon = loop_timer_add(a->spec.loop, 0, run_next, a);
}

static void finish(struct apply *a)
{
	enum apply_end end = a->end;
	char *why = a->why;

	a->why = NULL;
	a->spec.on_end(a->spec.arg, end, why); /* may free a */
	free(why);
}

static int tell(struct apply *a, const struct act *act, const char *state,
	const struct transport_result *r, const char *why)
{
	struct step_run *s = &a->now;
	struct buf shown = {0};

	free(s->state);
	s->state = xstrdup(state);
	if (r) {
		s->ended_ms = clock_wall(a->spec.clock);
		s->exit_status = r->exit_status;
		if (why)
			safe_lines(&shown, why, strlen(why), SAFE_TEXT);
		/* The output of commands is for the operator; archives and hashes are not text. */
		if (act->kind == ACT_COMMAND || act->kind == ACT_SERVICE) {
			size_t n = r->out.len < SHOWN_OUTPUT_MAX ? r->out.len : SHOWN_OUTPUT_MAX;

			if (shown.len)
				buf_addc(&shown, '\n');
			safe_lines(&shown, r->out.data ? r->out.data : "", n, SAFE_TEXT);
		}
		free(s->output);
		s->output = buf_take(&shown);
	}
	return a->spec.on_step(a->spec.arg, s);
}

/* Where the change stands after this act, for undo and clean. */
static void remember(struct apply *a, const struct act *act, bool certain)
{
	struct progress *p;

	if (a->undoing || act->step >= a->spec.what.plan->step_count)
		return;
	p = &a->steps[act->step];
	p->begun = true;
	if (act->kind == ACT_KEEP && certain)
		p->kept = true;
	if (act->kind == ACT_MOVE && certain)
		p->moved = true;
}

static void on_result(void *arg, struct transport_result *r)
{
	struct apply *a = arg;
	const struct act *act = &a->acts.v[a->next];
	char *why = NULL;
	enum act_verdict v;

	a->run = NULL;
	if (r->ended)
		v = act_judge(act, &a->spec.what, r->exit_status, r->out.data ? r->out.data : "",
			r->out.len, r->err.data ? r->err.data : "", &why);
	else {
		v = (r->started && act_changes(act)) || a->changed ? ACT_UNKNOWN : ACT_FAILED;
		why = xasprintf("%s: %s", act->title, r->error.msg);
	}
	if (r->started && act_changes(act))
		a->changed = true;
	a->last_ok = v == ACT_OK;
	remember(a, act, v == ACT_OK);
	if (tell(a, act,
		    v == ACT_OK		? "ok"
		    : v == ACT_UNKNOWN	? "unknown"
		    : act_is_probe(act) ? "no"
					: "failed",
		    r, why) &&
		v == ACT_OK) {
		v = ACT_FAILED;
		why = xasprintf("%s: it is done, but could not be recorded", act->title);
	}
	if (v == ACT_FAILED && act_is_probe(act))
		free(why);
	else if (v != ACT_OK)
		worse(a,
			v == ACT_FAILED	    ? APPLY_FAILED
			: v == ACT_OUTDATED ? APPLY_OUTDATED
					    : APPLY_INTERRUPTED,
			why);
	else
		free(why);
	a->next++;
	a->soon = loop_timer_add(a->spec.loop, 0, run_next, a);
}

static void send_act(struct apply *a, const struct act *act)
{
	struct transport *t = a->spec.transports[act->host->transport];
	struct buf script = {0};

	act_script(&script, act);
	a->run = t->ops->start(t,
		&(struct transport_spec){
			.host = act->host,
			.identity = act->identity,
			.script = buf_str(&script),
			.input = act->kind == ACT_STAGE ? act->input : NULL,
			.input_len = act->input_len,
			.out_max = OUT_MAX,
			.err_max = OUT_MAX / 16,
			.deadline_ms = act->timeout_ms,
		},
		on_result, a);
	buf_finish(&script);
}

static bool left_out(const struct apply *a, const struct act *act)
{
	return (act->when == ACT_AFTER_OK && !a->last_ok) ||
	       (act->when == ACT_AFTER_NO && a->last_ok);
}

static void run_next(void *arg)
{
	struct apply *a = arg;
	const struct act *act;

	a->soon = NULL;
	while (a->next < a->acts.n && left_out(a, &a->acts.v[a->next])) {
		a->last_ok = false;
		a->next++;
	}
	if (a->next >= a->acts.n || a->end == APPLY_INTERRUPTED ||
		(a->end != APPLY_DONE && !a->undoing)) {
		finish(a);
		return;
	}
	act = &a->acts.v[a->next];
	step_run_reset(&a->now);
	a->now = (struct step_run){
		.index = a->run_index++,
		.phase = xstrdup(a->phase),
		.host = xstrdup(act->host->name),
		.title = xstrdup(act->title),
		.started_ms = clock_wall(a->spec.clock),
		.output = xstrdup(""),
	};
	if (!a->spec.transports[act->host->transport])
		worse(a, APPLY_FAILED,
			xasprintf("%s: its transport is not built in", act->host->name));
	else if (tell(a, act, "running", NULL, NULL))
		worse(a, APPLY_FAILED,
			xasprintf("%s: not begun, it could not be recorded", act->title));
	else {
		send_act(a, act);
		return;
	}
	a->next = a->acts.n;
	finish(a);
}

void apply_start(struct apply *a)
{
	acts_finish(&a->acts);
	for (size_t i = 0; i < a->spec.what.plan->step_count; i++)
		acts_for_step(&a->acts, &a->spec.what, i);
	begin(a, "apply", false);
}

void apply_undo(struct apply *a)
{
	const struct proposal *plan = a->spec.what.plan;

	acts_finish(&a->acts);
	for (size_t i = plan->step_count; i-- > 0;)
		if (a->steps[i].begun)
			acts_undo_step(
				&a->acts, &a->spec.what, i, a->steps[i].kept, a->steps[i].moved);
	acts_rollback(&a->acts, &a->spec.what);
	begin(a, "undo", true);
}

void apply_clean(struct apply *a)
{
	acts_finish(&a->acts);
	for (size_t i = 0; i < a->spec.what.plan->step_count; i++)
		acts_clean_step(&a->acts, &a->spec.what, i);
	begin(a, "clean", true);
}

void apply_reconcile(struct apply *a, bool undo)
{
	const struct proposal *plan = a->spec.what.plan;

	acts_finish(&a->acts);
	for (size_t i = plan->step_count; i-- > 0;)
		acts_reconcile_step(&a->acts, &a->spec.what, i, undo);
	begin(a, "reconcile", true);
}
