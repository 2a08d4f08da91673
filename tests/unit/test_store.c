#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "port/db/db.h"
#include "scratch.h"
#include "store/read.h"
#include "store/write.h"

#define T0 INT64_C(1780000000000)

struct place {
	char *dir;
	int64_t now;
	struct clock clock;
	struct store *s;
	struct reader *r;
	struct fleet fleet;
	struct catalogue catalogue;
	struct err e;
};

#define OK(p, call)                                                                                \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s", (p)->e.msg);                                                \
	} while (0)
#define FAILS(p, want, call)                                                                       \
	do {                                                                                       \
		assert_int_equal((call), -1);                                                      \
		assert_int_equal((p)->e.code, (want));                                             \
	} while (0)

static void fill_fleet(struct place *p)
{
	static const char *const names[] = {"web1", "nas"};
	static const char *const checks[] = {"disk", "reachable", "sudoers"};
	size_t i;

	p->fleet.estate = xstrdup("homelab");
	for (i = 0; i < 2; i++) {
		struct host *h = ARR_ADD(p->fleet.hosts, p->fleet.host_count, p->fleet.host_cap);

		h->name = xstrdup(names[i]);
		h->address = xstrdup("192.0.2.1");
		strs_add(&h->tags, "linux");
		strs_add(&h->tags, i == 0 ? "web" : "storage");
	}
	for (i = 0; i < 3; i++) {
		struct check *c = ARR_ADD(
			p->catalogue.checks, p->catalogue.check_count, p->catalogue.check_cap);

		c->name = xstrdup(checks[i]);
		c->title = xasprintf("Title of %s", checks[i]);
		c->everywhere = i != 0;
		if (i == 0)
			strs_add(&c->tags, "storage");
		c->every_ms = 60000;
		c->pane = PANE_NONE;
	}
}

static void empty_fleet(struct place *p)
{
	size_t i;

	for (i = 0; i < p->fleet.host_count; i++)
		host_finish(&p->fleet.hosts[i]);
	free(p->fleet.hosts);
	free(p->fleet.estate);
	for (i = 0; i < p->catalogue.check_count; i++)
		check_finish(&p->catalogue.checks[i]);
	free(p->catalogue.checks);
}

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);

	p->dir = scratch_new();
	p->now = T0;
	p->clock = clock_frozen(&p->now);
	fill_fleet(p);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	OK(p, store_put_fleet(p->s, &p->fleet, &p->catalogue, &p->e));
	OK(p, reader_open(&p->r, p->dir, &p->e));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	reader_close(p->r);
	store_close(p->s);
	empty_fleet(p);
	scratch_free(p->dir);
	free(p);
	return 0;
}

static struct finding judge(struct place *p, enum finding_state state, const char *summary)
{
	return (struct finding){.host = (char *)"web1",
		.check = (char *)"sudoers",
		.state = state,
		.summary = (char *)summary,
		.at_ms = p->now,
		.every_ms = 60000};
}

/* Puts a judgement of web1/sudoers a minute later; true when a transition was written. */
static bool put(
	struct place *p, enum finding_state state, const char *summary, int fail, int recover)
{
	struct transition t = {0};
	struct finding f;
	bool turned;

	p->now += 60000;
	f = judge(p, state, summary);
	OK(p, store_put_finding(p->s, &f, fail, recover, NULL, NULL, 0, &t, &p->e));
	turned = t.host != NULL;
	transition_release(&t);
	return turned;
}

static struct finding stands(struct place *p)
{
	struct finding f;

	OK(p, reader_finding(p->r, "web1", "sudoers", &f, &p->e));
	return f;
}

static void assert_stands(struct place *p, enum finding_state state, const char *summary)
{
	struct finding f = stands(p);

	assert_int_equal(f.state, state);
	assert_string_equal(f.summary, summary);
	finding_finish(&f);
}

static void a_new_fleet_is_not_looked_at_yet(void **state)
{
	struct place *p = *state;
	struct snapshot *s;

	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_string_equal(s->estate, "homelab");
	assert_int_equal(s->host_count, 2);
	assert_string_equal(s->hosts[0].name, "web1");
	assert_false(s->hosts[0].looked);
	assert_int_equal(s->hosts[0].state, FINDING_UNKNOWN);
	assert_int_equal(s->hosts[0].finding_count, 2);
	assert_int_equal(s->hosts[1].first_finding, 2);
	assert_int_equal(s->hosts[1].finding_count, 3);
	assert_string_equal(s->findings[2].check, "disk");
	assert_int_equal(s->findings[2].condition, CONDITION_NOT_LOOKED);
	assert_true(strs_has(&s->hosts[1].tags, "storage"));
	assert_int_equal(s->check_count, 3);
	assert_int_equal(s->seq, store_seq(p->s));
	snapshot_free(s);
}

