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
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/plan.h"
#include "codec/proposal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char whole[] =
	"title: put web1 back\nrationale: |\n  drift\n  since noon\nrunbook: sudoers\nexpires: "
	"30m\n"
	"steps:\n"
	"  - {file: /etc/sudoers.d/luna, host: web1, content: \"a\\n\", mode: \"0440\"}\n"
	"  - {file: /etc/key, host: nas, content_base64: AAEC, owner: max, group: adm, secret: "
	"true}\n"
	"  - {file: /etc/z, host: web1, from_reference: refs/web1/x/etc/z}\n"
	"  - {reference: refs/web1/ports, content: x}\n"
	"  - {reference: refs/web1/old, remove: true}\n"
	"  - {command: [/usr/bin/true, -y], hosts: [web1, nas], timeout: 5s, expect: 3}\n"
	"  - {service: nginx.service, do: restart, host: web1}\n"
	"verify:\n"
	"  - {check: sudoers, host: web1}\n"
	"  - {command: [/usr/sbin/nginx, -t], host: pve1}\n"
	"rollback:\n"
	"  - {command: [/usr/bin/false], host: web1}\n";

static void read_ok(struct proposal *p, const char *text)
{
	struct err e = {0};

	if (proposal_read(p, text, strlen(text), "p.yml", &e))
		fail_msg("%s", e.msg);
}

static void reads_a_whole_proposal(void **state)
{
	struct proposal p;

	(void)state;
	read_ok(&p, whole);
	assert_string_equal(p.title, "put web1 back");
	assert_string_equal(p.rationale, "drift\nsince noon\n");
	assert_string_equal(p.runbook, "sudoers");
	assert_int_equal(p.expires_in_ms, 1800000);
	assert_int_equal(p.hosts.n, 3);
	assert_string_equal(p.hosts.v[0], "nas");
	assert_string_equal(p.hosts.v[2], "web1");
	assert_int_equal(p.step_count, 8);
	assert_int_equal(p.steps[0].kind, STEP_FILE);
	assert_string_equal(p.steps[0].content, "a\n");
	assert_string_equal(p.steps[0].owner, "root");
	assert_int_equal(p.steps[0].mode, 0440);
	assert_int_equal(p.steps[1].content_len, 3);
	assert_memory_equal(p.steps[1].content, "\0\1\2", 3);
	assert_true(p.steps[1].secret);
	assert_string_equal(p.steps[2].from_reference, "refs/web1/x/etc/z");
	assert_null(p.steps[2].content);
	assert_null(p.steps[3].host);
	assert_true(p.steps[4].remove);
	assert_string_equal(p.steps[5].host, "web1");
	assert_string_equal(p.steps[6].host, "nas");
	assert_string_equal(p.steps[6].argv.v[1], "-y");
	assert_int_equal(p.steps[6].expect_exit, 3);
	assert_int_equal(p.steps[6].timeout_ms, 5000);
	assert_string_equal(p.steps[7].argv.v[1], "restart");
	assert_int_equal(p.verify_count, 2);
	assert_int_equal(p.verify[1].kind, VERIFY_COMMAND);
	assert_int_equal(p.rollback_count, 1);
	proposal_finish(&p);
}

static void json_is_taken_too(void **state)
{
	static const char text[] = " {\"title\":\"t \\ud83d\\ude00\",\"rationale\":\"r\",\"steps\":"
				   "[{\"reference\":\"refs/a\",\"content\":\"\\u0000\"}]}";
	struct proposal p;

	(void)state;
	read_ok(&p, text);
	assert_string_equal(p.title, "t \xF0\x9F\x98\x80");
	assert_int_equal(p.steps[0].content_len, 1);
	proposal_finish(&p);
}

#define HEAD "title: t\nrationale: r\n"
#define STEP(fields) HEAD "steps:\n  - {" fields "}\n"
#define FILE_STEP(fields) STEP("file: /etc/x, host: a, " fields)

