#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strs.h"
#include "model/check.h"
#include "model/diff.h"
#include "model/finding.h"
#include "model/host.h"
#include "model/proposal.h"
#include "model/request.h"
#include "model/sample.h"
#include "model/snapshot.h"
#include "model/view.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Every enum's names are there, differ, and read back as themselves. */
#define NAMES_TEST(type, prefix, count)                                                            \
	static void prefix##_names_go_there_and_back(void **state)                                 \
	{                                                                                          \
		(void)state;                                                                       \
		for (int i = 0; i < (count); i++) {                                                \
			enum type got = (enum type)((i + 1) % (count));                            \
                                                                                                   \
			assert_non_null(prefix##_name((enum type)i));                              \
			assert_true(prefix##_parse(prefix##_name((enum type)i), &got));            \
			assert_int_equal(got, i);                                                  \
		}                                                                                  \
		enum type same = (enum type)1;                                                     \
                                                                                                   \
		assert_false(prefix##_parse("nonsense", &same));                                   \
		assert_false(prefix##_parse(NULL, &same));                                         \
		assert_int_equal(same, 1);                                                         \
	}

NAMES_TEST(read_kind, read_kind, READ_KIND_COUNT)
NAMES_TEST(pane, pane, PANE_COUNT)
NAMES_TEST(finding_state, finding_state, FINDING_STATE_COUNT)
NAMES_TEST(finding_condition, finding_condition, CONDITION_COUNT)
NAMES_TEST(transport_kind, transport_kind, TRANSPORT_KIND_COUNT)
NAMES_TEST(identity, identity, IDENTITY_COUNT)
NAMES_TEST(proposal_state, proposal_state, PROPOSAL_STATE_COUNT)
NAMES_TEST(step_kind, step_kind, STEP_KIND_COUNT)
NAMES_TEST(action, action, ACTION_COUNT)
NAMES_TEST(sample_status, sample_status, SAMPLE_STATUS_COUNT)
NAMES_TEST(view_kind, view_kind, VIEW_KIND_COUNT)
NAMES_TEST(role, role, ROLE_COUNT)

static void the_moves_are_these_and_no_others(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"proposed", "approved rejected withdrawn outdated expired"},
		{"outdated", "proposed rejected withdrawn expired"},
		{"approved", "applying rejected outdated expired"},
		{"applying", "applied failed outdated interrupted"},
		{"applied", "verified failed"},
		{"verified", "committed uncommitted"},
		{"uncommitted", "committed"},
		{"failed", "rolled-back held"},
		{"interrupted", "held"},
		{"held", "rejected"},
		{"committed", ""},
		{"rejected", ""},
		{"withdrawn", ""},
		{"expired", ""},
		{"rolled-back", ""},
	};

	(void)state;
	assert_int_equal(COUNT(rows), PROPOSAL_STATE_COUNT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum proposal_state from;
		struct strs to = {0};

		assert_true(proposal_state_parse(rows[i].from, &from));
		strs_split(&to, rows[i].to, ' ');
		assert_int_equal(proposal_state_is_final(from), to.n == 0);
		for (int s = 0; s < PROPOSAL_STATE_COUNT; s++) {
			const char *name = proposal_state_name((enum proposal_state)s);

			if (proposal_may_move(from, (enum proposal_state)s) != strs_has(&to, name))
				fail_msg("%s -> %s", rows[i].from, name);
		}
		strs_finish(&to);
	}
}

/* Whatever the way: applying is entered from approved alone, and approved from proposed alone. */
static void nothing_is_applied_without_approval(void **state)
{
	(void)state;
	for (int s = 0; s < PROPOSAL_STATE_COUNT; s++) {
		assert_int_equal(proposal_may_move((enum proposal_state)s, PROPOSAL_APPLYING),
			s == PROPOSAL_APPROVED);
		assert_int_equal(proposal_may_move((enum proposal_state)s, PROPOSAL_APPROVED),
			s == PROPOSAL_PROPOSED);
	}
	assert_false(proposal_may_move(PROPOSAL_STATE_COUNT, PROPOSAL_APPLYING));
	assert_false(proposal_may_move(PROPOSAL_PROPOSED, PROPOSAL_STATE_COUNT));
}

static void some_states_wait_for_a_person(void **state)
{
	static const enum proposal_state waits[] = {PROPOSAL_PROPOSED, PROPOSAL_OUTDATED,
		PROPOSAL_HELD, PROPOSAL_INTERRUPTED, PROPOSAL_UNCOMMITTED};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_true(proposal_state_waits(waits[i]));
	for (int s = 0; s < PROPOSAL_STATE_COUNT; s++)
		n += proposal_state_waits((enum proposal_state)s);
	assert_int_equal(n, COUNT(waits));
}

static void a_managed_path_has_exactly_these_commands(void **state)
{
	static char path[] = "/etc/sudoers.d/luna", owner[] = "root", group[] = "adm", top[] = "/x";
	static const char *const expected[MANAGED_ACT_COUNT] = {
		[MANAGED_READ] = "/usr/bin/tar --numeric-owner -cf - -C /etc/sudoers.d luna",
		[MANAGED_PUT] = ("/usr/bin/install -o root -g adm -m 0440 -T /dev/stdin "
				 "/etc/sudoers.d/.luna.opsdeck"),
		[MANAGED_SUM_NEW] = "/usr/bin/sha256sum /etc/sudoers.d/.luna.opsdeck",
		[MANAGED_KEEP] = "/usr/bin/ln -T /etc/sudoers.d/luna /etc/sudoers.d/.luna.was",
		[MANAGED_SWAP] = "/usr/bin/mv -T /etc/sudoers.d/.luna.opsdeck /etc/sudoers.d/luna",
		[MANAGED_SUM_WAS] = "/usr/bin/sha256sum /etc/sudoers.d/.luna.was",
		[MANAGED_UNDO] = "/usr/bin/mv -T /etc/sudoers.d/.luna.was /etc/sudoers.d/luna",
		[MANAGED_RM] = "/usr/bin/rm -f /etc/sudoers.d/luna",
		[MANAGED_RM_NEW] = "/usr/bin/rm -f /etc/sudoers.d/.luna.opsdeck",
		[MANAGED_RM_WAS] = "/usr/bin/rm -f /etc/sudoers.d/.luna.was",
	};
	struct managed m = {.path = path, .owner = owner, .group = group, .mode = 0440};
	struct strs argv = {0};

	(void)state;
	for (int a = 0; a < MANAGED_ACT_COUNT; a++) {
		char *text;

		managed_argv(&argv, &m, (enum managed_act)a);
		text = strs_join(&argv, " ");
		assert_string_equal(text, expected[a]);
		assert_int_equal(managed_identity(&m, (enum managed_act)a),
			a == MANAGED_READ ? IDENTITY_LOOK : IDENTITY_APPLY);
		free(text);
		strs_finish(&argv);
		argv = (struct strs){0};
	}
	m.secret = true;
	assert_int_equal(managed_identity(&m, MANAGED_READ), IDENTITY_APPLY);
	m.path = top;
	managed_argv(&argv, &m, MANAGED_SUM_NEW);
	assert_string_equal(argv.v[1], "/.x.opsdeck");
	strs_finish(&argv);
}

static void the_sandbox_ends_at_its_folder(void **state)
{
	static const struct {
		const char *path;
		bool inside;
	} cases[] = {
		{"/home/max/sandbox/a", true},
		{"/home/max/sandbox/a/b.conf", true},
		{"/home/max/sandbox", false},
		{"/home/max/sandbox/", false},
		{"/home/max/sandbox/../x", false},
		{"/home/max/sandboxes/a", false},
		{"/etc/passwd", false},
		{"home/max/sandbox/a", false},
		{NULL, false},
	};
	static char folder[] = "/home/max/sandbox";
	struct host h = {.transport = TRANSPORT_LOCAL, .sandbox = folder};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(host_in_sandbox(&h, cases[i].path), cases[i].inside);
	h.transport = TRANSPORT_LIBSSH2;
	assert_false(host_in_sandbox(&h, "/home/max/sandbox/a"));
}

static void a_check_applies_by_tag_group_or_everywhere(void **state)
{
	static char name[] = "disk";
	struct check c = {.name = name};
	struct host h = {0};

	(void)state;
	strs_add(&h.tags, "linux");
	strs_add(&h.groups, "dns");
	assert_false(check_applies(&c, &h));
	strs_add(&c.tags, "web");
	assert_false(check_applies(&c, &h));
	strs_add(&c.tags, "linux");
	assert_true(check_applies(&c, &h));
	strs_finish(&c.tags);
	c.tags = (struct strs){0};
	strs_add(&c.groups, "dns");
	assert_true(check_applies(&c, &h));
	strs_add(&h.without, "disk");
	assert_false(check_applies(&c, &h));
	c.everywhere = true;
	assert_false(check_applies(&c, &h));
	strs_finish(&h.without);
	h.without = (struct strs){0};
	assert_true(check_applies(&c, &h));
	strs_finish(&c.groups);
	host_finish(&h);
}

static void worse_states_rank_higher(void **state)
{
	static const enum finding_state order[] = {FINDING_OK, FINDING_UNKNOWN, FINDING_DRIFT,
		FINDING_WARN, FINDING_UNREACHABLE, FINDING_CRIT};

	(void)state;
	assert_int_equal(COUNT(order), FINDING_STATE_COUNT);
	for (size_t i = 0; i < COUNT(order); i++)
		assert_int_equal(finding_state_rank(order[i]), i);
	for (int i = 0; i < FINDING_STATE_COUNT; i++) {
		assert_int_equal(strlen(finding_state_sign((enum finding_state)i, true)), 1);
		assert_true(strlen(finding_state_sign((enum finding_state)i, false)) >= 1);
	}
}

static void stale_past_three_intervals(void **state)
{
	struct finding f = {.at_ms = 1000, .every_ms = 100};

	(void)state;
	assert_false(finding_is_stale(&f, 1300));
	assert_true(finding_is_stale(&f, 1301));
	f.at_ms = 0;
	assert_false(finding_is_stale(&f, 1301));
}

static void requests_know_their_roles(void **state)
{
	(void)state;
	for (int r = 0; r < REQUEST_COUNT; r++) {
		assert_int_equal(request_parse(request_table[r].name), r);
		assert_false(request_allowed((enum request)r, ROLE_NONE));
		assert_false(request_allowed((enum request)r, ROLE_COUNT));
		assert_true(request_allowed((enum request)r, ROLE_OPERATOR));
	}
	assert_int_equal(request_parse("nonsense"), REQUEST_COUNT);
	assert_int_equal(request_parse(NULL), REQUEST_COUNT);
	assert_false(request_allowed(REQUEST_COUNT, ROLE_OPERATOR));
	assert_false(request_allowed(REQUEST_APPROVE, ROLE_AGENT));
	assert_false(request_allowed(REQUEST_APPROVE, ROLE_VIEWER));
	assert_false(request_allowed(REQUEST_PROPOSE, ROLE_VIEWER));
	assert_true(request_allowed(REQUEST_PROPOSE, ROLE_AGENT));
}

static void a_step_says_what_it_does(void **state)
{
	static char path[] = "/etc/x";
	struct step s = {.kind = STEP_FILE, .path = path};
	char *t;

	(void)state;
	t = step_title(&s);
	assert_string_equal(t, "put /etc/x");
	free(t);
	s = (struct step){.kind = STEP_REFERENCE, .path = path, .remove = true};
	t = step_title(&s);
	assert_string_equal(t, "remove /etc/x");
	free(t);
	s = (struct step){.kind = STEP_COMMAND};
	strs_add(&s.argv, "/bin/echo");
	strs_add(&s.argv, "a b");
	t = step_title(&s);
	assert_string_equal(t, "run /bin/echo 'a b'");
	free(t);
	strs_finish(&s.argv);
	s = (struct step){.kind = STEP_SERVICE};
	strs_add(&s.argv, "nginx.service");
	strs_add(&s.argv, "reload");
	t = step_title(&s);
	assert_string_equal(t, "reload nginx.service");
	free(t);
	strs_finish(&s.argv);
}

static void a_snapshot_finds_by_name(void **state)
{
	struct snapshot *s = xcalloc(1, sizeof *s);
	static const char *const hosts[] = {"web1", "nas"};

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct snap_host *h = ARR_ADD(s->hosts, s->host_count, s->host_cap);
		struct finding *f = ARR_ADD(s->findings, s->finding_count, s->finding_cap);

		h->name = xstrdup(hosts[i]);
		h->first_finding = i;
		h->finding_count = 1;
		f->host = xstrdup(hosts[i]);
		f->check = xstrdup("disk");
	}
	s->hosts[1].finding_count = 9; /* past the end: never read */
	assert_ptr_equal(snapshot_host(s, "nas"), &s->hosts[1]);
	assert_null(snapshot_host(s, "web"));
	assert_ptr_equal(snapshot_finding(s, "nas", "disk"), &s->findings[1]);
	assert_null(snapshot_finding(s, "nas", "ports"));
	assert_null(snapshot_check(s, "disk"));
	assert_null(snapshot_proposal(s, "P-1"));
	snapshot_free(s);
	snapshot_free(NULL);
}

static void a_diff_counts_its_lines(void **state)
{
	struct diff *d = xcalloc(1, sizeof *d);

	(void)state;
	diff_add(d, DIFF_REMOVED, 1, 0, "abc", 2);
	diff_add(d, DIFF_ADDED, 0, 1, "x", 1);
	diff_add(d, DIFF_ADDED, 0, 2, "y", 1);
	assert_int_equal(d->removed, 1);
	assert_int_equal(d->added, 2);
	assert_string_equal(d->lines[0].text, "ab");
	diff_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_kind_names_go_there_and_back),
		cmocka_unit_test(pane_names_go_there_and_back),
		cmocka_unit_test(finding_state_names_go_there_and_back),
		cmocka_unit_test(finding_condition_names_go_there_and_back),
		cmocka_unit_test(transport_kind_names_go_there_and_back),
		cmocka_unit_test(identity_names_go_there_and_back),
		cmocka_unit_test(proposal_state_names_go_there_and_back),
		cmocka_unit_test(step_kind_names_go_there_and_back),
		cmocka_unit_test(action_names_go_there_and_back),
		cmocka_unit_test(sample_status_names_go_there_and_back),
		cmocka_unit_test(view_kind_names_go_there_and_back),
		cmocka_unit_test(role_names_go_there_and_back),
		cmocka_unit_test(the_moves_are_these_and_no_others),
		cmocka_unit_test(nothing_is_applied_without_approval),
		cmocka_unit_test(some_states_wait_for_a_person),
		cmocka_unit_test(a_managed_path_has_exactly_these_commands),
		cmocka_unit_test(the_sandbox_ends_at_its_folder),
		cmocka_unit_test(a_check_applies_by_tag_group_or_everywhere),
		cmocka_unit_test(worse_states_rank_higher),
		cmocka_unit_test(stale_past_three_intervals),
		cmocka_unit_test(requests_know_their_roles),
		cmocka_unit_test(a_step_says_what_it_does),
		cmocka_unit_test(a_snapshot_finds_by_name),
		cmocka_unit_test(a_diff_counts_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