static void the_sequence_rises_only_with_a_change(void **state)
{
	struct place *p = *state;
	int64_t seq = store_seq(p->s);

	assert_int_equal(reader_seq(p->r), seq);
	OK(p, store_put_fleet(p->s, &p->fleet, &p->catalogue, &p->e));
	OK(p, store_set(p->s, "estate", "homelab", &p->e));
	assert_int_equal(store_seq(p->s), seq);
	OK(p, store_set(p->s, "edits", "2", &p->e));
	assert_int_equal(store_seq(p->s), seq + 1);
	assert_int_equal(reader_seq(p->r), seq + 1);
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_set(p->s, "edits", "3", &p->e));
	OK(p, store_set(p->s, "incoming", "1", &p->e));
	assert_int_equal(reader_seq(p->r), seq + 1);
	OK(p, store_commit(p->s, &p->e));
	assert_int_equal(reader_seq(p->r), seq + 2);
	OK(p, store_set(p->s, "edits", NULL, &p->e));
	assert_null(store_get(p->s, "edits"));
}

static void a_group_that_is_rolled_back_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct finding f = judge(p, FINDING_OK, "fine");
	char *value;

	OK(p, store_begin(p->s, &p->e));
	OK(p, store_set(p->s, "branch", "main", &p->e));
	store_rollback(p->s);
	assert_null(store_get(p->s, "branch"));
	/* One write of a group that fails takes only itself back. */
	f.host = (char *)"gone";
	OK(p, store_begin(p->s, &p->e));
	OK(p, store_set(p->s, "branch", "main", &p->e));
	FAILS(p, ERR_MISSING, store_put_finding(p->s, &f, 1, 1, NULL, NULL, 0, NULL, &p->e));
	OK(p, store_commit(p->s, &p->e));
	value = store_get(p->s, "branch");
	assert_string_equal(value, "main");
	free(value);
}

static void a_finding_comes_back_whole(void **state)
{
	struct place *p = *state;
	struct metric metrics[] = {{(char *)"free", (char *)"bytes", 12.25, 0},
		{(char *)"a\tb\\n", (char *)"", -1e300, 0}};
	struct finding_item items[] = {{(char *)"x\ty", FINDING_CRIT, (char *)"line\nline"},
		{(char *)"", FINDING_OK, NULL}};
	struct sample sample = {.check = (char *)"sudoers",
		.command = (char *)"tree",
		.status = SAMPLE_RAN,
		.exit_status = 2,
		.out = (char *)"a\0b",
		.out_len = 3,
		.truncated = true,
		.at_ms = T0,
		.duration_ms = 7};
	struct finding f = judge(p, FINDING_DRIFT, "differs"), back;
	struct sample *samples;
	size_t n;

	f.metrics = metrics;
	f.metric_count = 2;
	f.items = items;
	f.item_count = 2;
	f.facts = (char *)"{\"a\":1}";
	f.diff = (char *)"[]";
	f.added = 3;
	f.removed = 1;
	f.fingerprint = (char *)"abcd";
	f.valid_until_ms = T0 + 5;
	OK(p, store_put_finding(p->s, &f, 1, 1, NULL, &sample, 1, NULL, &p->e));
	back = stands(p);
	assert_int_equal(back.state, FINDING_DRIFT);
	assert_int_equal(back.metric_count, 2);
	assert_true(back.metrics[0].value == 12.25);
	assert_string_equal(back.metrics[1].name, "a\tb\\n");
	assert_true(back.metrics[1].value == -1e300);
	assert_int_equal(back.item_count, 2);
	assert_string_equal(back.items[0].name, "x\ty");
	assert_string_equal(back.items[0].text, "line\nline");
	assert_int_equal(back.items[0].state, FINDING_CRIT);
	assert_string_equal(back.items[1].text, "");
	assert_string_equal(back.facts, "{\"a\":1}");
	assert_int_equal(back.added, 3);
	assert_int_equal(back.valid_until_ms, T0 + 5);
	finding_finish(&back);
	OK(p, reader_samples(p->r, "web1", "sudoers", &samples, &n, &p->e));
	assert_int_equal(n, 1);
	assert_int_equal(samples[0].out_len, 3);
	assert_memory_equal(samples[0].out, "a\0b", 4);
	assert_int_equal(samples[0].exit_status, 2);
	assert_true(samples[0].truncated);
	samples_free(samples, n);
}

static void the_first_look_counts_at_once(void **state)
{
	struct place *p = *state;

	assert_false(put(p, FINDING_OK, "fine", 3, 3));
	assert_stands(p, FINDING_OK, "fine");
	/* Another host of the fleet: the first look at it is bad. */
	OK(p, store_put_fleet(p->s, &(struct fleet){0}, &p->catalogue, &p->e));
	OK(p, store_put_fleet(p->s, &p->fleet, &p->catalogue, &p->e));
	assert_true(put(p, FINDING_CRIT, "bad", 3, 3));
	assert_stands(p, FINDING_CRIT, "bad");
}

