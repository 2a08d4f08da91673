#include "config.h"

#include "server/change_verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/doc.h"
#include "flow/apply_target.h"
#include "flow/fleet.h"
#include "port/transport.h"
#include "server/core.h"
#include "server/sweep.h"

#define COMMAND_TIMEOUT_MS 30000
#define OUTPUT_MAX 65536
#define SHOWN_MAX 2000
#define FIRST_INDEX 1000 /* step runs of verifying are numbered after those of applying */

struct verify_run {
	struct verify_spec spec;
	struct doc *checks;
	char *failed;
	size_t next;
	struct step_run now;
	struct loop_timer *soon;
	struct transport_run *run;
	const struct host *host;
	bool cancelled; /* a look is under way and cannot be called back: it ends in freeing */
	bool looking;
};

static void verify_next(void *arg);

static void now_reset(struct step_run *s)
{
	free(s->phase);
	free(s->host);
	free(s->title);
	free(s->state);
	free(s->output);
	*s = (struct step_run){0};
}

static void verify_free(struct verify_run *v)
{
	now_reset(&v->now);
	doc_free(v->checks);
	free(v->failed);
	free(v);
}

void verify_cancel(struct verify_run *v)
{
	if (!v)
		return;
	if (v->run)
		v->spec.core->transports[v->host->transport]->ops->cancel(v->run);
	loop_timer_del(v->soon);
	if (v->looking)
		v->cancelled = true;
	else
		verify_free(v);
}

static void begin(struct verify_run *v, const struct verify *c)
{
	char *argv = strs_join(&c->argv, " ");

	now_reset(&v->now);
	v->now = (struct step_run){
		.index = FIRST_INDEX + (int)v->next,
		.phase = xstrdup("verify"),
		.host = xstrdup(c->host),
		.title = c->kind == VERIFY_CHECK ? xasprintf("check %s", c->check)
						 : xasprintf("run %s", argv),
		.state = xstrdup("running"),
		.started_ms = clock_wall(v->spec.core->clock),
		.output = xstrdup(""),
	};
	free(argv);
	/* Nothing is changed by looking: a row that cannot be written does not stop it. */
	(void)v->spec.on_step(v->spec.arg, &v->now);
}

static void ended(struct verify_run *v, bool ok, int exit_status, const char *text)
{
	struct buf shown = {0};
	struct doc *one = doc_new_map();

	safe_lines(&shown, text, strnlen(text, SHOWN_MAX), SAFE_TEXT);
	free(v->now.output);
	v->now.output = buf_take(&shown);
	free(v->now.state);
	v->now.state = xstrdup(ok ? "ok" : "failed");
	v->now.exit_status = exit_status;
	v->now.ended_ms = clock_wall(v->spec.core->clock);
	doc_set_str(one, "what", v->now.title);
	doc_set_str(one, "host", v->now.host);
	doc_set_bool(one, "ok", ok);
	doc_set_str(one, "said", v->now.output);
	doc_push(v->checks, one);
	(void)v->spec.on_step(v->spec.arg, &v->now);
	if (!ok)
		v->failed = xasprintf("%s on %s: %s", v->now.title, v->now.host, v->now.output);
	v->next++;
	v->soon = loop_timer_add(v->spec.core->loop, 0, verify_next, v);
}

static void on_look(void *arg, const struct finding *f, const struct sample *samples, size_t n,
	const struct err *error)
{
	struct verify_run *v = arg;

	(void)samples;
	(void)n;
	v->looking = false;
	if (v->cancelled)
		verify_free(v);
	else if (error)
		ended(v, false, 0, error->msg);
	else
		ended(v, f->state == FINDING_OK, 0,
			f->summary ? f->summary : finding_state_name(f->state));
}

static void look(struct verify_run *v, const struct verify *c)
{
	char *cause = xasprintf("%s applied", v->spec.id);
	struct err e = {0};

	v->looking = true;
	if (sweep_look(v->spec.core->sweep, c->host, c->check, true, cause, on_look, v, &e)) {
		v->looking = false;
		ended(v, false, 0, e.msg);
	}
	free(cause);
}

static void on_command(void *arg, struct transport_result *r)
{
	struct verify_run *v = arg;

	v->run = NULL;
	if (!r->ended)
		ended(v, false, 0, r->error.msg);
	else
		ended(v, r->exit_status == 0, r->exit_status,
			r->err.len && r->exit_status ? buf_str(&r->err) : buf_str(&r->out));
}

static void command(struct verify_run *v, const struct verify *c)
{
	struct server_core *core = v->spec.core;
	struct transport *t;
	struct buf script = {0};

	v->host = fleet_host(core->intent->fleet, c->host);
	t = v->host ? core->transports[v->host->transport] : NULL;
	if (!t) {
		ended(v, false, 0,
			"the host is not in the fleet, or its transport is not built in");
		return;
	}
	buf_adds(&script, "export LC_ALL=C TZ=UTC; exec ");
	shell_quote_argv(&script, &c->argv);
	v->run = t->ops->start(t,
		&(struct transport_spec){.host = v->host,
			.identity = IDENTITY_LOOK,
			.script = buf_str(&script),
			.out_max = OUTPUT_MAX,
			.err_max = OUTPUT_MAX,
			.deadline_ms = c->timeout_ms > 0 ? c->timeout_ms : COMMAND_TIMEOUT_MS},
		on_command, v);
	buf_finish(&script);
}

static void verify_next(void *arg)
{
	struct verify_run *v = arg;
	const struct verify *c;

	v->soon = NULL;
	if (v->failed || v->next >= v->spec.plan->verify_count) {
		v->spec.on_end(v->spec.arg, v->failed, v->checks);
		verify_free(v);
		return;
	}
	c = &v->spec.plan->verify[v->next];
	begin(v, c);
	if (c->kind == VERIFY_CHECK)
		look(v, c);
	else
		command(v, c);
}

struct verify_run *verify_start(const struct verify_spec *spec)
{
	struct verify_run *v = xcalloc(1, sizeof *v);

	v->spec = *spec;
	v->checks = doc_new_list();
	v->soon = loop_timer_add(spec->core->loop, 0, verify_next, v);
	return v;
}
