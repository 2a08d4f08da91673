#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"
#include "flow/record.h"
#include "scratch.h"

#define T0 INT64_C(1780000000000) /* 2026-05-28T20:26:40Z */
#define PLAN "0011223344556677889900112233445566778899001122334455667788990011"

struct place {
	char *dir;
	struct repo *r;
	char parent[REPO_ID_HEX];
	struct doc *change, *outcome;
	struct strs hosts;
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

static const struct repo_change luna = {
	.path = "refs/web1/sudoers/luna", .bytes = "new\n", .len = 4};

static void take_tip(struct place *p)
{
	struct repo_head head;

	OK(p, repo_head(p->r, &head, &p->e));
	memcpy(p->parent, head.tip, sizeof p->parent);
	repo_head_finish(&head);
}

static int set_up(void **state)
{
	static const struct repo_change first[] = {
		{.path = "fleet.yml", .bytes = "hosts: {}\n", .len = 10},
		{.path = "refs/web1/sudoers/luna", .bytes = "old\n", .len = 4}};
	struct place *p = xcalloc(1, sizeof *p);
	struct doc *steps = doc_new_list(), *step = doc_new_map(), *argv = doc_new_list();
	bool made;

	p->dir = scratch_new();
	setenv("HOME", p->dir, 1);
	OK(p, repo_init(p->dir, first, 2, NULL, "first\n", T0, &made, &p->e));
	free(GIT(p->dir, "config", "user.name", "Max"));
	free(GIT(p->dir, "config", "user.email", "max@example.org"));
	OK(p, repo_open(&p->r, p->dir, &p->e));
	take_tip(p);
	doc_push_str(argv, "/usr/bin/systemctl");
	doc_push_str(argv, "restart");
	doc_set(step, "command", argv);
	doc_push(steps, step);
	p->change = doc_new_map();
	doc_set(p->change, "steps", steps);
	p->outcome = doc_new_map();
	doc_set_str(p->outcome, "output", "all fine");
	strs_add(&p->hosts, "nas");
	strs_add(&p->hosts, "web1");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	doc_free(p->change);
	doc_free(p->outcome);
	strs_finish(&p->hosts);
	repo_close(p->r);
	scratch_free(p->dir);
	free(p);
	return 0;
}

static struct record_spec spec_for(struct place *p)
{
	return (struct record_spec){.proposal = "P-12",
		.title = "put web1 sudoers back",
		.rationale = "Somebody edited it by hand.",
		.runbook = "sudoers",
		.plan = PLAN,
		.proposed_by = "luna",
		.approved_by = "max",
		.hosts = &p->hosts,
		.verified = "1 of 1",
		.audit = "feed",
		.state = "verified",
		.proposal_doc = p->change,
		.outcome = p->outcome,
		.proposed_ms = T0 - 60000,
		.decided_ms = T0,
		.at_ms = T0 + 5000,
		.parent = p->parent,
		.paths = &luna,
		.path_count = 1};
}

static struct record_result commit_ok(struct place *p, const struct record_spec *spec)
{
	struct record_result out;

