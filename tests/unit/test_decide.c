/* Policy, what the code itself demands, the boundary, and the canonical view. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/fleet.h"
#include "codec/policy.h"
#include "codec/proposal.h"
#include "codec/sudoers.h"
#include "codec/view.h"
#include "flow/decide.h"

static const char fleet_text[] =
	"estate: test\n"
	"identities: {look: look, apply: apply}\n"
	"groups: {web: [web1]}\n"
	"hosts:\n"
	"  web1: {address: 192.0.2.1, tags: [linux],\n"
	"         managed: [{path: /etc/motd, owner: root, group: root, mode: \"0644\"},\n"
	"                   {path: /etc/sudoers.d/luna, owner: root, group: root, mode: "
	"\"0440\"}],\n"
	"         services: [{unit: nginx.service, may: [restart]}]}\n"
	"  here: {transport: local, sandbox: /tmp/sandbox}\n";

struct world {
	struct fleet *fleet;
	struct policy *policy;
	struct proposal p;
	struct decide_sudoers sudoers;
	struct verdict v;
};

static void load(struct world *w, const char *policy, const char *proposal)
{
	struct err e = {0};

	*w = (struct world){0};
	if (fleet_read(&w->fleet, fleet_text, strlen(fleet_text), "fleet.yml", &e) ||
		policy_read(&w->policy, policy, strlen(policy), "policy.yml", w->fleet, &e) ||
		proposal_read(&w->p, proposal, strlen(proposal), "p.yml", &e))
		fail_msg("%s", e.msg);
}

static void unload(struct world *w)
{
	verdict_finish(&w->v);
	strs_finish(&w->sudoers.names);
	strs_finish(&w->sudoers.texts);
	proposal_finish(&w->p);
	policy_free(w->policy);
	fleet_free(w->fleet);
}

static void judge(struct world *w)
{
	struct decide_input in = {.p = &w->p,
		.fleet = w->fleet,
		.policy = w->policy,
		.sudoers = &w->sudoers,
		.sudoers_count = w->sudoers.host ? 1 : 0};

	decide_verdict(&w->v, &in);
}

/* The reference of a host that has exactly the lines opsdeck prints for it. */
static void give_lines(struct world *w, const char *host)
{
	struct strs lines = {0};
	struct catalogue none = {0};
	struct err e = {0};

	if (sudo_lines_for_host(&lines, w->fleet, &none, fleet_host(w->fleet, host), &e))
		fail_msg("%s", e.msg);
	w->sudoers.host = host;
	strs_add(&w->sudoers.names, "etc/sudoers.d/zz-opsdeck");
	strs_take(&w->sudoers.texts, strs_join(&lines, "\n"));
	strs_finish(&lines);
}

#define FILE_STEP(path, mode)                                                                      \
	"  - {file: " path                                                                         \
	", host: web1, content: \"x\\n\", owner: root, group: root, mode: \"" mode "\"}\n"
#define SANDBOX_STEP                                                                               \
	"  - {file: /tmp/sandbox/f, host: here, content: \"x\\n\", owner: root, group: root, "     \
	"mode: "                                                                                   \
	"\"0644\"}\n"
#define HEAD "title: t\nrationale: r\nsteps:\n"
#define APPROVE_ALL "rules:\n  - {name: all, action: approve}\n"