static void names_every_mistake(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"x", "p:1:1: the proposal must be a map"},
		{"rationale: x\n", "p:1:1: the proposal has no title"},
		{"title: x\n", "p:1:1: the proposal has no rationale"},
		{"title: \"a\\nb\"\nrationale: r\n",
			"p:1:8: title in the proposal holds a line break"},
		{"title: \"a\\x1bb\"\nrationale: r\n",
			"p:1:8: title in the proposal holds a line break or control"},
		{"title: t\nrationale: \"\\x07\"\n",
			"p:2:12: rationale in the proposal holds a control"},
		{HEAD, "p:1:1: the proposal has no steps"},
		{HEAD "steps: []\n", "p:3:8: the proposal has no steps"},
		{HEAD "identity: root\n", "p:3:1: unknown key \"identity\" in the proposal"},
		{HEAD "state: approved\n", "p:3:1: unknown key \"state\" in the proposal"},
		{HEAD "runbook: ../x\n", "p:3:10: runbook in the proposal must be"},
		{HEAD "expires: 1s\n", "p:3:10: expires in the proposal must be a time from 60s"},
		{STEP("host: a"), "p:4:5: step 1 must have exactly one of file, reference"},
		{STEP("file: /x, command: [/y], host: a"),
			"p:4:5: step 1 must have exactly one of file"},
		{FILE_STEP("contents: x"),
			"p:4:29: unknown key \"contents\" in step 1: did you mean \"content\"?"},
		{FILE_STEP("mode: \"0644\""),
			"p:4:5: step 1 must have exactly one of content, content_base64"},
		{FILE_STEP("content: a, content_base64: YQ=="),
			"p:4:5: step 1 must have exactly one of"},
		{FILE_STEP("content: 12"),
			"p:4:38: content in step 1 must be text, not a number: quote it"},
		{FILE_STEP("content_base64: \"a b\""),
			"p:4:45: content_base64 in step 1 is no base64"},
		{FILE_STEP("content_sha256: aa"),
			"p:4:29: unknown key \"content_sha256\" in step 1"},
		{FILE_STEP("from_reference: policy.yml"),
			"p:4:45: from_reference in step 1 must lie below refs/"},
		{FILE_STEP("from_reference: refs/../x"),
			"p:4:45: from_reference in step 1 must be"},
		{FILE_STEP("content: a, mode: 644"),
			"p:4:47: mode in step 1 must be permission bits"},
		{FILE_STEP("content: a, mode: \"4755\""),
			"p:4:47: mode in step 1 must be permission bits"},
		{FILE_STEP("content: a, remove: true"), "p:4:41: unknown key \"remove\" in step 1"},
		{STEP("file: etc/x, host: a, content: b"),
			"p:4:12: file in step 1 must be a clean absolute"},
		{STEP("file: /etc/../x, host: a, content: b"), "p:4:12: file in step 1 must be"},
		{STEP("file: \"/etc/\\u202ex\", host: a, content: b"),
			"p:4:12: file in step 1 must be"},
		{STEP("file: /x, content: b"), "p:4:5: step 1 has no host"},
		{STEP("file: /x, hosts: [], content: b"),
			"p:4:23: hosts in step 1 is an empty list"},
		{STEP("file: /x, hosts: [a, a], content: b"),
			"p:4:27: \"a\" stands twice in hosts of step 1"},
		{STEP("file: /x, host: a, hosts: [b], content: b"),
			"p:4:32: step 1 has both host and hosts"},
		{STEP("file: /x, host: \"a b\", content: b"),
			"p:4:22: host in step 1 must be the name of a host"},
		{STEP("reference: refs/a, host: b, content: x"),
			"p:4:25: unknown key \"host\" in step 1"},
		{STEP("reference: /refs/a, content: x"), "p:4:17: reference in step 1 must be"},
		{STEP("reference: refs/../../a, content: x"),
			"p:4:17: reference in step 1 must be"},
		{STEP("reference: .git/config, content: x"), "p:4:17: reference in step 1 must be"},
		{STEP("reference: refs/.GIT/x, content: x"), "p:4:17: reference in step 1 must be"},
		{STEP("reference: .gitattributes, content: x"),
			"p:4:17: reference in step 1 must be"},
		{STEP("reference: changes/2026/P-1.yml, content: x"),
			"p:4:17: reference in step 1 must be"},
		{STEP("reference: refs/a, remove: false"),
			"p:4:33: remove in step 1 can only be true"},
		{STEP("reference: refs/a"), "p:4:5: step 1 must have exactly one of content"},
		{STEP("command: \"rm -rf /\", host: a"),
			"p:4:15: command in step 1 must be a list"},
		{STEP("command: [rm], host: a"),
			"p:4:16: the first word of command in step 1 must be an absolute"},
		{STEP("command: [/bin/x, \"a\\0b\"], host: a"),
			"p:4:24: command in step 1 holds a line break or"},
		{STEP("command: [/bin/x], host: a, expect: 256"),
			"p:4:42: expect in step 1 must be a whole number"},
		{STEP("command: [/bin/x], host: a, timeout: 2h"),
			"p:4:43: timeout in step 1 must be a time"},
		{STEP("command: [/bin/x], host: a, identity: root"),
			"p:4:34: unknown key \"identity\""},
		{STEP("service: nginx, do: restart, host: a"),
			"p:4:15: service in step 1 must be a systemd unit"},
		{STEP("service: a.service, do: stop, host: a"),
			"p:4:30: do in step 1 must be one of restart"},
		{STEP("service: a.service, host: a"), "p:4:5: step 1 has no do"},
		{STEP("reference: a, content: x}\n  - {reference: a, content: y"),
			"p:4:3: a is changed by two steps"},
		{STEP("reference: a, content: x") "verify: [{host: a}]\n",
			"p:5:10: verify 1 must have one of"},
		{STEP("reference: a, content: x") "verify: [{check: a, command: [/b], host: a}]\n",
			"p:5:10: verify 1 must have one of"},
	};
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct proposal p;
		struct err e = {0};
		const char *text = cases[i].text, *want = cases[i].message;

		if (!proposal_read(&p, text, strlen(text), "p", &e))
			fail_msg("taken: %s", text);
		assert_null(p.steps);
		assert_int_equal(e.code, ERR_INPUT);
		if (strncmp(e.msg, want, strlen(want)))
			print_error("%s\ngave: %s\nwant: %s\n", text, e.msg, want), bad++;
	}
	assert_int_equal(bad, 0);
}