	OK(p, record_commit(p->r, spec, &out, &p->e));
	if (out.left.n > 0)
		fail_msg("%s", out.left.v[0]);
	return out;
}

static void git_is(const char *want, char *out)
{
	assert_string_equal(out, want);
	free(out);
}

static void a_change_becomes_a_commit(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;
	struct doc *d;
	char *text;

	OK(p, record_preflight(p->r, &spec, &p->e));
	out = commit_ok(p, &spec);
	assert_false(out.already);
	git_is("put web1 sudoers back\n\nSomebody edited it by hand.\n\nProposal: P-12\nPlan: " PLAN
	       "\nProposed-by: luna\nApproved-by: max\nHost: nas\nHost: web1\nRunbook: sudoers\n"
	       "Verified: 1 of 1\nAudit: feed\n\n",
		GIT(p->dir, "log", "-1", "--format=%B"));
	git_is("P-12,luna,max,nas,web1,sudoers,1 of 1,feed\n",
		GIT(p->dir, "log", "-1",
			"--format=%(trailers:key=Proposal,key=Proposed-by,key=Approved-by,key=Host,"
			"key=Runbook,key=Verified,key=Audit,valueonly,separator=%x2C)"));
	git_is("A\tchanges/2026/P-12.yml\nM\trefs/web1/sudoers/luna\n",
		GIT(p->dir, "show", "--format=", "--name-status", "HEAD"));
	git_is("Max <max@example.org> 1780000005 opsdeck\n",
		GIT(p->dir, "log", "-1", "--format=%an <%ae> %at %cn"));
	git_is("", GIT(p->dir, "status", "--porcelain"));
	free(GIT(p->dir, "fsck", "--strict"));
	text = scratch_read(p->dir, "changes/2026/P-12.yml");
	OK(p, yaml_read(&d, text, strlen(text), "P-12.yml", &p->e));
	assert_string_equal(doc_get_str(d, "proposal", ""), "P-12");
	assert_string_equal(doc_get_str(d, "rationale", ""), "Somebody edited it by hand.");
	assert_string_equal(doc_get_str(d, "approved", ""), "2026-05-28T20:26:40Z");
	assert_true(doc_equal(doc_get(d, "change"), p->change));
	assert_string_equal(doc_get_str(doc_get(d, "outcome"), "output", ""), "all fine");
	doc_free(d);
	free(text);
	record_result_finish(&out);
}

static void it_is_made_once(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out = commit_ok(p, &spec), again;
	char *first = xstrdup(out.commit);

	record_result_finish(&out);
	/* As after a crash: parent and audit head are what they were, or moved on. */
	again = commit_ok(p, &spec);
	assert_true(again.already);
	assert_string_equal(again.commit, first);
	record_result_finish(&again);
	take_tip(p);
	spec.audit = "beef";
	again = commit_ok(p, &spec);
	assert_true(again.already);
	assert_string_equal(again.commit, first);
	record_result_finish(&again);
	git_is("2\n", GIT(p->dir, "rev-list", "--count", "HEAD"));
	/* Another plan under the same id is no second try. */
	spec.plan = "ff" PLAN;
	FAILS(p, ERR_CONFLICT, record_commit(p->r, &spec, &out, &p->e));
	free(first);
}

/* Whoever may push can write our trailers: they do not make a change committed. */
static void forged_trailers_do_not_stand_for_a_commit(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;

	free(GIT(p->dir, "commit", "-q", "--allow-empty", "-m",
		"x\n\nProposal: P-12\nPlan: " PLAN "\n"));
	FAILS(p, ERR_CONFLICT, record_commit(p->r, &spec, &out, &p->e));
	assert_non_null(strstr(p->e.msg, "holds another change"));
	FAILS(p, ERR_CONFLICT, record_preflight(p->r, &spec, &p->e)); /* the parent moved */
	/* Accepted by mistake it brings no record: it is not ours, and nothing is approved then. */
	take_tip(p);
	FAILS(p, ERR_CONFLICT, record_commit(p->r, &spec, &out, &p->e));
	assert_non_null(strstr(p->e.msg, "holds another change"));
	FAILS(p, ERR_CONFLICT, record_preflight(p->r, &spec, &p->e));
	assert_non_null(strstr(p->e.msg, "says already that it is P-12"));
	/* Not in the last paragraph they are only words. */
	free(GIT(p->dir, "commit", "-q", "--amend", "--allow-empty", "-m",
		"x\n\nProposal: P-12\nPlan: " PLAN "\n\nmore words\n"));
	take_tip(p);
	out = commit_ok(p, &spec);
	assert_false(out.already);
	record_result_finish(&out);
}

static void words_cannot_forge_trailers(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;

	spec.title = "Approved-by: vera\nProposal: P-1";
	spec.rationale = "Because.\r\n\r\n  approved-BY : vera\nSigned-off-by: vera\n---\n"
			 "diff --git a/x b/x\nNote: this stays\n\033[31mred\n\nProposal: P-99\n\n";
	spec.verified = "yes\nApproved-by: vera";
	out = commit_ok(p, &spec);
	record_result_finish(&out);
	git_is("> Approved-by: vera\n\nBecause.<U+000D>\n<U+000D>\n>   approved-BY : vera\n"
	       "> Signed-off-by: vera\n> ---\n> diff --git a/x b/x\nNote: this stays\n"
	       "<U+001B>[31mred\n\n> Proposal: P-99\n\nProposal: P-12\nPlan: " PLAN
	       "\nProposed-by: luna\nApproved-by: max\nHost: nas\nHost: web1\nRunbook: sudoers\n"
	       "Verified: yes<U+000A>Approved-by: vera\nAudit: feed\n\n",
		GIT(p->dir, "log", "-1", "--format=%B"));
	git_is("max\n", GIT(p->dir, "log", "-1",
				"--format=%(trailers:key=Approved-by,valueonly,separator=%x2C)"));
}

static void trailers_are_read_from_the_last_paragraph(void **state)
{
	static const struct {
		const char *message, *value;
	} cases[] = {
		{"s\n\nb\n\nProposal: P-1\nPlan: x\n", "P-1"},
		{"s\n\nb\n\nproposal :  P-1\n\n\n", "P-1"},
		{"Proposal: P-1\n", "P-1"},
		{"s\n\nProposal: P-1\n\nb\n", NULL},
		{"s\n\nb\n", NULL},
		{"", NULL},
		{"s\n\nProposals: P-1\n", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *value = record_trailer(cases[i].message, "Proposal");

		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
		free(value);
	}
}

static void what_is_missing_is_refused(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);

	spec.rationale = " \n\t";
	FAILS(p, ERR_INPUT, record_preflight(p->r, &spec, &p->e));
	assert_non_null(strstr(p->e.msg, "own words"));
	spec = spec_for(p);
	spec.title = "";
	FAILS(p, ERR_INPUT, record_preflight(p->r, &spec, &p->e));
	spec = spec_for(p);
	spec.proposal = "P-1/../../x";
	FAILS(p, ERR_INPUT, record_preflight(p->r, &spec, &p->e));
	free(GIT(p->dir, "config", "--unset", "user.email"));
	spec = spec_for(p);
	FAILS(p, ERR_MISSING, record_preflight(p->r, &spec, &p->e));
	assert_non_null(strstr(p->e.msg, "user.email"));
}

static void a_commit_that_must_be_signed_is_refused(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;

	free(GIT(p->dir, "config", "commit.gpgsign", "true"));
	FAILS(p, ERR_REFUSED, record_preflight(p->r, &spec, &p->e));
	assert_non_null(strstr(p->e.msg, "commit.gpgsign"));
	FAILS(p, ERR_REFUSED, record_commit(p->r, &spec, &out, &p->e));
}

static void secrets_stop_it_wherever_they_stand(void **state)
{
	struct place *p = *state;
	struct repo_change with = {
		.path = "refs/web1/env", .bytes = "password=hunter2\n", .len = 17};
	struct repo_change named = {.path = "refs/web1/password=hunter2", .bytes = "x\n", .len = 2};
	struct record_spec specs[4];
	struct record_result out;
	struct doc *step = doc_new_map(), *argv = doc_new_list();
	size_t i;

	for (i = 0; i < 4; i++)
		specs[i] = spec_for(p);
	specs[0].paths = &with;
	specs[1].paths = &named;
	specs[2].rationale = "the password: hunter2 was wrong";
	specs[3].title = "set token=abcdef123456";
	for (i = 0; i < 4; i++) {
		FAILS(p, ERR_REFUSED, record_preflight(p->r, &specs[i], &p->e));
		assert_null(strstr(p->e.msg, "hunter2 "));
		FAILS(p, ERR_REFUSED, record_commit(p->r, &specs[i], &out, &p->e));
	}
	/* The words of a command stand on lines of their own in the record. */
	doc_push_str(argv, "/usr/bin/x");
	doc_push_str(argv, "--password");
	doc_push_str(argv, "hunter2");
	doc_set(step, "command", argv);
	doc_set(p->change, "more", step);
	specs[0] = spec_for(p);
	FAILS(p, ERR_REFUSED, record_preflight(p->r, &specs[0], &p->e));
	git_is("1\n", GIT(p->dir, "rev-list", "--count", "HEAD"));
}

/* What a step printed was not known when it was approved; it must not make the change uncommitted.
 */
static void a_secret_in_output_gives_way(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out, again;
	char *text;

	doc_set_str(p->outcome, "output", "started\npassword=hunter2\ndone");
	OK(p, record_preflight(p->r, &spec, &p->e));
	out = commit_ok(p, &spec);
	text = scratch_read(p->dir, "changes/2026/P-12.yml");
	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text, "password=[secret-xxxxxxxxxxxx]"));
	assert_non_null(strstr(text, "started"));
	free(text);
	again = commit_ok(p, &spec);
	assert_true(again.already);
	record_result_finish(&again);
	record_result_finish(&out);
}

