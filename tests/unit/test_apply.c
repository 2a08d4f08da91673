/* Real files in a temporary sandbox, real install, ln and mv over the local transport; a broken
 * link and a store that cannot write are played by a transport and a callback of our own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "flow/apply.h"
#include "flow/apply_read.h"
#include "port/local.h"

struct world {
	char dir[64];
	struct loop *loop;
	struct fleet fleet;
	struct host host;
	struct transport *transports[TRANSPORT_KIND_COUNT];
	struct proposal plan;
	struct target *targets;
	struct err error;
	enum apply_end end;
	char *why;
	int steps, fail_at; /* on_step refuses the fail_at-th start */
};

static char *at(struct world *w, const char *name)
{
	return path_join(w->dir, name);
}

static void put(struct world *w, const char *name, const char *text)
{
	struct err e = {0};
	char *path = at(w, name);

	assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
	free(path);
}

/* The file's text, "(none)" where there is none. Static until the next call. */
static const char *get(struct world *w, const char *name)
{
	static char text[256];
	struct buf b = {0};
	struct err e = {0};
	char *path = at(w, name);

	snprintf(text, sizeof text, "%s", file_read(&b, path, 200, &e) ? "(none)" : buf_str(&b));
	buf_finish(&b);
	free(path);
	return text;
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	snprintf(w->dir, sizeof w->dir, "/tmp/opsdeck-apply-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->loop = loop_new(clock_system());
	w->host = (struct host){.name = xstrdup("here"),
		.address = xstrdup(""),
		.transport = TRANSPORT_LOCAL,
		.sandbox = xstrdup(w->dir),
		.deadline_ms = 20000};
	w->host.user[IDENTITY_LOOK] = xstrdup("look");
	w->host.user[IDENTITY_APPLY] = xstrdup("apply");
	w->fleet = (struct fleet){.hosts = &w->host, .host_count = 1};
	w->transports[TRANSPORT_LOCAL] =
		local_transport_new(&(struct local_config){.loop = w->loop});
	strs_add(&w->plan.hosts, "here");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char *rm = xasprintf("%s", w->dir);
	struct strs names = {0};
	struct err e = {0};

	if (dir_list(&names, rm, &e) == 0)
		for (size_t i = 0; i < names.n; i++) {
			char *path = at(w, names.v[i]);

			if (unlink(path))
				rmdir(path);
			free(path);
		}
	rmdir(rm);
	strs_finish(&names);
	free(rm);
	targets_free(w->targets, w->plan.step_count);
	proposal_finish(&w->plan);
	w->transports[TRANSPORT_LOCAL]->ops->free(w->transports[TRANSPORT_LOCAL]);
	host_finish(&w->host);
	loop_free(w->loop);
	free(w->why);
	free(w);
	return 0;
}

static void file_step(struct world *w, const char *name, const char *content)
{
	struct step *s = ARR_ADD(w->plan.steps, w->plan.step_count, w->plan.step_cap);

	*s = (struct step){.kind = STEP_FILE,
		.host = xstrdup("here"),
		.path = at(w, name),
		.content = xstrdup(content),
		.content_len = strlen(content),
		.owner = xstrdup("root"),
		.group = xstrdup("root"),
		.mode = 0640};
}

static void command_step(struct world *w, const char *program)
{
	struct step *s = ARR_ADD(w->plan.steps, w->plan.step_count, w->plan.step_cap);

	*s = (struct step){.kind = STEP_COMMAND, .host = xstrdup("here")};
	strs_add(&s->argv, program);
}

static int on_step(void *arg, const struct step_run *r)
{
	struct world *w = arg;

	if (strcmp(r->state, "running") == 0 && ++w->steps == w->fail_at)
		return -1;
	return 0;
}

static void on_end(void *arg, enum apply_end end, const char *why)
{
	struct world *w = arg;

	w->end = end;
	free(w->why);
	w->why = xstrdup(why);
	loop_stop(w->loop);
}

static struct apply_spec spec_of(struct world *w)
{
	return (struct apply_spec){.loop = w->loop,
		.clock = clock_system(),
		.transports = w->transports,
		.what = {.fleet = &w->fleet,
			.plan = &w->plan,
			.targets = w->targets,
			.root = geteuid() == 0},
		.on_step = on_step,
		.on_end = on_end,
		.arg = w};
}

static void on_targets(void *arg, struct target *targets, const struct err *e)
{
	struct world *w = arg;

	targets_free(w->targets, w->plan.step_count);
	w->targets = targets;
	w->error = e ? *e : (struct err){0};
	loop_stop(w->loop);
}

static void bind_targets(struct world *w)
{
	struct apply_spec spec = spec_of(w);

	targets_read_start(&spec, on_targets, w);
	loop_run(w->loop);
}

static struct apply *started(struct world *w)
{
	struct apply_spec spec = spec_of(w);
	struct apply *a = apply_new(&spec);

	apply_start(a);
	loop_run(w->loop);
	return a;
}

/* Commands of a sandbox need sudo unless the server is root: these steps stay in reach of both. */
static struct apply *applied(struct world *w, enum apply_end expected)
{
	struct apply *a = started(w);

	assert_int_equal(w->end, expected);
	return a;
}

static void run_undo(struct world *w, struct apply *a)
{
	apply_undo(a);
	loop_run(w->loop);
	assert_int_equal(w->end, APPLY_DONE);
}

static void replaces_and_cleans(void **state)
{
	struct world *w = *state;
	struct apply *a;
	struct stat st;
	char *path = at(w, "f");

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	assert_int_equal(w->targets[0].kind, TARGET_FILE);
	assert_string_equal(w->targets[0].content, "old\n");
	a = applied(w, APPLY_DONE);
	assert_string_equal(get(w, "f"), "new\n");
	assert_string_equal(get(w, ".f.was"), "old\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	apply_clean(a);
	loop_run(w->loop);
	assert_int_equal(w->end, APPLY_DONE);
	assert_string_equal(get(w, ".f.was"), "(none)");
	assert_string_equal(get(w, "f"), "new\n");
	apply_free(a);
	free(path);
}

static void undoes_to_the_old_bytes(void **state)
{
	struct world *w = *state;
	struct apply *a;

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	a = applied(w, APPLY_DONE);
	run_undo(w, a);
	assert_string_equal(get(w, "f"), "old\n");
	assert_string_equal(get(w, ".f.was"), "(none)");
	assert_string_equal(get(w, ".f.opsdeck"), "(none)");
	apply_free(a);
}

static void undo_removes_a_new_file(void **state)
{
	struct world *w = *state;
	struct apply *a;

	file_step(w, "f", "new\n");
	bind_targets(w);
	assert_int_equal(w->targets[0].kind, TARGET_ABSENT);
	a = applied(w, APPLY_DONE);
	assert_string_equal(get(w, "f"), "new\n");
	run_undo(w, a);
	assert_string_equal(get(w, "f"), "(none)");
	apply_free(a);
}

/* The last guard: the file changed between the second reading and the move. */
static void change_after_reading_is_outdated(void **state)
{
	struct world *w = *state;
	struct apply *a;

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	put(w, "f", "somebody else's\n");
	a = applied(w, APPLY_OUTDATED);
	run_undo(w, a);
	assert_string_equal(get(w, "f"), "somebody else's\n");
	assert_string_equal(get(w, ".f.was"), "(none)");
	assert_string_equal(get(w, ".f.opsdeck"), "(none)");
	apply_free(a);
}

static void later_failure_takes_back_earlier_steps(void **state)
{
	struct world *w = *state;
	struct apply *a;

	if (geteuid() != 0) {
		print_message("skipped: a command step needs root or sudo\n");
		skip();
	}
	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	command_step(w, "/bin/false");
	file_step(w, "g", "never\n");
	bind_targets(w);
	a = applied(w, APPLY_FAILED);
	assert_string_equal(get(w, "f"), "new\n");
	assert_string_equal(get(w, "g"), "(none)");
	run_undo(w, a);
	assert_string_equal(get(w, "f"), "old\n");
	apply_free(a);
}

static void nothing_is_sent_that_cannot_be_recorded(void **state)
{
	struct world *w = *state;
	struct apply *a;

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	w->fail_at = 1;
	a = applied(w, APPLY_FAILED);
	assert_string_equal(get(w, "f"), "old\n");
	assert_string_equal(get(w, ".f.opsdeck"), "(none)");
	apply_free(a);
}

/* ---- a link that breaks ---- */

struct broken {
	struct transport t;
	struct transport *real;
	struct loop *loop;
	int cut_at, calls; /* the cut_at-th run breaks */
	bool started;
	transport_done_fn *fn;
	void *arg;
};

static void break_now(void *arg)
{
	struct broken *b = arg;
	struct transport_result r = {.started = b->started, .connected = b->started};

	err_set(&r.error, ERR_UNREACHABLE, "the connection ended");
	b->fn(b->arg, &r);
}

static struct transport_run *broken_start(
	struct transport *t, const struct transport_spec *spec, transport_done_fn *fn, void *arg)
{
	struct broken *b = (struct broken *)t;

	if (++b->calls != b->cut_at)
		return b->real->ops->start(b->real, spec, fn, arg);
	b->fn = fn;
	b->arg = arg;
	loop_timer_add(b->loop, 0, break_now, b);
	return NULL;
}

static void broken_cancel(struct transport_run *run)
{
	(void)run;
}

static const struct transport_ops broken_ops = {.start = broken_start, .cancel = broken_cancel};

static void cut(void **state, int at_call, bool started, enum apply_end expected)
{
	struct world *w = *state;
	struct broken b = {.t = {.ops = &broken_ops},
		.real = w->transports[TRANSPORT_LOCAL],
		.loop = w->loop,
		.cut_at = at_call,
		.started = started};
	struct apply *a;

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	w->transports[TRANSPORT_LOCAL] = &b.t;
	a = applied(w, expected);
	apply_free(a);
	w->transports[TRANSPORT_LOCAL] = b.real;
}

static void cut_before_it_began_is_a_failure(void **state)
{
	cut(state, 1, false, APPLY_FAILED);
}

static void cut_in_the_first_command_is_interrupted(void **state)
{
	cut(state, 1, true, APPLY_INTERRUPTED);
}

static void cut_while_only_reading_after_a_change_is_interrupted(void **state)
{
	cut(state, 2, true, APPLY_INTERRUPTED);
}

static void cut_before_a_later_command_is_interrupted(void **state)
{
	cut(state, 4, false, APPLY_INTERRUPTED);
}

/* ---- nobody knows how far it came ---- */

static void reconcile(struct world *w, bool undo)
{
	struct apply_spec spec = spec_of(w);
	struct apply *a = apply_new(&spec);

	apply_reconcile(a, undo);
	loop_run(w->loop);
	assert_int_equal(w->end, APPLY_DONE);
	assert_string_equal(get(w, ".f.was"), "(none)");
	assert_string_equal(get(w, ".f.opsdeck"), "(none)");
	apply_free(a);
}

/* The commands of a file step, cut after the n-th, then put back. */
static void reconciles_from_everywhere(void **state)
{
	struct world *w = *state;

	file_step(w, "f", "new\n");
	for (int existed = 0; existed < 2; existed++)
		for (int n = 1; n <= 6; n++) {
			struct apply *a;

			if (existed)
				put(w, "f", "old\n");
			bind_targets(w);
			w->steps = 0;
			w->fail_at = n;
			a = started(w);
			apply_free(a);
			w->fail_at = 0;
			reconcile(w, true);
			assert_string_equal(get(w, "f"), existed ? "old\n" : "(none)");
		}
}

static void reconcile_keeps_what_is_there(void **state)
{
	struct world *w = *state;
	struct apply *a;

	put(w, "f", "old\n");
	file_step(w, "f", "new\n");
	bind_targets(w);
	a = applied(w, APPLY_DONE);
	apply_free(a);
	reconcile(w, false);
	assert_string_equal(get(w, "f"), "new\n");
}

/* What somebody else put there since is not the plan's to remove. */
static void reconcile_leaves_another_file(void **state)
{
	struct world *w = *state;

	file_step(w, "f", "new\n");
	bind_targets(w);
	put(w, "f", "theirs\n");
	reconcile(w, true);
	assert_string_equal(get(w, "f"), "theirs\n");
}

/* ---- reading targets ---- */

static void a_link_is_another_kind(void **state)
{
	struct world *w = *state;
	char *link = at(w, "f");

	assert_int_equal(symlink("/etc/passwd", link), 0);
	file_step(w, "f", "new\n");
	bind_targets(w);
	assert_non_null(w->targets);
	assert_int_equal(w->targets[0].kind, TARGET_OTHER);
	free(link);
}

static void a_linked_folder_is_refused(void **state)
{
	struct world *w = *state;
	char *link = at(w, "d");

	assert_int_equal(symlink("/tmp", link), 0);
	file_step(w, "d/f", "new\n");
	bind_targets(w);
	assert_null(w->targets);
	assert_int_equal(w->error.code, ERR_CONFLICT);
	assert_non_null(strstr(w->error.msg, "reached through a link"));
	free(link);
}

static void a_secret_is_read_but_not_kept(void **state)
{
	struct world *w = *state;

	put(w, "f", "password\n");
	file_step(w, "f", "other\n");
	w->plan.steps[0].secret = true;
	bind_targets(w);
	assert_int_equal(w->targets[0].kind, TARGET_FILE);
	assert_null(w->targets[0].content);
	assert_int_equal(strlen(w->targets[0].hash), 64);
}

static void every_bound_thing_counts(void **state)
{
	struct target a = {.kind = TARGET_FILE,
		.path = (char *)"/f",
		.hash = "aa",
		.mode = 0644,
		.uid = 1,
		.gid = 2};
	struct target b[6];
	char *why = NULL;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		b[i] = a;
	snprintf(b[1].hash, sizeof b[1].hash, "bb");
	b[2].mode = 0600;
	b[3].uid = 0;
	b[4].gid = 0;
	b[5].kind = TARGET_ABSENT;
	assert_true(target_same(&a, &b[0], &why));
	assert_null(why);
	for (size_t i = 1; i < 6; i++) {
		assert_false(target_same(&a, &b[i], &why));
		assert_non_null(why);
		free(why);
		why = NULL;
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(replaces_and_cleans),
		T(undoes_to_the_old_bytes),
		T(undo_removes_a_new_file),
		T(change_after_reading_is_outdated),
		T(later_failure_takes_back_earlier_steps),
		T(nothing_is_sent_that_cannot_be_recorded),
		T(cut_before_it_began_is_a_failure),
		T(cut_in_the_first_command_is_interrupted),
		T(cut_while_only_reading_after_a_change_is_interrupted),
		T(cut_before_a_later_command_is_interrupted),
		T(reconciles_from_everywhere),
		T(reconcile_keeps_what_is_there),
		T(reconcile_leaves_another_file),
		T(a_link_is_another_kind),
		T(a_linked_folder_is_refused),
		T(a_secret_is_read_but_not_kept),
		T(every_bound_thing_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
