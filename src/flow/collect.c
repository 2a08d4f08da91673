#include "config.h"

#include "flow/collect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/check.h"
#include "codec/frame.h"
#include "flow/collect_tasks.h"
#include "port/replay.h"

#define DEADLINE_DEFAULT_MS 30000
#define NOISE_SHOWN 160

/* The commands of one item go to two places: the host, and the bastion for `from: bastion`. */
enum place { PLACE_HOST, PLACE_BASTION, PLACE_COUNT };

struct part {
	struct job *job;
	enum place place;
	struct frame *frame; /* NULL: nothing to run there */
	size_t *at;	     /* frame's command to the item's sample */
	size_t count;
	struct transport *transport;
	struct transport_run *run;
};

struct job {
	struct collect *collect;
	struct job *next, *prev; /* those at work */
	struct part parts[PLACE_COUNT];
	int left; /* parts that still run */
	struct loop_timer *timer;
	struct collect_result result;
};

struct collect {
	struct collect_spec spec; /* items is a copy, with copied lists of checks */
	struct collect_item *items;
	const struct check **checks;
	size_t next_item;
	int active;
	struct job *jobs;
	struct loop_timer *timer;
	bool in_callback, cancelled;
};

/* ---- ending ---- */

static void part_finish(struct part *p)
{
	if (p->run)
		p->transport->ops->cancel(p->run);
	frame_free(p->frame);
	free(p->at);
}

static void job_free(struct job *j)
{
	if (j->prev)
		j->prev->next = j->next;
	else
		j->collect->jobs = j->next;
	if (j->next)
		j->next->prev = j->prev;
	for (int i = 0; i < PLACE_COUNT; i++)
		part_finish(&j->parts[i]);
	loop_timer_del(j->timer);
	samples_free(j->result.samples, j->result.sample_count);
	free(j);
}

static void collect_free(struct collect *c)
{
	while (c->jobs)
		job_free(c->jobs);
	loop_timer_del(c->timer);
	free(c->items);
	free(c->checks);
	free(c);
}

void collect_cancel(struct collect *c)
{
	if (!c)
		return;
	c->cancelled = true;
	if (!c->in_callback)
		collect_free(c);
}

static void fill(struct collect *c);

static void all_done(void *arg)
{
	struct collect *c = arg;

	c->timer = NULL;
	c->in_callback = true;
	if (c->spec.on_done)
		c->spec.on_done(c->spec.arg);
	collect_free(c);
}

static void job_done(struct job *j)
{
	struct collect *c = j->collect;

	j->result.at_ms = clock_wall(c->spec.clock);
	c->in_callback = true;
	c->spec.on_host(c->spec.arg, &j->result);
	c->in_callback = false;
	if (!j->result.samples)
		j->result.sample_count = 0;
	if (c->cancelled) {
		collect_free(c);
		return;
	}
	job_free(j);
	c->active--;
	fill(c);
	if (!c->active && c->next_item == c->spec.item_count)
		all_done(c);
}

static void on_nothing_to_run(void *arg)
{
	struct job *j = arg;

	j->timer = NULL;
	job_done(j);
}

/* ---- results ---- */

/* A login that cannot run a script says why on one of its streams; one safe line of that. */
static void explain_no_frame(struct err *e, struct frame *f, int exit_status)
{
	const char *noise = frame_noise(f);
	struct buf line = {0};

	noise += strspn(noise, " \t\r\n");
	buf_init(&line, NOISE_SHOWN);
	safe_text(&line, noise, strcspn(noise, "\r\n"), SAFE_TEXT);
	err_set(e, ERR_UNREACHABLE,
		"the login works but runs no script (no shell, or a forced command); "
		"it ended with %d%s%s",
		exit_status, line.len ? ": " : "", buf_str(&line));
	buf_finish(&line);
}

static void judge_host(
	struct collect_result *out, struct frame *f, const struct transport_result *r)
{
	out->connect_ms = r->connect_ms;
	out->run_ms = r->run_ms;
	out->reachable = frame_began(f);
	if (!r->ended)
		out->error = r->error;
	else if (!frame_began(f))
		explain_no_frame(&out->error, f, r->exit_status);
	else if (!frame_complete(f))
		err_set(&out->error, ERR_FAIL, "the script ended early, with %d", r->exit_status);
}