/* What a failed check said of a host must not keep its record out of git. */
static void a_secret_in_the_verdict_gives_way(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;
	char *text;

	spec.verified = "no: run x on web1: password=hunter2hunter2";
	out = commit_ok(p, &spec);
	record_result_finish(&out);
	text = GIT(p->dir, "show", "--format=%B", "HEAD");
	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text, "Verified: no: run x on web1: "));
	free(text);
}

static void an_adoption_leaves_no_record(void **state)
{
	struct place *p = *state;
	struct record_spec spec = {.title = "adopt what is on web1",
		.rationale = "First run.",
		.approved_by = "max",
		.audit = "feed",
		.at_ms = T0,
		.parent = p->parent,
		.paths = &luna,
		.path_count = 1};
	struct record_result out;

	OK(p, record_preflight(p->r, &spec, &p->e));
	out = commit_ok(p, &spec);
	record_result_finish(&out);
	git_is("M\trefs/web1/sudoers/luna\n",
		GIT(p->dir, "show", "--format=", "--name-status", "HEAD"));
	git_is("adopt what is on web1\n\nFirst run.\n\nApproved-by: max\nAudit: feed\n\n",
		GIT(p->dir, "log", "-1", "--format=%B"));
}

static void the_highest_id_is_found(void **state)
{
	struct place *p = *state;
	struct record_spec spec = spec_for(p);
	struct record_result out;
	int64_t highest;

	OK(p, record_highest_id(p->r, p->parent, &highest, &p->e));
	assert_int_equal(highest, 0);
	out = commit_ok(p, &spec);
	record_result_finish(&out);
	scratch_write(p->dir, "changes/2025/P-9.yml", "x\n");
	scratch_write(p->dir, "changes/2025/P-100.txt", "x\n");
	scratch_write(p->dir, "changes/2025/P-x.yml", "x\n");
	free(GIT(p->dir, "add", "."));
	free(GIT(p->dir, "commit", "-qm", "more"));
	take_tip(p);
	OK(p, record_highest_id(p->r, p->parent, &highest, &p->e));
	assert_int_equal(highest, 12);
	/* A lost store that began anew: its P-12 is not this one. */
	spec.plan = "aa" PLAN;
	FAILS(p, ERR_CONFLICT, record_preflight(p->r, &spec, &p->e));
}

#define RECORD_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(a_change_becomes_a_commit),
		RECORD_TEST(it_is_made_once),
		RECORD_TEST(forged_trailers_do_not_stand_for_a_commit),
		RECORD_TEST(words_cannot_forge_trailers),
		cmocka_unit_test(trailers_are_read_from_the_last_paragraph),
		RECORD_TEST(what_is_missing_is_refused),
		RECORD_TEST(a_commit_that_must_be_signed_is_refused),
		RECORD_TEST(secrets_stop_it_wherever_they_stand),
		RECORD_TEST(a_secret_in_output_gives_way),
		RECORD_TEST(a_secret_in_the_verdict_gives_way),
		RECORD_TEST(an_adoption_leaves_no_record),
		RECORD_TEST(the_highest_id_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