static void it_takes_n_in_a_row(void **state)
{
	struct place *p = *state;
	struct finding f;
	int64_t since;

	assert_false(put(p, FINDING_OK, "fine", 3, 2));
	since = p->now;
	assert_false(put(p, FINDING_WARN, "bad 1", 3, 2));
	assert_false(put(p, FINDING_CRIT, "bad 2", 3, 2));
	f = stands(p);
	assert_int_equal(f.state, FINDING_OK);
	assert_int_equal(f.since_ms, since);
	assert_int_equal(f.at_ms, p->now);
	finding_finish(&f);
	/* A good one in between ends the streak. */
	assert_false(put(p, FINDING_OK, "fine again", 3, 2));
	assert_false(put(p, FINDING_CRIT, "bad 1", 3, 2));
	assert_false(put(p, FINDING_CRIT, "bad 2", 3, 2));
	assert_stands(p, FINDING_OK, "fine again");
	assert_true(put(p, FINDING_WARN, "bad 3", 3, 2));
	assert_stands(p, FINDING_WARN, "bad 3");
	/* And two to recover. */
	assert_false(put(p, FINDING_OK, "good 1", 3, 2));
	assert_stands(p, FINDING_WARN, "bad 3");
	assert_true(put(p, FINDING_OK, "good 2", 3, 2));
	assert_stands(p, FINDING_OK, "good 2");
}

static void a_streak_survives_a_restart(void **state)
{
	struct place *p = *state;

	assert_false(put(p, FINDING_OK, "fine", 2, 1));
	assert_false(put(p, FINDING_CRIT, "bad 1", 2, 1));
	store_close(p->s);
	p->s = NULL;
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	assert_true(put(p, FINDING_CRIT, "bad 2", 2, 1));
}

static void a_touch_counts_towards_the_streak(void **state)
{
	struct place *p = *state;
	static const char *const checks[] = {"sudoers"};
	struct transition *t;
	size_t n;
	struct finding f;

	assert_false(put(p, FINDING_OK, "fine", 3, 1));
	assert_false(put(p, FINDING_CRIT, "bad", 3, 1));
	OK(p, store_touch_findings(p->s, "web1", checks, 1, p->now + 1, &p->e));
	assert_stands(p, FINDING_OK, "fine");
	OK(p, store_touch_findings(p->s, "web1", NULL, 0, p->now + 2, &p->e));
	f = stands(p);
	assert_int_equal(f.state, FINDING_CRIT);
	assert_int_equal(f.at_ms, p->now + 2);
	assert_int_equal(f.since_ms, p->now + 2);
	finding_finish(&f);
	OK(p, store_take_untold(p->s, 10, &t, &n, &p->e));
	assert_int_equal(n, 1);
	assert_int_equal(t[0].to, FINDING_CRIT);
	transitions_free(t, n);
	OK(p, store_take_untold(p->s, 10, &t, &n, &p->e));
	assert_int_equal(n, 0);
	transitions_free(t, n);
}

static void a_touch_moves_only_the_time(void **state)
{
	struct place *p = *state;
	struct finding f;
	int64_t since;

	assert_false(put(p, FINDING_OK, "fine", 1, 1));
	since = p->now;
	OK(p, store_touch_findings(p->s, "web1", NULL, 0, since + 500, &p->e));
	f = stands(p);
	assert_int_equal(f.at_ms, since + 500);
	assert_int_equal(f.since_ms, since);
	finding_finish(&f);
	OK(p, store_touch_findings(p->s, "web1", NULL, 0, since, &p->e));
	f = stands(p);
	assert_int_equal(f.at_ms, since + 500);
	finding_finish(&f);
}

