#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "model/check.h"
#include "server/worker.h"
#include "server/pool_job.h"
#include "server/worker_pool.h"

/* The pool with real workers: this very program, run again as `SELF worker`. */

#define HEAD                                                                                       \
	"title: t\nabout: a\napplies: everywhere\ncommands: {c: {argv: [/bin/c], read: lines}}\n"

struct world {
	struct loop *loop;
	struct worker_pool *pool;
	struct catalogue catalogue;
	char *self;
	int loads, answers;
	struct strs problems;
	enum err_code load_error;
	struct judge_answer last;
};

static void on_loaded(
	void *arg, const struct strs *names, const struct strs *texts, const struct err *error)
{
	struct world *w = arg;

	(void)texts;
	strs_finish(&w->problems);
	strs_copy(&w->problems, names);
	w->load_error = error ? error->code : ERR_NONE;
	w->loads++;
}

static void on_judged(void *arg, struct judge_answer *a)
{
	struct world *w = arg;

	judge_answer_finish(&w->last);
	w->last = *a;
	*a = (struct judge_answer){0};
	w->answers++;
}

static void put_check(struct world *w, const char *name, const char *yaml)
{
	struct check *c = NULL;
	struct err e = {0};

	for (size_t i = 0; i < w->catalogue.check_count; i++)
		if (str_eq(w->catalogue.checks[i].name, name))
			c = &w->catalogue.checks[i];
	if (c)
		check_finish(c);
	else
		c = ARR_ADD(w->catalogue.checks, w->catalogue.check_count, w->catalogue.check_cap);
	if (check_read(c, name, yaml, strlen(yaml), "check.yml", NULL, NULL, &e))
		fail_msg("%s", e.msg);
}

static void load(struct world *w)
{
	int before = w->loads;

	pool_load(w->pool, &w->catalogue, on_loaded, w);
	while (w->loads == before)
		loop_step(w->loop, -1);
}

static void ask_after(
	struct world *w, const char *check, const char *out, const char *previous, int64_t now_ms)
{
	struct sample sample = {.check = (char *)check,
		.command = (char *)"c",
		.out = (char *)out,
		.out_len = strlen(out),
		.err = (char *)"",
		.at_ms = now_ms};
	const struct judge_request r = {.host = "web1",
		.check = check,
		.now_ms = now_ms,
		.previous = previous,
		.samples = &sample,
		.sample_count = 1};

	pool_judge(w->pool, &r, on_judged, w);
}

static void ask(struct world *w, const char *check, const char *out, int64_t now_ms)
{
	ask_after(w, check, out, NULL, now_ms);
}

static void await(struct world *w, int answers)
{
	while (w->answers < answers)
		loop_step(w->loop, -1);
}

static void judge(struct world *w, const char *check, const char *out, int64_t now_ms)
{
	int before = w->answers;

	ask(w, check, out, now_ms);
	assert_int_equal(w->answers, before); /* never from within */
	await(w, before + 1);
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);
	struct pool_spec spec = {.key = "key", .key_len = 3, .deadline_ms = 1000};

	w->self = self_path();
	w->loop = loop_new(clock_system());
	spec.loop = w->loop;
	spec.self = w->self;
	w->pool = pool_new(&spec);
	put_check(w, "plain",
		HEAD "facts: .c.value\nrules:\n"
		     "- {when: 'any(.[]; . == \"bad\")', state: crit, say: '\"it is bad\"'}\n"
		     "ok: '\"\\(length) lines\"'\n");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	pool_free(w->pool);
	loop_free(w->loop);
	for (size_t i = 0; i < w->catalogue.check_count; i++)
		check_finish(&w->catalogue.checks[i]);
	free(w->catalogue.checks);
	strs_finish(&w->problems);
	judge_answer_finish(&w->last);
	free(w->self);
	free(w);
	return 0;
}