static void steps_and_contents_are_bounded(void **state)
{
	static const struct {
		size_t hosts, content;
		int rc;
	} cases[] = {{64, 1, 0}, {65, 1, -1}, {1, PROPOSAL_CONTENT_MAX, 0},
		{1, PROPOSAL_CONTENT_MAX + 1, -1}, {2, PROPOSAL_CONTENT_MAX / 2, 0},
		{3, PROPOSAL_CONTENT_MAX / 2, -1}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = {0};
		struct proposal p;
		struct err e = {0};

		buf_adds(&b, HEAD "steps:\n  - {file: /x, hosts: [h0");
		for (size_t h = 1; h < cases[i].hosts; h++)
			buf_addf(&b, ", h%zu", h);
		buf_adds(&b, "], content: \"");
		for (size_t c = 0; c < cases[i].content; c++)
			buf_addc(&b, 'x');
		buf_adds(&b, "\"}\n");
		assert_int_equal(proposal_read(&p, b.data, b.len, "p", &e), cases[i].rc);
		proposal_finish(&p);
		buf_finish(&b);
	}
}

static void goes_to_a_doc_and_back(void **state)
{
	struct proposal p, q;
	struct doc *d, *again;
	struct err e = {0};

	(void)state;
	read_ok(&p, whole);
	d = proposal_to_doc(&p, false);
	if (proposal_from_doc(&q, d, "doc", false, &e))
		fail_msg("%s", e.msg);
	again = proposal_to_doc(&q, false);
	assert_true(doc_equal(d, again));
	doc_free(d);
	doc_free(again);
	proposal_finish(&p);
	proposal_finish(&q);
}