static void a_host_is_as_its_worst_finding(void **state)
{
	struct place *p = *state;
	struct snapshot *s;
	struct finding f;
	bool changed;

	assert_false(put(p, FINDING_OK, "fine", 1, 1));
	f = judge(p, FINDING_OK, "fine");
	f.check = (char *)"reachable";
	OK(p, store_put_finding(p->s, &f, 1, 1, NULL, NULL, 0, NULL, &p->e));
	OK(p, store_put_host(p->s, "web1", p->now, NULL, &changed, &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_int_equal(snapshot_host(s, "web1")->state, FINDING_OK);
	assert_true(snapshot_host(s, "web1")->looked);
	snapshot_free(s);
	assert_true(put(p, FINDING_CRIT, "bad", 1, 1));
	OK(p, store_put_host(p->s, "web1", p->now + 1, "no route to host", &changed, &p->e));
	assert_true(changed);
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_int_equal(snapshot_host(s, "web1")->state, FINDING_UNREACHABLE);
	assert_string_equal(snapshot_host(s, "web1")->error, "no route to host");
	assert_int_equal(snapshot_host(s, "web1")->since_ms, p->now + 1);
	assert_int_equal(snapshot_finding(s, "web1", "sudoers")->state, FINDING_CRIT);
	snapshot_free(s);
	OK(p, store_put_host(p->s, "web1", p->now + 2, NULL, &changed, &p->e));
	assert_true(changed);
	FAILS(p, ERR_MISSING, store_put_host(p->s, "gone", p->now, NULL, NULL, &p->e));
}

static void a_host_that_left_goes_with_its_findings(void **state)
{
	struct place *p = *state;
	struct fleet rest = {
		.estate = (char *)"homelab", .hosts = &p->fleet.hosts[1], .host_count = 1};
	struct transition *t;
	struct finding f;
	struct snapshot *s;
	size_t n;

	assert_true(put(p, FINDING_DRIFT, "differs", 1, 1));
	OK(p, store_put_fleet(p->s, &rest, &p->catalogue, &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_int_equal(s->host_count, 1);
	assert_int_equal(s->finding_count, 3);
	snapshot_free(s);
	FAILS(p, ERR_MISSING, reader_finding(p->r, "web1", "sudoers", &f, &p->e));
	OK(p, reader_transitions(p->r, "web1", NULL, 10, &t, &n, &p->e));
	assert_int_equal(n, 2);
	assert_int_equal(t[0].from, FINDING_DRIFT);
	assert_string_equal(t[0].summary, "no longer watched");
	transitions_free(t, n);
}

static void docs_and_the_log_are_replaced(void **state)
{
	struct place *p = *state;
	struct commit_row rows[] = {{(char *)"b", (char *)"max", (char *)"two", (char *)"", T0},
		{(char *)"a", (char *)"max", (char *)"one", (char *)"body", T0 - 1}};
	struct commit_row *back;
	struct strs names = {0};
	int64_t seq;
	size_t n;
	char *text;

	OK(p, store_put_doc(p->s, "runbook", "quorum", "# Quorum\nrest", 8, &p->e));
	OK(p, store_put_doc(p->s, "runbook", "backups", "b", 1, &p->e));
	OK(p, store_put_doc(p->s, "memory", "quorum", "m", 1, &p->e));
	seq = store_seq(p->s);
	OK(p, store_put_doc(p->s, "memory", "quorum", "m", 1, &p->e));
	assert_int_equal(store_seq(p->s), seq);
	OK(p, reader_doc(p->r, "runbook", "quorum", &text, &p->e));
	assert_string_equal(text, "# Quorum");
	free(text);
	OK(p, reader_docs(p->r, "runbook", &names, &p->e));
	assert_int_equal(names.n, 2);
	assert_string_equal(names.v[0], "backups");
	strs_finish(&names);
	strs_add(&names, "quorum");
	OK(p, store_keep_docs(p->s, "runbook", &names, &p->e));
	FAILS(p, ERR_MISSING, reader_doc(p->r, "runbook", "backups", &text, &p->e));
	OK(p, reader_doc(p->r, "memory", "quorum", &text, &p->e));
	free(text);
	strs_finish(&names);
	OK(p, store_put_log(p->s, rows, 2, &p->e));
	seq = store_seq(p->s);
	OK(p, store_put_log(p->s, rows, 2, &p->e));
	assert_int_equal(store_seq(p->s), seq);
	OK(p, store_put_log(p->s, rows + 1, 1, &p->e));
	OK(p, reader_log(p->r, 10, &back, &n, &p->e));
	assert_int_equal(n, 1);
	assert_string_equal(back[0].body, "body");
	commit_rows_free(back, n);
}

static void a_sweep_shows_its_progress(void **state)
{
	struct place *p = *state;
	struct snapshot *s;

	OK(p, store_sweep_start(p->s, 2, &p->e));
	OK(p, store_sweep_progress(p->s, 1, &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_int_equal(s->sweep.ended_ms, 0);
	assert_int_equal(s->sweep.hosts_done, 1);
	snapshot_free(s);
	OK(p, store_sweep_end(p->s, &p->e));
	OK(p, store_sweep_start(p->s, 2, &p->e));
	/* A server that dies leaves no sweep that runs for ever. */
	store_close(p->s);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_true(s->sweep.ended_ms > 0);
	snapshot_free(s);
}

static void history_is_bounded(void **state)
{
	struct place *p = *state;
	struct transition *t;
	size_t n;

	assert_true(put(p, FINDING_WARN, "old", 1, 1));
	p->now += INT64_C(200) * 86400 * 1000;
	assert_true(put(p, FINDING_OK, "new", 1, 1));
	OK(p, store_prune(p->s, &p->e));
	OK(p, reader_transitions(p->r, NULL, "sudoers", 10, &t, &n, &p->e));
	assert_int_equal(n, 1);
	assert_string_equal(t[0].summary, "new");
	transitions_free(t, n);
}

static struct proposal_row example(void)
{
	struct proposal_row r = {.p = {.title = xstrdup("put sudoers back"),
					 .proposer = xstrdup("luna"),
					 .plan = xstrdup("abc"),
					 .state = PROPOSAL_PROPOSED,
					 .expires_ms = T0 + 3600000},
		.proposer_uid = 1001,
		.source = xstrdup("{}")};

	strs_add(&r.p.hosts, "web1");
	return r;
}

static void proposals_get_ids_and_move_by_the_table(void **state)
{
	struct place *p = *state;
	struct proposal_row r = example(), back;
	struct strs ids = {0};

	OK(p, store_put_proposal(p->s, &r, &p->e));
	assert_string_equal(r.p.id, "P-1");
	assert_int_equal(r.p.created_ms, p->now);
	p->now += 1000;
	FAILS(p, ERR_CONFLICT,
		store_move_proposal(
			p->s, "P-1", PROPOSAL_PROPOSED, PROPOSAL_APPLYING, NULL, &p->e));
	FAILS(p, ERR_CONFLICT,
		store_move_proposal(
			p->s, "P-1", PROPOSAL_APPROVED, PROPOSAL_APPLYING, NULL, &p->e));
	assert_non_null(strstr(p->e.msg, "P-1 is proposed, not approved"));
	OK(p, store_move_proposal(
		      p->s, "P-1", PROPOSAL_PROPOSED, PROPOSAL_APPROVED, "by max", &p->e));
	/* The row in hand is older than the move. */
	FAILS(p, ERR_CONFLICT, store_put_proposal(p->s, &r, &p->e));
	OK(p, store_get_proposal(p->s, "P-1", &back, &p->e));
	assert_int_equal(back.p.state, PROPOSAL_APPROVED);
	assert_int_equal(back.p.moved_ms, p->now);
	assert_string_equal(back.p.note, "by max");
	assert_int_equal(back.proposer_uid, 1001);
	assert_string_equal(back.p.hosts.v[0], "web1");
	back.decision = xstrdup("{\"who\":\"max\"}");
	OK(p, store_put_proposal(p->s, &back, &p->e));
	proposal_row_finish(&back);
	OK(p, reader_proposal(p->r, "P-1", &back, &p->e));
	assert_string_equal(back.decision, "{\"who\":\"max\"}");
	proposal_row_finish(&back);
	OK(p, reader_proposals_in(p->r, PROPOSAL_APPROVED, &ids, &p->e));
	assert_int_equal(ids.n, 1);
	assert_string_equal(ids.v[0], "P-1");
	strs_finish(&ids);
	FAILS(p, ERR_MISSING, reader_proposal(p->r, "P-01", &back, &p->e));
	FAILS(p, ERR_MISSING, reader_proposal(p->r, "", &back, &p->e));
	proposal_row_finish(&r);
}

static void no_id_is_given_twice(void **state)
{
	struct place *p = *state;
	struct proposal_row r = example();

	OK(p, store_proposal_floor(p->s, 41, &p->e));
	OK(p, store_proposal_floor(p->s, 7, &p->e));
	OK(p, store_put_proposal(p->s, &r, &p->e));
	assert_string_equal(r.p.id, "P-42");
	proposal_row_finish(&r);
}

static void waiting_proposals_come_first(void **state)
{
	struct place *p = *state;
	static const char *const want[] = {"P-3", "P-1", "P-2"};
	struct snapshot *s;
	size_t i;

	for (i = 0; i < 3; i++) {
		struct proposal_row r = example();

		OK(p, store_put_proposal(p->s, &r, &p->e));
		proposal_row_finish(&r);
	}
	OK(p, store_move_proposal(p->s, "P-2", PROPOSAL_PROPOSED, PROPOSAL_REJECTED, NULL, &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_int_equal(s->proposal_count, 3);
	for (i = 0; i < 3; i++)
		assert_string_equal(s->proposals[i].id, want[i]);
	snapshot_free(s);
}

static void step_runs_are_kept_in_order(void **state)
{
	struct place *p = *state;
	struct proposal_row r = example();
	struct step_run run = {.index = 0,
		.phase = (char *)"apply",
		.host = (char *)"web1",
		.title = (char *)"put a file",
		.state = (char *)"running",
		.started_ms = T0};
	struct step_run verify = {.index = 0, .phase = (char *)"verify", .state = (char *)"ok"};
	struct step_run *back;
	size_t n;

	FAILS(p, ERR_MISSING, store_put_step_run(p->s, "P-1", &run, &p->e));
	OK(p, store_put_proposal(p->s, &r, &p->e));
	OK(p, store_put_step_run(p->s, "P-1", &run, &p->e));
	OK(p, store_put_step_run(p->s, "P-1", &verify, &p->e));
	run.state = (char *)"failed";
	run.exit_status = 3;
	OK(p, store_put_step_run(p->s, "P-1", &run, &p->e));
	OK(p, reader_step_runs(p->r, "P-1", &back, &n, &p->e));
	assert_int_equal(n, 2);
	assert_string_equal(back[0].state, "failed");
	assert_int_equal(back[0].exit_status, 3);
	assert_null(back[1].host);
	step_runs_free(back, n);
	proposal_row_finish(&r);
}

static void a_second_writer_is_refused(void **state)
{
	struct place *p = *state;
	struct store *other;
	char pid[32];

	FAILS(p, ERR_BUSY, store_open(&other, p->dir, &p->clock, &p->e));
	snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
	assert_non_null(strstr(p->e.msg, pid));
}

/* Two processes that want the store in the same moment: exactly one gets it. */
static void two_writers_race_for_one_store(void **state)
{
	struct place *p = *state;
	int gate[2], status, got = 0;
	pid_t pids[8];
	size_t i;

	store_close(p->s);
	p->s = NULL;
	assert_int_equal(pipe(gate), 0);
	for (i = 0; i < 8; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct store *s;
			char byte;

			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0)
				_exit(2);
			if (store_open(&s, p->dir, &p->clock, NULL) != 0)
				_exit(1);
			pause();
		}
	}
	close(gate[1]); /* opens the gate for all of them at once */
	/* The losers end; the winner waits to be killed and keeps the lock as long. */
	for (i = 0; i < 7; i++) {
		wait(&status);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	}
	for (i = 0; i < 8; i++) {
		if (kill(pids[i], SIGKILL) == 0)
			got++;
	}
	assert_int_equal(got, 1);
	wait(&status);
	close(gate[0]);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
}

/* Killed inside a group of writes: what was committed stays, what was not is gone, nothing is
 * damaged. */
static void a_writer_killed_mid_write_loses_only_that(void **state)
{
	struct place *p = *state;
	int ready[2];
	char byte, *value;
	pid_t pid;

	store_close(p->s);
	p->s = NULL;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct store *s;

		if (store_open(&s, p->dir, &p->clock, NULL) == 0 &&
			store_set(s, "branch", "main", NULL) == 0 && store_begin(s, NULL) == 0 &&
			store_set(s, "branch", "other", NULL) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	value = store_get(p->s, "branch");
	assert_string_equal(value, "main");
	free(value);
	assert_int_equal(reader_seq(p->r), store_seq(p->s));
}

static void a_deleted_store_is_told_and_made_again(void **state)
{
	struct place *p = *state;
	static const char *const names[] = {
		"store.db", "store.db-wal", "store.db-shm", "store.lock", "store.seq"};
	struct snapshot *s;
	int64_t seq = reader_seq(p->r);
	size_t i;

	for (i = 0; i < 5; i++) {
		char *path = path_join(p->dir, names[i]);

		assert_int_equal(unlink(path), 0);
		free(path);
	}
	assert_int_equal(reader_seq(p->r), -1);
	FAILS(p, ERR_MISSING, reader_snapshot(p->r, &s, &p->e));
	FAILS(p, ERR_FAIL, store_set(p->s, "branch", "main", &p->e));
	assert_non_null(strstr(p->e.msg, "deleted or replaced"));
	store_close(p->s);
	p->s = NULL;
	p->now += 1000000;
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	OK(p, store_set(p->s, "branch", "main", &p->e));
	OK(p, reader_snapshot(p->r, &s, &p->e));
	assert_string_equal(s->branch, "main");
	assert_int_equal(s->host_count, 0);
	snapshot_free(s);
	assert_true(reader_seq(p->r) != seq);
}

static void exec_sql(struct place *p, const char *sql)
{
	char *path = path_join(p->dir, "store.db");
	struct db *d;

	OK(p, db_open(&d, path, DB_WRITE, "the store", &p->e));
	OK(p, db_script(d, sql, &p->e));
	db_close(d);
	free(path);
}

static void a_newer_or_foreign_store_is_refused(void **state)
{
	struct place *p = *state;
	struct reader *r;

	store_close(p->s);
	p->s = NULL;
	exec_sql(p, "PRAGMA user_version=1000");
	FAILS(p, ERR_CONFLICT, store_open(&p->s, p->dir, &p->clock, &p->e));
	assert_non_null(strstr(p->e.msg, "schema 1000"));
	FAILS(p, ERR_CONFLICT, reader_open(&r, p->dir, &p->e));
	exec_sql(p, "PRAGMA user_version=1; PRAGMA application_id=7");
	FAILS(p, ERR_INPUT, store_open(&p->s, p->dir, &p->clock, &p->e));
	FAILS(p, ERR_INPUT, reader_open(&r, p->dir, &p->e));
}

static void a_damaged_store_says_what_to_do(void **state)
{
	struct place *p = *state;

	store_close(p->s);
	p->s = NULL;
	scratch_write(p->dir, "store.db", "garbage that is not a database, long enough to be read");
	FAILS(p, ERR_INPUT, store_open(&p->s, p->dir, &p->clock, &p->e));
	assert_non_null(strstr(p->e.msg, "Move it away"));
}

static void there_is_no_store_before_a_server(void **state)
{
	struct place *p = *state;
	struct reader *r;
	char *none = path_join(p->dir, "none");

	FAILS(p, ERR_MISSING, reader_open(&r, none, &p->e));
	assert_false(file_exists(none));
	free(none);
}

/* In a child: takes the uid and group, then reads. Exit 0 when it saw the fleet. */
static int read_as(struct place *p, uid_t uid, gid_t gid)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct reader *r;
		struct snapshot *s;

		if (setgid(gid) != 0 || setuid(uid) != 0)
			_exit(3);
		if (reader_open(&r, p->dir, NULL) != 0 || reader_snapshot(r, &s, NULL) != 0)
			_exit(1);
		_exit(s->host_count == 2 && reader_seq(r) == s->seq ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_group_reads_and_others_do_not(void **state)
{
	struct place *p = *state;
	const gid_t viewers = 54321;
	struct stat st;

	if (geteuid() != 0) {
		print_message("skipped: reading as another uid needs root\n");
		skip();
	}
	assert_int_equal(chown(p->dir, 0, viewers), 0);
	store_close(p->s);
	p->s = NULL;
	/* As on the first start: files made in the folder get its group. */
	exec_sql(p, "PRAGMA user_version=1");
	scratch_free(p->dir);
	p->dir = scratch_new();
	assert_int_equal(chown(p->dir, 0, viewers), 0);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	OK(p, store_put_fleet(p->s, &p->fleet, &p->catalogue, &p->e));
	assert_int_equal(stat(p->dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02750);
	assert_int_equal(read_as(p, 54322, viewers), 0);
	assert_int_equal(read_as(p, 54322, 54323), 1);
	/* With the server gone too. */
	store_close(p->s);
	p->s = NULL;
	assert_int_equal(read_as(p, 54322, viewers), 0);
}

/* A reader in the middle of its snapshot neither holds up the writer nor sees half of what it does.
 */
static void a_reader_does_not_hold_up_the_writer(void **state)
{
	struct place *p = *state;
	char *path = path_join(p->dir, "store.db"), *before, *after;
	struct db *d;

	OK(p, store_set(p->s, "branch", "one", &p->e));
	OK(p, db_open(&d, path, DB_READ, "the store", &p->e));
	OK(p, db_begin(d, &p->e));
	OK(p, db_one_text(
		      &before, d, "SELECT value FROM meta WHERE name='branch'", DB_NONE, &p->e));
	OK(p, store_set(p->s, "branch", "two", &p->e));
	OK(p, db_one_text(&after, d, "SELECT value FROM meta WHERE name='branch'", DB_NONE, &p->e));
	assert_string_equal(before, "one");
	assert_string_equal(after, "one");
	db_close(d);
	free(before);
	free(after);
	free(path);
}

/* Steps on a disk of its own, in a child with mounts of its own. Exit 0: all as it should be; 77:
 * this machine does not let us mount. */
enum { DISK_OK, DISK_MOUNT = 77 };

static int fill_disk(struct place *p)
{
	char *path = path_join(p->dir, "filler"), block[4096] = "x";
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	free(path);
	if (fd < 0)
		return -1;
	while (write(fd, block, sizeof block) > 0)
		;
	close(fd);
	return 0;
}

static int write_until_it_fails(struct place *p, struct err *e)
{
	char *big = xcalloc(1, 100001);
	int i, rc = 0;

	memset(big, 'x', 100000);
	for (i = 0; rc == 0 && i < 100; i++) {
		big[0] = (char)('a' + i % 26);
		rc = store_put_doc(p->s, "memory", "big", big, 100000, e);
	}
	free(big);
	return rc;
}

static int on_a_small_disk(struct place *p)
{
	struct err e = {0};
	int64_t seq;
	char *path, *value;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", p->dir, "tmpfs", 0, "size=1m") != 0)
		return DISK_MOUNT;
	if (store_open(&p->s, p->dir, &p->clock, &e) != 0 ||
		store_set(p->s, "branch", "main", &e) != 0 || fill_disk(p) != 0)
		return 1;
	seq = store_seq(p->s);
	if (write_until_it_fails(p, &e) != -1 || e.code != ERR_LIMIT ||
		strstr(e.msg, "no space left") == NULL || store_seq(p->s) < seq)
		return 2;
	/* With room again it goes on, with what it had. */
	path = path_join(p->dir, "filler");
	if (unlink(path) != 0)
		return 3;
	free(path);
	value = store_get(p->s, "branch");
	if (value == NULL || strcmp(value, "main") != 0 ||
		store_set(p->s, "branch", "other", &e) != 0)
		return 4;
	free(value);
	store_close(p->s);
	/* And a disk that can only be read says so. */
	if (mount(NULL, p->dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
		return 5;
	if (store_open(&p->s, p->dir, &p->clock, &e) != -1 ||
		strstr(e.msg, "Read-only file system") == NULL)
		return 6;
	return DISK_OK;
}

static void a_full_or_read_only_disk_is_told(void **state)
{
	struct place *p = *state;
	pid_t pid;
	int status;

	store_close(p->s);
	p->s = NULL;
	pid = fork();
	if (pid == 0)
		_exit(on_a_small_disk(p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == DISK_MOUNT) {
		print_message("skipped: a small disk needs root that may mount\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), DISK_OK);
}

static void measure(struct place *p, double value)
{
	struct metric m = {(char *)"used /", (char *)"ratio", value, 1};
	struct finding f = judge(p, FINDING_OK, "fine");

	f.metrics = &m;
	f.metric_count = 1;
	OK(p, store_put_finding(p->s, &f, 1, 1, NULL, NULL, 0, NULL, &p->e));
}

static int64_t rows_of(struct place *p, const char *sql)
{
	char *path = path_join(p->dir, "store.db");
	struct db *d;
	int64_t n;

	OK(p, db_open(&d, path, DB_READ, "the store", &p->e));
	OK(p, db_one_int(&n, -1, d, sql, DB_NONE, &p->e));
	db_close(d);
	free(path);
	return n;
}

/* Forty days of a figure that moves each minute: the last hours by the minute, the rest coarser,
 * in room that is bounded; and none for what stays as it is. */
static void metrics_are_kept_in_bounded_room(void **state)
{
	struct place *p = *state;
	struct series *list;
	size_t n;

	OK(p, store_begin(p->s, &p->e));
	for (int minute = 0; minute < 40 * 1440; minute++) {
		p->now += 60000;
		measure(p, minute / 1e6);
	}
	OK(p, store_commit(p->s, &p->e));
	assert_in_range(rows_of(p, "SELECT count(*) FROM point WHERE tier=0"), 359, 363);
	assert_in_range(rows_of(p, "SELECT count(*) FROM point WHERE tier=1"), 335, 339);
	assert_in_range(rows_of(p, "SELECT count(*) FROM point WHERE tier=2"), 40, 42);
	OK(p, reader_series(p->r, "web1", "sudoers", &list, &n, &p->e));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].name, "used /");
	assert_true(list[0].full == 1);
	assert_int_equal(list[0].seen_s, p->now / 1000);
	for (size_t i = 1; i < list[0].point_count; i++) {
		assert_true(list[0].points[i].at_s > list[0].points[i - 1].at_s);
		assert_true(list[0].points[i].last > list[0].points[i - 1].last);
	}
	assert_true(series_at(&list[0], p->now / 1000 - 3600) * 1e6 > 40 * 1440 - 63);
	assert_true(series_at(&list[0], p->now / 1000 - 3600) * 1e6 < 40 * 1440 - 57);
	series_list_free(list, n);
	for (int minute = 0; minute < 100; minute++) {
		p->now += 60000;
		measure(p, 0.5);
	}
	assert_in_range(rows_of(p, "SELECT count(*) FROM point WHERE tier=0"), 359, 364);
	/* A check that is no longer there takes its past with it. */
	p->catalogue.check_count = 2;
	OK(p, store_put_fleet(p->s, &p->fleet, &p->catalogue, &p->e));
	p->catalogue.check_count = 3;
	assert_int_equal(rows_of(p, "SELECT count(*) FROM point"), 0);
	assert_int_equal(rows_of(p, "SELECT count(*) FROM series"), 0);
}

/* A figure that is no longer told is not known from then on, and forgotten when it is long gone. */
static void a_metric_that_is_gone_is_not_known(void **state)
{
	struct place *p = *state;
	struct finding f;
	struct series *list;
	size_t n;

	measure(p, 0.25);
	p->now += 60000;
	f = judge(p, FINDING_OK, "fine");
	OK(p, store_put_finding(p->s, &f, 1, 1, NULL, NULL, 0, NULL, &p->e));
	OK(p, reader_series(p->r, "web1", "sudoers", &list, &n, &p->e));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].point_count, 2);
	assert_true(series_at(&list[0], p->now / 1000 - 60) == 0.25);
	assert_true(isnan(series_at(&list[0], p->now / 1000)));
	series_list_free(list, n);
	/* And when it comes back. */
	p->now += 60000;
	measure(p, 0.25);
	OK(p, reader_series(p->r, "web1", "sudoers", &list, &n, &p->e));
	assert_int_equal(n, 1);
	assert_true(series_at(&list[0], p->now / 1000) == 0.25);
	series_list_free(list, n);
	f = judge(p, FINDING_OK, "fine");
	OK(p, store_put_finding(p->s, &f, 1, 1, NULL, NULL, 0, NULL, &p->e));
	p->now += (int64_t)80 * 86400 * 1000;
	OK(p, store_prune(p->s, &p->e));
	assert_int_equal(rows_of(p, "SELECT count(*) FROM series"), 1);
	p->now += (int64_t)12 * 86400 * 1000;
	OK(p, store_prune(p->s, &p->e));
	assert_int_equal(rows_of(p, "SELECT count(*) FROM series"), 0);
	assert_int_equal(rows_of(p, "SELECT count(*) FROM point"), 0);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_new_fleet_is_not_looked_at_yet),
		STORE_TEST(the_sequence_rises_only_with_a_change),
		STORE_TEST(a_group_that_is_rolled_back_leaves_nothing),
		STORE_TEST(metrics_are_kept_in_bounded_room),
		STORE_TEST(a_metric_that_is_gone_is_not_known),
		STORE_TEST(a_finding_comes_back_whole),
		STORE_TEST(the_first_look_counts_at_once),
		STORE_TEST(it_takes_n_in_a_row),
		STORE_TEST(a_streak_survives_a_restart),
		STORE_TEST(a_touch_counts_towards_the_streak),
		STORE_TEST(a_touch_moves_only_the_time),
		STORE_TEST(a_host_is_as_its_worst_finding),
		STORE_TEST(a_host_that_left_goes_with_its_findings),
		STORE_TEST(docs_and_the_log_are_replaced),
		STORE_TEST(a_sweep_shows_its_progress),
		STORE_TEST(history_is_bounded),
		STORE_TEST(proposals_get_ids_and_move_by_the_table),
		STORE_TEST(no_id_is_given_twice),
		STORE_TEST(waiting_proposals_come_first),
		STORE_TEST(step_runs_are_kept_in_order),
		STORE_TEST(a_second_writer_is_refused),
		STORE_TEST(two_writers_race_for_one_store),
		STORE_TEST(a_writer_killed_mid_write_loses_only_that),
		STORE_TEST(a_deleted_store_is_told_and_made_again),
		STORE_TEST(a_newer_or_foreign_store_is_refused),
		STORE_TEST(a_damaged_store_says_what_to_do),
		STORE_TEST(there_is_no_store_before_a_server),
		STORE_TEST(the_group_reads_and_others_do_not),
		STORE_TEST(a_reader_does_not_hold_up_the_writer),
		STORE_TEST(a_full_or_read_only_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