static void judges_and_remembers(void **state)
{
	struct world *w = *state;

	load(w);
	assert_int_equal(w->problems.n, 0);
	judge(w, "plain", "a\nb\n", 1000);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	assert_string_equal(w->last.finding.summary, "2 lines");
	assert_string_equal(w->last.finding.host, "web1");
	assert_int_equal(w->last.sample_count, 1);
	judge(w, "plain", "a\nb\n", 2000);
	assert_true(w->last.unchanged);
	judge(w, "plain", "a\nbad\n", 3000);
	assert_false(w->last.unchanged);
	assert_int_equal(w->last.finding.state, FINDING_CRIT);
	assert_string_equal(w->last.finding.summary, "it is bad");
	pool_forget(w->pool, "web1", NULL);
	judge(w, "plain", "a\nbad\n", 4000);
	assert_false(w->last.unchanged);
	assert_int_equal(pool_stats(w->pool).unchanged, 1);
}

static void what_looks_at_the_clock_turns_by_itself(void **state)
{
	struct world *w = *state;

	put_check(w, "age",
		HEAD "facts: .c.value[0] | tonumber\nvalid_until: . + 10\n"
		     "rules: [{when: '$now > . + 10', state: crit, say: '\"late\"'}]\n");
	put_check(w, "moving",
		HEAD "facts: $now\nrules: [{when: '. > 5', state: warn, say: '\"x\"'}]\n");
	load(w);
	judge(w, "age", "100", 100 * 1000);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	assert_int_equal(w->last.finding.valid_until_ms, 110 * 1000);
	judge(w, "age", "100", 109 * 1000);
	assert_true(w->last.unchanged);
	judge(w, "age", "100", 111 * 1000);
	assert_int_equal(w->last.finding.state, FINDING_CRIT);
	judge(w, "moving", "1", 1000);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	judge(w, "moving", "1", 9000);
	assert_int_equal(w->last.finding.state, FINDING_WARN);
}

/* As the server asks: with the facts that stand. */
static void judge_on(
	struct world *w, const char *check, const char *out, char **facts, int64_t now_ms)
{
	int before = w->answers;

	ask_after(w, check, out, *facts, now_ms);
	await(w, before + 1);
	if (w->last.unchanged)
		return;
	free(*facts);
	*facts = xstrdup(w->last.finding.facts);
}

static void a_rise_is_gone_when_nothing_more_happens(void **state)
{
	struct world *w = *state;
	char *facts = NULL;

	put_check(w, "rise",
		HEAD "facts: '.c.value[0] | tonumber | {n: ., grown: (. - ($previous.n // .))}'\n"
		     "rules: [{when: .grown > 0, state: crit, say: '\"rises\"'}]\n");
	load(w);
	judge_on(w, "rise", "3", &facts, 1000);
	judge_on(w, "rise", "5", &facts, 2000);
	assert_int_equal(w->last.finding.state, FINDING_CRIT);
	/* The same output, but it is looked at from another place. */
	judge_on(w, "rise", "5", &facts, 3000);
	assert_false(w->last.unchanged);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	/* These facts are other ones than before the last look; from here on nothing moves. */
	judge_on(w, "rise", "5", &facts, 4000);
	assert_false(w->last.unchanged);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	judge_on(w, "rise", "5", &facts, 5000);
	assert_true(w->last.unchanged);
	judge_on(w, "rise", "6", &facts, 6000);
	assert_int_equal(w->last.finding.state, FINDING_CRIT);
	free(facts);
}

static void a_broken_check_is_named_and_the_others_go_on(void **state)
{
	struct world *w = *state;

	put_check(w, "broken",
		HEAD "facts: '.c | nosuch'\nrules: [{when: ., state: warn, say: .}]\n");
	load(w);
	assert_int_equal(w->problems.n, 1);
	assert_string_equal(w->problems.v[0], "broken");
	judge(w, "plain", "a", 1);
	assert_int_equal(w->last.finding.state, FINDING_OK);
	judge(w, "broken", "a", 1);
	assert_int_equal(w->last.finding.state, FINDING_UNKNOWN);
	assert_non_null(strstr(w->last.finding.summary, "facts"));
}