static void actions(void **state)
{
	static const struct {
		const char *name, *policy, *proposal;
		bool lines; /* web1 has the sudoers lines, in git */
		enum action action;
	} rows[] = {
		{"no policy is typed", "", HEAD FILE_STEP("/etc/motd", "0644"), true, ACTION_TYPED},
		{"a verify command runs nothing else", APPROVE_ALL,
			HEAD FILE_STEP("/etc/motd",
				"0644") "verify: [{command: [/bin/sh, -c, x], host: web1}]\n",
			true, ACTION_FORBID},
		{"a verify command destroys nothing", APPROVE_ALL,
			HEAD FILE_STEP("/etc/motd", "0644") "verify: [{command: [/usr/bin/rm, "
							    "/etc/motd], host: web1}]\n",
			true, ACTION_FORBID},
		{"a verify command that looks", APPROVE_ALL,
			HEAD FILE_STEP("/etc/motd",
				"0644") "verify: [{command: [/usr/sbin/nginx, -t], host: web1}]\n",
			true, ACTION_APPROVE},
		{"a wrapper hides what it runs", APPROVE_ALL,
			HEAD "  - {command: [/usr/bin/flock, /x, /bin/rm, /y], host: web1}\n", true,
			ACTION_FORBID},
		{"a rule decides", APPROVE_ALL, HEAD FILE_STEP("/etc/motd", "0644"), true,
			ACTION_APPROVE},
		{"the first rule that matches decides",
			"rules:\n  - {name: motd, paths: [/etc/motd], action: forbid}\n"
			"  - {name: all, action: approve}\n",
			HEAD FILE_STEP("/etc/motd", "0644"), true, ACTION_FORBID},
		{"a glob does not cross a slash",
			"rules:\n  - {name: etc, paths: [/etc/*], action: approve}\n",
			HEAD FILE_STEP("/etc/sudoers.d/luna", "0440"), true, ACTION_TYPED},
		{"groups are looked up",
			"rules:\n  - {name: web, groups: [web], action: approve}\n",
			HEAD FILE_STEP("/etc/motd", "0644"), true, ACTION_APPROVE},
		{"another host's rule is not ours",
			"rules:\n  - {name: here, hosts: [here], action: approve}\n",
			HEAD FILE_STEP("/etc/motd", "0644"), true, ACTION_TYPED},
		{"the strictest step counts",
			"rules:\n  - {name: here, hosts: [here], action: approve}\n"
			"  - {name: rest, action: two-person}\n",
			HEAD SANDBOX_STEP FILE_STEP("/etc/motd", "0644"), true, ACTION_TWO_PERSON},
		{"sudoers is typed whatever policy says", APPROVE_ALL,
			HEAD FILE_STEP("/etc/sudoers.d/luna", "0440"), true, ACTION_TYPED},
		{"so is policy.yml", APPROVE_ALL,
			HEAD "  - {reference: policy.yml, content: \"\"}\n", true, ACTION_TYPED},
		{"and a check", APPROVE_ALL,
			HEAD "  - {reference: checks/x/check.yml, content: \"\"}\n", true,
			ACTION_TYPED},
		{"and a sudoers reference", APPROVE_ALL,
			HEAD "  - {reference: refs/web1/sudoers/etc/sudoers, content: \"\"}\n",
			true, ACTION_TYPED},
		{"another reference is not", APPROVE_ALL,
			HEAD "  - {reference: refs/web1/ports, content: \"\"}\n", true,
			ACTION_APPROVE},
		{"no sudoers reference in git: typed", APPROVE_ALL,
			HEAD FILE_STEP("/etc/motd", "0644"), false, ACTION_TYPED},
		{"a sandbox needs none", APPROVE_ALL, HEAD SANDBOX_STEP, false, ACTION_APPROVE},
		{"a command that no line covers", APPROVE_ALL,
			HEAD "  - {command: [/usr/bin/true], host: web1}\n", true, ACTION_FORBID},
		{"a service that a line covers", APPROVE_ALL,
			HEAD "  - {service: nginx.service, do: restart, host: web1}\n", true,
			ACTION_APPROVE},
		{"destructive without a runbook", APPROVE_ALL,
			HEAD "  - {command: [/usr/bin/rm, -rf, /srv], host: here}\n", false,
			ACTION_FORBID},
		{"destructive with one", APPROVE_ALL,
			"runbook: x\n" HEAD "  - {command: [/usr/bin/rm, -rf, /srv], host: here}\n",
			false, ACTION_TYPED},
		{"a verb behind options", APPROVE_ALL,
			HEAD "  - {command: [/usr/bin/systemctl, --no-block, stop, nginx], host: "
			     "here}\n",
			false, ACTION_FORBID},
		{"a shell line in disguise", APPROVE_ALL,
			HEAD "  - {command: [/bin/bash, -c, reboot], host: here}\n", false,
			ACTION_FORBID},
		{"an interpreter with a version", APPROVE_ALL,
			HEAD "  - {command: [/usr/bin/python3.11, x.py], host: here}\n", false,
			ACTION_FORBID},
		{"a freeze", "freeze: true\n" APPROVE_ALL, HEAD SANDBOX_STEP, false, ACTION_FORBID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w;

		load(&w, rows[i].policy, rows[i].proposal);
		if (rows[i].lines)
			give_lines(&w, "web1");
		judge(&w);
		if (w.v.action != rows[i].action)
			fail_msg(
				"%s: %s (%s)", rows[i].name, action_name(w.v.action), w.v.boundary);
		unload(&w);
	}
}

static void boundary(void **state)
{
	struct world w;

	(void)state;
	load(&w, "", HEAD FILE_STEP("/etc/motd", "0644"));
	give_lines(&w, "web1");
	judge(&w);
	assert_true(w.v.boundary_ok);
	assert_non_null(strstr(w.v.boundary, "10 exact lines"));
	verdict_finish(&w.v);

	/* One line less, and it says which command is not covered. */
	*strstr(w.sudoers.texts.v[0], "/usr/bin/ln") = '#';
	judge(&w);
	assert_false(w.v.boundary_ok);
	assert_int_equal(w.v.action, ACTION_FORBID);
	assert_non_null(strstr(w.v.boundary, "/usr/bin/ln -T /etc/motd"));
	verdict_finish(&w.v);

	/* A line that lets everything through is covered, and named for what it is. */
	strs_add(&w.sudoers.names, "etc/sudoers.d/zzz");
	strs_add(&w.sudoers.texts, "apply ALL=(ALL) NOPASSWD: ALL\nlook ALL=(ALL) NOPASSWD: ALL\n");
	judge(&w);
	assert_false(w.v.boundary_ok);
	assert_non_null(strstr(w.v.boundary, "AS GOOD AS ROOT"));
	unload(&w);
}

static void confirming(void **state)
{
	struct verdict v = {.action = ACTION_TYPED, .rule = (char *)"r", .confirm = (char *)"web1"};
	struct err e = {0};

	(void)state;
	assert_int_equal(decide_confirm(&v, "web1", &e), 0);
	assert_int_equal(decide_confirm(&v, "web2", &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(decide_confirm(&v, NULL, &e), -1);
	assert_int_equal(decide_confirm(&v, "web1 ", &e), -1);
	v = (struct verdict){.action = ACTION_FORBID, .rule = (char *)"r"};
	assert_int_equal(decide_confirm(&v, "web1", &e), -1);
	v = (struct verdict){.action = ACTION_APPROVE, .rule = (char *)"r"};
	assert_int_equal(decide_confirm(&v, NULL, &e), 0);
}

/* ---- the view ---- */

static void show(struct view *view, struct world *w, struct target *target)
{
	struct strs refs = {0};

	strs_add(&refs, "");
	judge(w);
	decide_view(view, &(struct decide_view){.p = &w->p,
				  .plan = "0123",
				  .proposer = "luna",
				  .verdict = &w->v,
				  .targets = target,
				  .references = &refs,
				  .fleet_size = 2});
	strs_finish(&refs);
}

static const struct view_line *line_of(const struct view *v, enum view_kind kind, const char *text)
{
	for (size_t i = 0; i < v->line_count; i++)
		if (v->lines[i].kind == kind && strstr(v->lines[i].text, text))
			return &v->lines[i];
	return NULL;
}

static void view_shows_all_of_it(void **state)
{
	struct world w;
	struct view view = {0};
	struct target t = {.kind = TARGET_FILE,
		.host = (char *)"web1",
		.path = (char *)"/etc/motd",
		.mode = 0600,
		.content = (char *)"keep\ngone \t\n",
		.content_len = 12};

	(void)state;
	load(&w, "",
		"title: \"t\\u202e\"\nrationale: \"why\\n(end of change)\"\nsteps:\n"
		"  - {file: /etc/motd, host: web1, content: \"keep\\n\\u202enew\\n\", owner: root, "
		"group: "
		"root, mode: \"0644\"}\n");
	show(&view, &w, &t);
	assert_non_null(line_of(&view, VIEW_SAME, "keep"));
	assert_non_null(line_of(&view, VIEW_REMOVED, "gone·→"));
	assert_non_null(line_of(&view, VIEW_ADDED, "<U+202E>new"));
	assert_non_null(line_of(&view, VIEW_NOTE, "mode 0600 becomes 0644"));
	assert_non_null(line_of(&view, VIEW_TITLE, "t<U+202E>"));
	/* Prose cannot imitate the end: its kind is another. */
	assert_non_null(line_of(&view, VIEW_TEXT, "(end of change)"));
	assert_int_equal(view.lines[view.line_count - 1].kind, VIEW_END);
	for (size_t i = 0; i + 1 < view.line_count; i++)
		assert_int_not_equal(view.lines[i].kind, VIEW_END);
	view_finish(&view);
	unload(&w);
}

static void view_keeps_secrets(void **state)
{
	struct world w;
	struct view view = {0};
	struct target t = {
		.kind = TARGET_FILE, .host = (char *)"web1", .path = (char *)"/etc/motd"};

	(void)state;
	load(&w, "",
		HEAD "  - {file: /etc/motd, host: web1, content: \"hunter2\\n\", owner: root, "
		     "group: root, "
		     "mode: \"0644\", secret: true}\n");
	show(&view, &w, &t);
	assert_non_null(line_of(&view, VIEW_NOTE, "secret, sha256 "));
	for (size_t i = 0; i < view.line_count; i++)
		assert_null(strstr(view.lines[i].text, "hunter2"));
	view_finish(&view);
	unload(&w);
}

/* Text that holds a NUL is shown like any other: a shell runs such a script too. */
static void view_shows_what_holds_a_nul(void **state)
{
	struct world w;
	struct view view = {0};
	struct target t = {.kind = TARGET_FILE,
		.host = (char *)"web1",
		.path = (char *)"/etc/motd",
		.mode = 0644,
		.content = (char *)"old\0er\n",
		.content_len = 7};

	(void)state;
	load(&w, "",
		"{\"title\":\"t\",\"rationale\":\"r\",\"steps\":[{\"file\":\"/etc/motd\","
		"\"host\":\"web1\",\"content\":\"#!/bin/sh\\n\\u0000\\nevil\\n\"}]}");
	show(&view, &w, &t);
	assert_non_null(line_of(&view, VIEW_REMOVED, "old<U+0000>er"));
	assert_non_null(line_of(&view, VIEW_ADDED, "<U+0000>"));
	assert_non_null(line_of(&view, VIEW_ADDED, "evil"));
	assert_null(line_of(&view, VIEW_NOTE, "binary"));
	view_finish(&view);
	unload(&w);
}

static void hash_binds_kind_and_text(void **state)
{
	struct view a = {0}, b = {0};
	char one[SHA256_HEX], two[SHA256_HEX];

	(void)state;
	view_add(&a, VIEW_TEXT, "(end of change)");
	view_add(&b, VIEW_END, "(end of change)");
	view_hash(one, &a);
	view_hash(two, &b);
	assert_string_not_equal(one, two);
	view_finish(&a);
	view_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions),
		cmocka_unit_test(boundary),
		cmocka_unit_test(confirming),
		cmocka_unit_test(view_shows_all_of_it),
		cmocka_unit_test(view_keeps_secrets),
		cmocka_unit_test(view_shows_what_holds_a_nul),
		cmocka_unit_test(hash_binds_kind_and_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