static void hidden_secrets_leave_their_hash(void **state)
{
	struct proposal p, q;
	struct doc *d;
	struct err e = {0};
	struct buf b = {0};

	(void)state;
	read_ok(&p, whole);
	d = proposal_to_doc(&p, true);
	json_write(&b, d);
	assert_null(strstr(buf_str(&b), "AAEC"));
	/* sha256 of the bytes 00 01 02 */
	assert_non_null(
		strstr(buf_str(&b), "\"content_sha256\":\"ae4b3280e56e2faf83f414a6e3dabe9d"));
	assert_int_equal(proposal_from_doc(&q, d, "doc", false, &e), -1);
	if (proposal_from_doc(&q, d, "doc", true, &e))
		fail_msg("%s", e.msg);
	assert_null(q.steps[1].content);
	assert_int_equal(q.steps[1].content_len, 3);
	assert_int_equal(strlen(q.steps[1].content_hash), 64);
	assert_string_equal(q.steps[0].content, "a\n");
	buf_finish(&b);
	doc_free(d);
	proposal_finish(&p);
	proposal_finish(&q);
}

static struct fleet *small_fleet(void)
{
	struct fleet *f = xcalloc(1, sizeof *f);
	struct host *h = ARR_ADD(f->hosts, f->host_count, f->host_cap);
	struct managed *m = ARR_ADD(h->managed, h->managed_count, h->managed_cap);
	struct managed_service *s = ARR_ADD(h->services, h->service_count, h->service_cap);

	h->name = xstrdup("web1");
	*m = (struct managed){.path = xstrdup("/etc/x"),
		.owner = xstrdup("root"),
		.group = xstrdup("root"),
		.mode = 0644,
		.secret = true};
	*s = (struct managed_service){.unit = xstrdup("a.service"), .restart = true};
	h = ARR_ADD(f->hosts, f->host_count, f->host_cap);
	*h = (struct host){.name = xstrdup("here"),
		.transport = TRANSPORT_LOCAL,
		.sandbox = xstrdup("/tmp/box")};
	return f;
}

static void is_held_against_the_fleet(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{STEP("file: /etc/x, host: web1, content: a, secret: true"), NULL},
		{STEP("file: /tmp/box/a, host: here, content: a"), NULL},
		{STEP("service: a.service, do: restart, host: web1"), NULL},
		{STEP("reference: refs/a, content: a") "verify: [{check: disk, host: web1}]\n",
			NULL},
		{STEP("file: /etc/x, host: web2, content: a"), "step 1: there is no host \"web2\""},
		{STEP("file: /etc/y, host: web1, content: a"),
			"step 1: web1 does not manage /etc/y"},
		{STEP("file: /tmp/box/a, host: web1, content: a"), "step 1: web1 does not manage"},
		{STEP("file: /etc/x, host: here, content: a"),
			"step 1: here does not manage /etc/x"},
		{STEP("file: /etc/x, host: web1, content: a"),
			"step 1: /etc/x is secret on web1: add"},
		{STEP("file: /tmp/box/a, host: here, content: a, secret: true"),
			"step 1: /tmp/box/a is not managed as secret on here: leave"},
		{STEP("file: /etc/x, host: web1, content: a, mode: \"0600\""),
			"step 1: /etc/x on web1 is managed as "
			"owner root, group root, mode \"0644\""},
		{STEP("service: a.service, do: reload, host: web1"),
			"step 1: web1 may not reload a.service"},
		{STEP("service: b.service, do: restart, host: web1"),
			"step 1: web1 may not restart b.service"},
		{STEP("reference: a, content: a") "verify: [{check: x, host: web1}]\n",
			"verify 1: there is no check \"x\""},
		{STEP("reference: a, content: a") "verify: [{check: ports, host: web1}]\n",
			"verify 1: the check ports does not apply to web1"},
		{STEP("reference: a, content: a") "verify: [{check: disk, host: b}]\n",
			"verify 1: there is no host \"b\""},
		{STEP("reference: a, content: a") "rollback: [{command: [/b], host: b}]\n",
			"rollback 1: there is no host \"b\""},
		{STEP("reference: a, content: a") "rollback: [{reference: b, content: b}]\n",
			"rollback 1: name commands and services only"},
		{STEP("file: /tmp/box/.a.was, host: here, content: a"),
			"step 1: /tmp/box/.a.was: names like .x.was"},
		{STEP("file: /tmp/box/--remove-files, host: here, content: a"),
			"step 1: /tmp/box/--remove-files: names like .x.was, .x.opsdeck and -x"},
	};
	struct fleet *f = small_fleet();
	struct catalogue *c = xcalloc(1, sizeof *c);

	(void)state;
	*ARR_ADD(c->checks, c->check_count, c->check_cap) =
		(struct check){.name = xstrdup("disk"), .everywhere = true};
	ARR_ADD(c->checks, c->check_count, c->check_cap)->name = xstrdup("ports");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct proposal p;
		struct err e = {0};
		int rc;

		read_ok(&p, cases[i].text);
		rc = proposal_check(&p, f, c, &e);
		if (rc != (cases[i].message ? -1 : 0))
			fail_msg("%s: %s", cases[i].text, e.msg);
		if (rc && strncmp(e.msg, cases[i].message, strlen(cases[i].message)))
			fail_msg("%s\ngave: %s", cases[i].text, e.msg);
		proposal_finish(&p);
	}
	fleet_free(f);
	catalogue_free(c);
}