static void the_last_good_program_stays_in_force(void **state)
{
	struct world *w = *state;

	load(w);
	put_check(w, "plain", HEAD "facts: '(('\nrules: [{when: ., state: warn, say: .}]\n");
	load(w);
	assert_int_equal(w->problems.n, 1);
	judge(w, "plain", "a\n", 1);
	assert_string_equal(w->last.finding.summary, "1 lines");
	put_check(w, "plain",
		HEAD "facts: .c.value\nrules: [{when: 'false', state: warn, say: .}]\n"
		     "ok: '\"mended\"'\n");
	load(w);
	assert_int_equal(w->problems.n, 0);
	judge(w, "plain", "a\n", 2);
	assert_string_equal(w->last.finding.summary, "mended");
}

/* ---- what goes wrong ---- */

/* Steps so slow that the bound on their number is far. */
static void a_hanging_judgement_is_set_aside(void **state)
{
	struct world *w = *state;

	put_check(w, "hang",
		HEAD
		"facts: 'if .c.value[0] == \"x\" then last(repeat(\"x\" * 1000000)) else 1 end'\n"
		"rules: [{when: 'false', state: warn, say: .}]\n");
	load(w);
	for (int i = 0; i < 3; i++)
		ask(w, "plain", i ? "b" : "a", i);
	ask(w, "hang", "x", 1);
	for (int i = 0; i < 3; i++)
		ask(w, "plain", i ? "c" : "d", i);
	await(w, 7);
	assert_int_equal(pool_stats(w->pool).set_aside, 1);
	assert_true(pool_stats(w->pool).restarts >= 2);
	/* The same sample is not tried again; another is. */
	judge(w, "hang", "x", 2);
	assert_true(w->last.unchanged);
	judge(w, "hang", "y", 3);
	assert_int_equal(w->last.finding.state, FINDING_OK);
}

static void a_hang_gives_unknown_and_says_why(void **state)
{
	struct world *w = *state;

	put_check(w, "hang",
		HEAD "facts: 'last(repeat(\"x\" * 1000000))'\n"
		     "rules: [{when: 'false', state: warn, say: .}]\n");
	load(w);
	judge(w, "hang", "x", 1);
	assert_int_equal(w->last.finding.state, FINDING_UNKNOWN);
	assert_non_null(strstr(w->last.finding.summary, "took too long"));
}

static void a_memory_bomb_ends_only_its_worker(void **state)
{
	struct world *w = *state;

#if defined(__SANITIZE_ADDRESS__)
	skip(); /* memory is not bounded there */
#endif
	put_check(w, "bomb",
		HEAD "facts: '[range(200000000)] | length'\n"
		     "rules: [{when: 'false', state: warn, say: .}]\n");
	load(w);
	ask(w, "bomb", "x", 1);
	ask(w, "plain", "a", 1);
	await(w, 2);
	assert_int_equal(pool_stats(w->pool).set_aside, 1);
	judge(w, "plain", "b", 2);
	assert_int_equal(w->last.finding.state, FINDING_OK);
}

/* Calls fn for each child of this process. */
static int each_worker(void (*fn)(pid_t pid))
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int n = 0;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		char path[300], line[512] = "";
		int pid = 0, parent = 0;
		FILE *f;

		snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fgets(line, sizeof line, f) && strrchr(line, ')') &&
			sscanf(line, "%d", &pid) == 1 &&
			sscanf(strrchr(line, ')') + 1, " %*c %d", &parent) == 1 &&
			parent == getpid()) {
			fn(pid);
			n++;
		}
		fclose(f);
	}
	closedir(proc);
	return n;
}