static void on_run(void *arg, struct transport_result *r)
{
	struct part *p = arg;
	struct job *j = p->job;
	struct collect_result bastion = {0};
	struct collect_result *result = p->place == PLACE_HOST ? &j->result : &bastion;
	struct sample *samples;
	size_t n;

	p->run = NULL;
	frame_feed(p->frame, FRAME_OUT, buf_str(&r->out), r->out.len);
	frame_feed(p->frame, FRAME_ERR, buf_str(&r->err), r->err.len);
	judge_host(result, p->frame, r);
	samples = frame_take(p->frame, clock_wall(j->collect->spec.clock),
		result->error.code ? result->error.msg : "cut", &n);
	for (size_t i = 0; i < n; i++)
		j->result.samples[p->at[i]] = samples[i];
	free(samples);
	if (!--j->left)
		job_done(j);
}

/* ---- starting ---- */

/* True when the part is under way. */
static bool start_part(struct part *p, const struct host *h)
{
	struct collect *c = p->job->collect;
	const struct transport_spec spec = {.host = h,
		.identity = IDENTITY_LOOK,
		.script = frame_script(p->frame),
		.out_max = frame_stream_max(p->frame, FRAME_OUT),
		.err_max = frame_stream_max(p->frame, FRAME_ERR),
		.deadline_ms = h->deadline_ms > 0 ? h->deadline_ms : DEADLINE_DEFAULT_MS};
	enum transport_kind kind = p->place == PLACE_HOST ? h->transport : TRANSPORT_LOCAL;
	struct err why = {0};
	struct sample *samples;
	size_t n;

	p->transport = kind < TRANSPORT_KIND_COUNT ? c->spec.transports[kind] : NULL;
	if (p->transport) {
		p->run = p->transport->ops->start(p->transport, &spec, on_run, p);
		return true;
	}
	err_set(&why, ERR_UNREACHABLE, "transport %s is not built in", transport_kind_name(kind));
	if (p->place == PLACE_HOST)
		p->job->result.error = why;
	samples = frame_take(p->frame, clock_wall(c->spec.clock), why.msg, &n);
	for (size_t i = 0; i < n; i++)
		p->job->result.samples[p->at[i]] = samples[i];
	free(samples);
	return false;
}

static void not_made(
	struct sample *s, const struct collect_task *t, int64_t now_ms, const char *note)
{
	*s = (struct sample){.check = xstrdup(t->check->name),
		.command = xstrdup(t->command->name),
		.item = xstrdup(t->item),
		.status = SAMPLE_NOT_MADE,
		.out = xstrdup(""),
		.err = xstrdup(""),
		.at_ms = now_ms,
		.note = xstrdup(note)};
}

/* Commands of one part, while it is put together. */
struct batch {
	struct frame_command *commands;
	struct strs *argvs;
	size_t count;
};

static void batch_add(
	struct batch *b, struct part *p, const struct collect_task *t, struct strs *argv, size_t at)
{
	const struct check_command *cmd = t->command;

	b->argvs[b->count] = *argv;
	*argv = (struct strs){0};
	b->commands[b->count] = (struct frame_command){.check = t->check->name,
		.command = cmd->name,
		.item = t->item,
		.argv = &b->argvs[b->count],
		.script = cmd->script,
		.present = cmd->present,
		.sudo = cmd->sudo,
		.timeout_ms = cmd->timeout_ms,
		.cap = cmd->cap};
	p->at[b->count++] = at;
}

static void make_frame(struct job *j, enum place place, struct batch *b)
{
	const struct host *h = j->result.host;
	bool here = place == PLACE_BASTION || h->transport == TRANSPORT_LOCAL;
	const struct frame_options options = {
		.is_root = here ? geteuid() == 0 : str_eq(h->user[IDENTITY_LOOK], "root")};
	char boundary[FRAME_BOUNDARY];

	if (place == PLACE_HOST ? j->result.asked : b->count > 0) {
		random_hex(boundary, 16);
		j->parts[place].frame = frame_new(b->commands, b->count, &options, boundary);
		j->parts[place].count = b->count;
		j->left++;
	}
	for (size_t i = 0; i < b->count; i++)
		strs_finish(&b->argvs[i]);
	free(b->argvs);
	free(b->commands);
}