/* The plan of `text`, with any from_reference filled in. */
static void plan_of(struct buf *out, const char *text)
{
	struct proposal p;

	read_ok(&p, text);
	for (size_t i = 0; i < p.step_count; i++) {
		if (p.steps[i].from_reference) {
			p.steps[i].content = xstrdup("ref");
			p.steps[i].content_len = 3;
		}
	}
	plan_encode(out, &p);
	proposal_finish(&p);
}

static void the_plan_is_these_bytes(void **state)
{
	static const char text[] =
		STEP("file: /etc/x, host: web1, content: \"a\\n\"") "  - {command: [/bin/true], "
								    "host: nas}\nverify: [{check: "
								    "disk, host: web1}]\n";
	static const char bytes[] =
		"{\"hosts\":[\"nas\",\"web1\"],\"identity\":\"apply\",\"rollback\":[],\"steps\":["
		"{\"content\":\"YQo=\",\"group\":\"root\",\"host\":\"web1\",\"kind\":\"file\","
		"\"mode\":\"0644\",\"owner\":\"root\",\"path\":\"/etc/x\",\"secret\":false},"
		"{\"argv\":[\"/bin/true\"],\"expect\":0,\"host\":\"nas\",\"kind\":\"command\","
		"\"timeout_ms\":30000}],\"v\":1,\"verify\":[{\"check\":\"disk\",\"host\":\"web1\","
		"\"kind\":\"check\",\"timeout_ms\":30000}]}";
	struct buf b = {0};

	(void)state;
	plan_of(&b, text);
	assert_string_equal(buf_str(&b), bytes);
	buf_finish(&b);
}

static void prose_keeps_the_hash_and_anything_else_changes_it(void **state)
{
	static const struct {
		const char *text;
		bool same;
	} cases[] = {
		{"title: other\nrationale: other\nrunbook: x\nexpires: 2h\nsteps:\n  - {file: "
		 "/etc/x, host: a, "
		 "content: b}\n",
			true},
		{FILE_STEP("content: c"), false},
		{FILE_STEP("content: b, mode: \"0600\""), false},
		{FILE_STEP("content: b, owner: max"), false},
		{FILE_STEP("content: b, secret: true"), false},
		{STEP("file: /etc/y, host: a, content: b"), false},
		{STEP("file: /etc/x, host: b, content: b"), false},
		{STEP("file: /etc/x, hosts: [a, b], content: b"), false},
		{FILE_STEP("content: b") "verify: [{check: x, host: a}]\n", false},
		{FILE_STEP("content: b") "rollback: [{command: [/b], host: a}]\n", false},
	};
	struct buf b = {0};
	char hash[SHA256_HEX], other[SHA256_HEX];

	(void)state;
	plan_of(&b, FILE_STEP("content: b"));
	plan_hash(hash, b.data, b.len);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&b);
		plan_of(&b, cases[i].text);
		plan_hash(other, b.data, b.len);
		assert_int_equal(!strcmp(hash, other), cases[i].same);
	}
	buf_finish(&b);
}