static void shoot(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void a_worker_that_is_shot_costs_nothing(void **state)
{
	struct world *w = *state;

	load(w);
	judge(w, "plain", "a", 1);
	for (int i = 0; i < 20; i++) {
		char out[24];

		snprintf(out, sizeof out, "line %d", i);
		ask(w, "plain", out, i);
	}
	assert_true(each_worker(shoot) > 0);
	await(w, 21);
	assert_int_equal(pool_stats(w->pool).set_aside, 0);
	assert_int_equal(w->last.finding.state, FINDING_OK);
}

static void has_its_walls(pid_t pid)
{
	char path[64], line[256];
	bool filter = false, no_new = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		filter |= !strcmp(line, "Seccomp:\t2\n");
		no_new |= !strcmp(line, "NoNewPrivs:\t1\n");
	}
	fclose(f);
	assert_true(filter);
	assert_true(no_new);
}

static void every_worker_stands_behind_its_walls(void **state)
{
	struct world *w = *state;

	load(w);
	judge(w, "plain", "a", 1);
	/* The second worker may still be loading: ask until both have answered. */
	for (int i = 0; i < 8; i++)
		ask(w, "plain", i % 2 ? "x" : "y", i);
	await(w, 9);
	while (loop_step(w->loop, 200) && pool_stats(w->pool).judged < 2)
		;
	assert_true(each_worker(has_its_walls) > 0);
}

/* A check that reads `c` as `kind` and is bad when `when` is true. */
static void put_reading(struct world *w, const char *name, const char *kind, const char *when)
{
	char *yaml = xasprintf("title: t\nabout: a\napplies: everywhere\n"
			       "commands: {c: {argv: [/bin/c], read: %s}}\nfacts: .c.value\n"
			       "rules: [{when: '%s', state: crit, say: '\"seen\"'}]\n",
		kind, when);

	put_check(w, name, yaml);
	free(yaml);
}

/* A library that opened a file, asked for a strange kind of memory or started a thread at its first
 * use would fail behind the walls, or take its worker with it. */