static void sort_commands(struct job *j, const struct collect_item *item,
	const struct collect_tasks *tasks, struct batch *batches)
{
	int64_t now = clock_wall(j->collect->spec.clock);

	for (size_t i = 0; i < item->check_count; i++)
		j->result.asked |= !item->checks[i]->on_bastion;
	for (size_t at = 0; at < tasks->n; at++) {
		const struct collect_task *t = &tasks->v[at];
		enum place place = t->check->on_bastion ? PLACE_BASTION : PLACE_HOST;
		struct strs argv = {0};
		struct err e = {0};

		if (t->why)
			not_made(&j->result.samples[at], t, now, t->why);
		else if (check_command_argv(&argv, t->command, item->host, t->item, &e))
			not_made(&j->result.samples[at], t, now, e.msg);
		else
			batch_add(&batches[place], &j->parts[place], t, &argv, at);
		strs_finish(&argv);
	}
}

static void replay(
	struct job *j, const struct collect_item *item, const struct collect_tasks *tasks)
{
	struct collect_result *r = &j->result;
	int64_t now = clock_wall(j->collect->spec.clock);

	r->asked = true;
	r->reachable = !replay_reach(item->host->replay, &r->error);
	for (size_t at = 0; at < tasks->n; at++) {
		const struct collect_task *t = &tasks->v[at];

		if (t->why)
			not_made(&r->samples[at], t, now, t->why);
		else if (r->reachable || t->check->on_bastion)
			replay_sample(&r->samples[at], item->host->replay, t->check->name,
				t->command->name, t->item, t->command->cap, now);
		else
			not_made(&r->samples[at], t, now, r->error.msg);
	}
}

static void start_commands(
	struct job *j, const struct collect_item *item, const struct collect_tasks *tasks)
{
	struct batch batches[PLACE_COUNT] = {0};
	size_t n = j->result.sample_count;
	int started;

	for (int i = 0; i < PLACE_COUNT; i++) {
		j->parts[i] = (struct part){.job = j, .place = (enum place)i};
		j->parts[i].at = xcalloc(n ? n : 1, sizeof *j->parts[i].at);
		batches[i].commands = xcalloc(n ? n : 1, sizeof *batches[i].commands);
		batches[i].argvs = xcalloc(n ? n : 1, sizeof *batches[i].argvs);
	}
	sort_commands(j, item, tasks, batches);
	for (int i = 0; i < PLACE_COUNT; i++)
		make_frame(j, (enum place)i, &batches[i]);
	started = j->left;
	for (int i = 0; i < PLACE_COUNT; i++)
		if (j->parts[i].frame && !start_part(&j->parts[i], item->host))
			started--;
	j->left = started;
}

static void start_job(struct collect *c, const struct collect_item *item)
{
	struct job *j = xcalloc(1, sizeof *j);
	struct collect_tasks tasks;

	*j = (struct job){.collect = c, .next = c->jobs, .result.host = item->host};
	if (c->jobs)
		c->jobs->prev = j;
	c->jobs = j;
	c->active++;
	collect_tasks_make(&tasks, item);
	j->result.sample_count = tasks.n;
	j->result.samples = xcalloc(j->result.sample_count + 1, sizeof *j->result.samples);
	if (item->host->transport == TRANSPORT_REPLAY)
		replay(j, item, &tasks);
	else
		start_commands(j, item, &tasks);
	collect_tasks_finish(&tasks);
	if (!j->left)
		j->timer = loop_timer_add(c->spec.loop, 0, on_nothing_to_run, j);
}

static void fill(struct collect *c)
{
	int width = c->spec.width > 0 ? c->spec.width : 1;

	while (c->active < width && c->next_item < c->spec.item_count)
		start_job(c, &c->items[c->next_item++]);
}

static void copy_items(struct collect *c)
{
	size_t total = 0, at = 0;

	for (size_t i = 0; i < c->spec.item_count; i++)
		total += c->spec.items[i].check_count;
	c->items = xcalloc(c->spec.item_count + 1, sizeof *c->items);
	c->checks = xcalloc(total + 1, sizeof *c->checks);
	for (size_t i = 0; i < c->spec.item_count; i++) {
		c->items[i] = c->spec.items[i];
		c->items[i].checks = c->checks + at;
		for (size_t k = 0; k < c->items[i].check_count; k++)
			c->checks[at++] = c->spec.items[i].checks[k];
	}
	c->spec.items = c->items;
}

struct collect *collect_start(const struct collect_spec *spec)
{
	struct collect *c = xcalloc(1, sizeof *c);

	c->spec = *spec;
	copy_items(c);
	fill(c);
	if (!spec->item_count)
		c->timer = loop_timer_add(spec->loop, 0, all_done, c);
	return c;
}