static void a_plan_decodes_to_what_it_was(void **state)
{
	struct buf b = {0}, again = {0};
	struct proposal p;
	struct err e = {0};

	(void)state;
	plan_of(&b, whole);
	if (plan_decode(&p, b.data, b.len, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(p.step_count, 8);
	assert_int_equal(p.steps[1].content_len, 3);
	assert_string_equal(p.steps[2].content, "ref");
	assert_int_equal(p.rollback_count, 1);
	plan_encode(&again, &p);
	assert_string_equal(buf_str(&b), buf_str(&again));
	proposal_finish(&p);
	buf_finish(&b);
	buf_finish(&again);
}

/* Whichever byte of a stored plan is flipped, its hash is another; and what is no canonical plan is
 * not decoded. */
static void a_flipped_byte_never_passes(void **state)
{
	struct buf b = {0};
	char hash[SHA256_HEX], other[SHA256_HEX];
	struct buf again = {0};

	(void)state;
	plan_of(&b, FILE_STEP("content: b"));
	plan_hash(hash, b.data, b.len);
	for (size_t i = 0; i < b.len; i++) {
		struct proposal p;

		b.data[i] ^= 1;
		plan_hash(other, b.data, b.len);
		assert_string_not_equal(hash, other);
		if (!plan_decode(&p, b.data, b.len, NULL)) {
			buf_reset(&again);
			plan_encode(&again, &p);
			assert_memory_equal(again.data, b.data, b.len);
		}
		proposal_finish(&p);
		b.data[i] ^= 1;
	}
	buf_finish(&b);
	buf_finish(&again);
}

static void broken_plans_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"{}",
		"null",
		"[]",
		"{\"hosts\":[],\"identity\":\"apply\",\"rollback\":[],\"steps\":[],\"v\":1,"
		"\"verify\":[]}",
		/* a host that is not listed */
		"{\"hosts\":[],\"identity\":\"apply\",\"rollback\":[],\"steps\":[{\"argv\":[\"/"
		"b\"],\"expect\":0,"
		"\"host\":\"a\",\"kind\":\"command\",\"timeout_ms\":1}],\"v\":1,\"verify\":[]}",
		/* a blank */
		"{\"hosts\":[\"a\"],\"identity\":\"apply\",\"rollback\":[],\"steps\":[{\"argv\":["
		"\"/b\"],\"expect\":0,"
		"\"host\":\"a\",\"kind\":\"command\",\"timeout_ms\":1}],\"v\":1,\"verify\":[] }",
		/* a key too many */
		"{\"hosts\":[\"a\"],\"identity\":\"apply\",\"rollback\":[],\"steps\":[{\"argv\":["
		"\"/b\"],\"expect\":0,"
		"\"host\":\"a\",\"kind\":\"command\",\"timeout_ms\":1}],\"v\":1,\"verify\":[],"
		"\"x\":1}",
		/* a file without content */
		"{\"hosts\":[\"a\"],\"identity\":\"apply\",\"rollback\":[],\"steps\":[{\"group\":"
		"\"root\",\"host\":"
		"\"a\",\"kind\":\"file\",\"mode\":\"0644\",\"owner\":\"root\",\"path\":\"/"
		"x\",\"secret\":false}],"
		"\"v\":1,\"verify\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct proposal p;
		struct err e = {0};

		if (!plan_decode(&p, cases[i], strlen(cases[i]), &e))
			fail_msg("taken: %s", cases[i]);
		assert_int_equal(e.code, ERR_INPUT);
		assert_null(p.steps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_proposal),
		cmocka_unit_test(json_is_taken_too),
		cmocka_unit_test(names_every_mistake),
		cmocka_unit_test(steps_and_contents_are_bounded),
		cmocka_unit_test(goes_to_a_doc_and_back),
		cmocka_unit_test(hidden_secrets_leave_their_hash),
		cmocka_unit_test(is_held_against_the_fleet),
		cmocka_unit_test(the_plan_is_these_bytes),
		cmocka_unit_test(prose_keeps_the_hash_and_anything_else_changes_it),
		cmocka_unit_test(a_plan_decodes_to_what_it_was),
		cmocka_unit_test(a_flipped_byte_never_passes),
		cmocka_unit_test(broken_plans_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