static void the_libraries_read_behind_the_walls(void **state)
{
	static const struct {
		const char *name, *kind, *when, *bad, *broken;
	} cases[] = {
		{"xml", "xml", ".children[1].attrs.state == \"down\"",
			"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
			"<a><b state=\"up\"/><b state=\"down\">caf\xe9</b></a>",
			"<a><b"},
		{"yaml", "yaml", ".hosts[1].state == \"down\"",
			"base: &b {state: down}\nhosts:\n- {state: up}\n- {<<: *b, name: x}\n",
			"hosts: [{"},
		{"pcre", "lines", "any(.[]; test(\"^(?<n>\\\\p{L}+)-\\\\k<n> DOWN$\"; \"ix\"))",
			"up\n\303\251t\303\251-\303\211T\303\211down\n", NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		put_reading(w, cases[i].name, cases[i].kind, cases[i].when);
	load(w);
	assert_int_equal(w->problems.n, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		judge(w, cases[i].name, cases[i].bad, 1);
		if (w->last.finding.state != FINDING_CRIT)
			fail_msg("%s: %s", cases[i].name, w->last.finding.summary);
		assert_string_equal(w->last.finding.summary, "seen");
		if (!cases[i].broken)
			continue;
		judge(w, cases[i].name, cases[i].broken, 2);
		assert_int_equal(w->last.finding.state, FINDING_UNKNOWN);
	}
	assert_true(each_worker(has_its_walls) > 0);
	assert_int_equal(pool_stats(w->pool).set_aside, 0);
	assert_int_equal(pool_stats(w->pool).restarts, 0);
}

static void a_program_that_is_no_worker_is_told(void **state)
{
	struct world *w = *state;
	struct pool_spec spec = {.loop = w->loop, .self = "/bin/false", .key = "k", .key_len = 1};

	pool_free(w->pool);
	w->pool = pool_new(&spec);
	ask(w, "plain", "a", 1);
	load(w);
	assert_int_equal(w->load_error, ERR_FAIL);
	await(w, 1);
	assert_int_equal(w->last.finding.state, FINDING_UNKNOWN);
	assert_non_null(strstr(w->last.finding.summary, "no worker can be started"));
}

static void a_newer_catalogue_overtakes(void **state)
{
	struct world *w = *state;

	pool_load(w->pool, &w->catalogue, on_loaded, w);
	pool_load(w->pool, &w->catalogue, on_loaded, w);
	assert_int_equal(w->loads, 1);
	assert_int_equal(w->load_error, ERR_CONFLICT);
	ask(w, "plain", "a", 1);
	await(w, 1);
	assert_int_equal(w->loads, 2);
	assert_int_equal(w->load_error, ERR_NONE);
	assert_int_equal(w->last.finding.state, FINDING_OK);
}

static void push(struct job_list *l, int64_t id, const char *hash)
{
	struct job *j = xcalloc(1, sizeof *j);

	j->id = id;
	snprintf(j->body_hash, sizeof j->body_hash, "%s", hash);
	jobs_push(l, j);
}

static int64_t take(struct job_list *l, const char *hash)
{
	struct job *j = jobs_take(l, hash);
	int64_t id = j ? j->id : 0;

	if (j)
		job_free(j);
	return id;
}

/* A worker goes on with the check it has at hand; nobody waits for ever behind that. */
static void jobs_of_a_check_go_together(void **state)
{
	struct job_list l = {0};

	(void)state;
	assert_int_equal(take(&l, "a"), 0);
	push(&l, 1, "a");
	push(&l, 2, "b");
	push(&l, 3, "a");
	push(&l, 4, "b");
	assert_int_equal(take(&l, ""), 1);
	assert_int_equal(take(&l, "a"), 3);
	assert_int_equal(take(&l, "a"), 2); /* no more of it */
	assert_int_equal(take(&l, "b"), 4);
	assert_null(l.first);
	assert_null(l.last);
	assert_int_equal(l.n, 0);
	/* The last one taken from behind leaves the list whole. */
	push(&l, 1, "a");
	push(&l, 2, "b");
	assert_int_equal(take(&l, "b"), 2);
	push(&l, 3, "c");
	assert_int_equal(take(&l, "c"), 3);
	assert_int_equal(take(&l, "c"), 1);
	/* What ended a worker is not looked past, nor picked. */
	push(&l, 1, "a");
	l.first->tries = 1;
	push(&l, 2, "b");
	assert_int_equal(take(&l, "b"), 1);
	l.first->tries = 1;
	push(&l, 3, "a");
	push(&l, 4, "b");
	l.first->tries = 0;
	l.last->tries = 1;
	assert_int_equal(take(&l, "a"), 3);
	jobs_finish(&l);
	push(&l, 1, "a");
	for (int64_t id = 2; id < 1000; id++)
		push(&l, id, "b");
	for (int passed = 0; take(&l, "b") != 1; passed++)
		assert_true(passed < 200);
	jobs_finish(&l);
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_of_a_check_go_together),
		T(judges_and_remembers),
		T(what_looks_at_the_clock_turns_by_itself),
		T(a_rise_is_gone_when_nothing_more_happens),
		T(a_broken_check_is_named_and_the_others_go_on),
		T(the_last_good_program_stays_in_force),
		T(a_hanging_judgement_is_set_aside),
		T(a_hang_gives_unknown_and_says_why),
		T(a_memory_bomb_ends_only_its_worker),
		T(a_worker_that_is_shot_costs_nothing),
		T(every_worker_stands_behind_its_walls),
		T(the_libraries_read_behind_the_walls),
		T(a_program_that_is_no_worker_is_told),
		T(a_newer_catalogue_overtakes),
	};

	if (argc > 1 && !strcmp(argv[1], "worker"))
		return worker_main();
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
