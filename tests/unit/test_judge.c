#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "model/check.h"
#include "model/host.h"
#include "server/judge.h"

/* Reading and judging together, on one check "t" with the command "c". */

#define HEAD "title: t\nabout: a\napplies: everywhere\n"
#define LINES HEAD "commands: {c: {argv: [/bin/c], read: lines}}\n"
#define SET LINES "facts: .c.value\nbaseline: {kind: lines, from: .}\nok: '\"fine\"'\n"

static struct judge_answer judged_of(const char *yaml, const struct judge_request *r)
{
	struct strs names = {0}, texts = {0};
	struct judge_source source = {"t", NULL, NULL};
	struct judge_answer answer;
	struct check check;
	struct judge *j;
	struct err e = {0};

	if (check_read(&check, "t", yaml, strlen(yaml), "check.yml", NULL, NULL, &e))
		fail_msg("%s", e.msg);
	source.body = check.body;
	j = judge_new(&source, 1, "key", 3, &names, &texts);
	if (judge_run(j, r, &answer, &e))
		fail_msg("%s", e.msg);
	judge_free(j);
	check_finish(&check);
	strs_finish(&names);
	strs_finish(&texts);
	return answer;
}

static struct judge_answer judged(const char *yaml, const char *out, const struct judge_file *refs,
	size_t ref_count, bool adopt)
{
	struct sample sample = {.check = (char *)"t",
		.command = (char *)"c",
		.out = (char *)out,
		.out_len = strlen(out),
		.err = (char *)"",
		.at_ms = 5};
	const struct judge_request r = {.host = "web1",
		.check = "t",
		.now_ms = 1000000,
		.samples = &sample,
		.sample_count = 1,
		.refs = refs,
		.ref_count = ref_count,
		.adopt = adopt};

	return judged_of(yaml, &r);
}

static struct judge_file ref(const char *path, const char *text)
{
	return (struct judge_file){(char *)path, (char *)text, strlen(text)};
}

/* ---- rules ---- */

static void the_worst_wins_and_all_are_told(void **state)
{
	struct judge_answer a =
		judged(LINES "facts: .c.value\n"
			     "rules:\n"
			     "- {when: 'true', state: warn, say: '\"w\"'}\n"
			     "- {when: 'length > 9', state: crit, say: '\"no\"'}\n"
			     "- {when: '.[0]', state: crit, say: '\"c \\(.[0])\"'}\n"
			     "items: '[{name: \"i\", state: \"unknown\", text: \"u\"}]'\n",
			"x\n", NULL, 0, false);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_CRIT);
	assert_string_equal(a.finding.summary, "c x; w; i: u");
	assert_int_equal(a.finding.at_ms, 5);
	judge_answer_finish(&a);
}

static void what_fails_in_jq_is_unknown(void **state)
{
	static const char *const checks[] = {
		LINES "facts: '.c.value.x'\nrules: [{when: 'false', state: warn, say: .}]\n",
		LINES "facts: '1'\nrules: [{when: '.x', state: warn, say: '\"s\"'}]\n",
		LINES "facts: empty\nrules: [{when: 'false', state: warn, say: .}]\n",
		LINES "facts: '1'\nitems: 'error(\"gone\")'\n",
		LINES "facts: '1'\nbaseline: {kind: lines, from: '{}'}\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct judge_answer a = judged(checks[i], "x\n", NULL, 0, false);

		if (a.finding.state != FINDING_UNKNOWN)
			fail_msg("%zu: %s", i, a.finding.summary);
		judge_answer_finish(&a);
	}
}

static void nothing_read_is_unknown_though_all_was_optional(void **state)
{
	struct judge_answer a = judged(HEAD
		"commands: {c: {argv: [/bin/c], read: json, optional: true}}\n"
		"facts: '1'\nrules: [{when: 'false', state: warn, say: .}]\nok: '\"fine\"'\n",
		"no json\n", NULL, 0, false);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_UNKNOWN);
	judge_answer_finish(&a);
}

static void metrics_and_ok_fail_for_themselves(void **state)
{
	struct judge_answer a = judged(LINES
		"facts: .c.value\nrules: [{when: 'false', state: warn, say: .}]\n"
		"ok: 'error(\"x\")'\n"
		"metrics: [{name: a, unit: count, value: length}, {name: b, unit: count, "
		"value: .x.y}, {name: c, unit: count, value: '{p: 1, q: null}'}]\n",
		"x\n", NULL, 0, false);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_OK);
	assert_int_equal(a.finding.metric_count, 2);
	assert_string_equal(a.finding.metrics[1].name, "c p");
	judge_answer_finish(&a);
}

static void a_fingerprint_belongs_to_what_is_wrong(void **state)
{
	static const char check[] =
		LINES "facts: .c.value\nrules: [{when: '.[0] | tonumber > 5', state: warn, say: "
		      "'\"\\(.[0]) of 9\"'}]\nitems: '[.[1:][] | {name: ., state: \"crit\"}]'\n";
	struct judge_answer a = judged(check, "6\n", NULL, 0, false);
	struct judge_answer b = judged(check, "7\n", NULL, 0, false);
	struct judge_answer c = judged(check, "7\nx\n", NULL, 0, false);

	(void)state;
	assert_string_not_equal(a.finding.summary, b.finding.summary);
	assert_string_equal(a.finding.fingerprint, b.finding.fingerprint);
	assert_string_not_equal(b.finding.fingerprint, c.finding.fingerprint);
	judge_answer_finish(&a);
	judge_answer_finish(&b);
	judge_answer_finish(&c);
}

/* ---- lines ---- */

static void lines_are_a_set_with_exceptions(void **state)
{
	static const struct {
		const char *reference, *live;
		enum finding_state state;
		int added, removed;
	} cases[] = {
		{"a\nb\n", "b\na\na\n", FINDING_OK, 0, 0},
		{"# c\n\na\nb  # note: why\n", "a\nb\n", FINDING_OK, 0, 0},
		{"a\n", "a\nb\n", FINDING_DRIFT, 1, 0},
		{"a\nb\n", "a\n", FINDING_DRIFT, 0, 1},
		{"a\nx* # except: comes and goes\n", "a\nx1\nx2\n", FINDING_OK, 0, 0},
		{"a\nx* # except: comes and goes\n", "a\n", FINDING_OK, 0, 0},
		{"a\nx*\n", "a\nx1\n", FINDING_DRIFT, 1, 1},
		{"a # b\n", "a # b\n", FINDING_OK, 0, 0},
		{"* \\# except: no pattern\n", "a\n* # except: no pattern\n", FINDING_DRIFT, 1, 0},
		{"a\na\nb\n", "a\nb\n", FINDING_OK, 0, 0},
		{"pw password=one\n", "pw password=two\n", FINDING_DRIFT, 1, 1},
		{"pw password=one\n", "pw password=one\n", FINDING_OK, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct judge_file file = ref("t", cases[i].reference);
		struct judge_answer a = judged(SET, cases[i].live, &file, 1, false);

		if (a.finding.state != cases[i].state || a.finding.added != cases[i].added ||
			a.finding.removed != cases[i].removed)
			fail_msg("%zu: %s", i, a.finding.summary);
		assert_true(!a.finding.diff || !strstr(a.finding.diff, "password=o"));
		judge_answer_finish(&a);
	}
}

static void without_a_reference_it_is_a_condition(void **state)
{
	struct judge_answer a = judged(SET, "a\n", NULL, 0, false);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_UNKNOWN);
	assert_int_equal(a.finding.condition, CONDITION_NO_REFERENCE);
	judge_answer_finish(&a);
}

static void adopting_lines_keeps_what_people_wrote(void **state)
{
	const struct judge_file file =
		ref("t", "# why\na # note: n\n\ngone\nx* # except: e\nkept\n");
	struct judge_answer a = judged(SET, "kept\na\nx9\nnew # 1\n#odd\n", &file, 1, true), b;

	(void)state;
	assert_null(a.adopt_error);
	assert_int_equal(a.adopted_count, 1);
	assert_string_equal(a.adopted[0].path, "t");
	assert_string_equal(a.adopted[0].data,
		"# why\na # note: n\n\nx* # except: e\nkept\n\\#odd\nnew \\# 1\n");
	b = judged(SET, "kept\na\nx9\nnew # 1\n#odd\n", a.adopted, 1, false);
	assert_int_equal(b.finding.state, FINDING_OK);
	judge_answer_finish(&a);
	judge_answer_finish(&b);
}

static void adopting_takes_secrets_as_they_are(void **state)
{
	struct judge_answer a = judged(SET, "pw password=one\n", NULL, 0, true);

	(void)state;
	assert_non_null(strstr(a.adopted[0].data, "password=one"));
	assert_null(strstr(a.samples[0].out, "password=one"));
	judge_answer_finish(&a);
}

static void what_is_unread_is_not_adopted(void **state)
{
	struct judge_answer a = judged(SET, "", NULL, 0, true);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_UNKNOWN);
	assert_int_equal(a.adopted_count, 0);
	assert_non_null(strstr(a.adopt_error, "printed nothing"));
	judge_answer_finish(&a);
}

static void the_reference_is_there_for_programs(void **state)
{
	const struct judge_file file = ref("t", "a # note: because\nb\n");
	struct judge_answer a =
		judged(LINES "facts: '.reference'\nrules: [{when: '.[0].reason == \"because\" and "
			     ".[1].reason == null', state: crit, say: '.[1].entry'}]\n"
			     "baseline: {kind: lines, from: '[\"a\", \"b\"]'}\n",
			"x\n", &file, 1, false);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_CRIT);
	assert_string_equal(a.finding.summary, "b");
	judge_answer_finish(&a);
}

/* ---- the host ---- */

static void params_hold_sandbox_and_name(void **state)
{
	struct host h = {.name = (char *)"here",
		.sandbox = (char *)"/srv/x",
		.params = (char *)"{\"a\":1,\"name\":\"forged\"}"};
	char *text = judge_params(&h);

	(void)state;
	assert_string_equal(text, "{\"a\":1,\"name\":\"here\",\"sandbox\":\"/srv/x\"}");
	free(text);
}

/* ---- what a change keeps ---- */

static const char tree_body[] =
	"{\"commands\":{\"tree\":{\"argv\":[\"/usr/bin/tar\"],\"read\":{\"kind\":\"tar\"}}},"
	"\"facts\":\"{names: [.tree.value[].path]}\","
	"\"rules\":[{\"when\":\"any(.names[]; test(\\\"[.]was$\\\"))\",\"state\":\"warn\","
	"\"say\":\"\\\"left behind\\\"\"}],\"ok\":\"\\\"\\\\(.names | length) files\\\"\"}";

/* One ustar entry of an empty file. */
static void add_file(struct buf *tar, const char *path)
{
	char block[512] = {0}, sum[8];
	unsigned total = 0;

	memcpy(block, path, strlen(path));
	memcpy(block + 100, "0000644", 7);
	memcpy(block + 108, "0000000", 7);
	memcpy(block + 116, "0000000", 7);
	memcpy(block + 124, "00000000000", 11);
	memcpy(block + 136, "00000000000", 11);
	memset(block + 148, ' ', 8);
	block[156] = '0';
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof block; i++)
		total += (unsigned char)block[i];
	snprintf(sum, sizeof sum, "%06o", total & 0777777u);
	memcpy(block + 148, sum, 7);
	buf_add(tar, block, sizeof block);
}

static void judge_names(const char *params, enum finding_state state, const char *summary)
{
	static char check[] = "files", command[] = "tree", none[] = "";
	const struct judge_source source = {.name = "files", .body = tree_body};
	struct strs names = {0}, texts = {0};
	struct judge *j = judge_new(&source, 1, "key", 3, &names, &texts);
	struct buf tar = {0};
	struct judge_answer answer;
	struct err e;

	add_file(&tar, "etc/motd");
	add_file(&tar, "etc/.motd.was");
	for (int i = 0; i < 1024; i++)
		buf_addc(&tar, '\0');
	{
		const struct sample sample = {.check = check,
			.command = command,
			.status = SAMPLE_RAN,
			.out = tar.data,
			.out_len = tar.len,
			.err = none};
		const struct judge_request r = {.host = "web1",
			.check = "files",
			.params = params,
			.samples = &sample,
			.sample_count = 1};

		assert_int_equal(judge_run(j, &r, &answer, &e), 0);
	}
	assert_int_equal(answer.finding.state, state);
	assert_string_equal(answer.finding.summary, summary);
	judge_answer_finish(&answer);
	judge_free(j);
	buf_finish(&tar);
	strs_finish(&names);
	strs_finish(&texts);
}

static void what_a_change_keeps_is_seen_by_no_program(void **state)
{
	(void)state;
	judge_names("{\"opsdeck_kept\":[\".motd.was\"]}", FINDING_OK, "1 files");
	judge_names("{\"opsdeck_kept\":[\".other.was\"]}", FINDING_WARN, "left behind");
	judge_names(NULL, FINDING_WARN, "left behind");
}

/* ---- each ---- */

#define EACH                                                                                       \
	HEAD "commands:\n"                                                                         \
	     "  c: {argv: [/bin/c, \"{each}\"], each: disks, read: lines, sudo: true}\n"           \
	     "facts: '{status: .c.status, each: [.c.each[] | {name, item, status, value}]}'\n"     \
	     "rules: [{when: 'any(.each[]; .value == [\"bad\"])', state: crit, say: '\"bad\"'}]\n"

static void each_item_is_read_by_itself(void **state)
{
	struct sample samples[] = {
		{.check = (char *)"t",
			.command = (char *)"c",
			.item = (char *)"sda",
			.out = (char *)"fine",
			.out_len = 4,
			.err = (char *)""},
		{.check = (char *)"t",
			.command = (char *)"c",
			.item = (char *)"sdb",
			.out = (char *)"bad",
			.out_len = 3,
			.err = (char *)""},
	};
	struct judge_request r = {.host = "web1",
		.check = "t",
		.now_ms = 1000000,
		.params = "{\"disks\":[\"sda\",{\"name\":\"sdb\",\"type\":\"sat\"}]}",
		.samples = samples,
		.sample_count = 2};
	struct judge_answer a = judged_of(EACH, &r);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_CRIT);
	assert_string_equal(a.finding.facts, "{\"status\":\"ran\",\"each\":[{\"name\":\"sda\","
					     "\"item\":\"sda\",\"status\":\"ran\","
					     "\"value\":[\"fine\"]},{\"name\":\"sdb\",\"item\":{"
					     "\"name\":\"sdb\",\"type\":\"sat\"},"
					     "\"status\":\"ran\",\"value\":[\"bad\"]}]}");
	assert_int_equal(a.sample_count, 2);
	assert_string_equal(a.samples[1].command, "c sdb");
	judge_answer_finish(&a);
	/* What is missing of one item is said, and never fine. */
	samples[1].exit_status = 1;
	samples[1].err = (char *)"sudo: a password is required\n";
	samples[1].err_len = strlen(samples[1].err);
	a = judged_of(EACH, &r);
	assert_int_equal(a.finding.state, FINDING_UNKNOWN);
	assert_int_equal(a.finding.condition, CONDITION_SUDO_MISSING);
	assert_string_equal(
		a.finding.summary, "c sdb needs its sudo line: sudo: a password is required");
	assert_non_null(strstr(a.finding.facts, "{\"status\":\"sudo\""));
	judge_answer_finish(&a);
}

/* For a person: what was read, each rule with its value, and what it says when it holds. */
static void a_verdict_is_explained(void **state)
{
	struct sample sample = {.check = (char *)"t",
		.command = (char *)"c",
		.out = (char *)"x",
		.out_len = 1,
		.err = (char *)""};
	struct judge_request r = {.host = "web1",
		.check = "t",
		.now_ms = 1000000,
		.samples = &sample,
		.sample_count = 1,
		.explain = true};
	struct judge_answer a =
		judged_of(LINES "facts: .c.value\n"
				"rules:\n"
				"- {when: 'length > 1', state: crit, say: '\"no\"'}\n"
				"- {when: '.[0]', state: warn, say: '\"is \\(.[0])\"'}\n"
				"- {when: 'error(\"e\")', state: warn, say: '\"never\"'}\n",
			&r);

	(void)state;
	assert_string_equal(a.explained,
		"{\"read\":{\"c\":{\"status\":\"ran\",\"exit\":0,\"unfinished\":true,\"stderr\":"
		"\"\",\"value\":[\"x\"]}"
		"},"
		"\"facts\":[\"x\"],\"rules\":["
		"{\"when\":\"length > 1\",\"state\":\"crit\",\"value\":false},"
		"{\"when\":\".[0]\",\"state\":\"warn\",\"value\":\"x\",\"say\":\"is x\"},"
		"{\"when\":\"error(\\\"e\\\")\",\"state\":\"warn\",\"value\":{\"error\":\"e\"}}]}");
	judge_answer_finish(&a);
	r.explain = false;
	a = judged_of(SET, &r);
	assert_null(a.explained);
	judge_answer_finish(&a);
}

static void each_of_nothing_names_the_parameter(void **state)
{
	struct sample broken = {.check = (char *)"t",
		.command = (char *)"c",
		.status = SAMPLE_NOT_MADE,
		.out = (char *)"",
		.err = (char *)"",
		.note = (char *)"the parameter must be a list"};
	struct judge_request r = {
		.host = "web1", .check = "t", .now_ms = 1000000, .params = "{\"disks\":[]}"};
	struct judge_answer a = judged_of(EACH, &r);

	(void)state;
	assert_int_equal(a.finding.state, FINDING_UNKNOWN);
	assert_string_equal(a.finding.summary, "no parameter disks in fleet.yml");
	judge_answer_finish(&a);
	r.params = "{\"disks\":[\"sda\"]}";
	a = judged_of(EACH, &r);
	assert_string_equal(a.finding.summary, "c: was not run");
	judge_answer_finish(&a);
	r.samples = &broken;
	r.sample_count = 1;
	a = judged_of(EACH, &r);
	assert_string_equal(a.finding.summary, "c: the parameter must be a list");
	judge_answer_finish(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_is_explained),
		cmocka_unit_test(each_item_is_read_by_itself),
		cmocka_unit_test(each_of_nothing_names_the_parameter),
		cmocka_unit_test(the_worst_wins_and_all_are_told),
		cmocka_unit_test(what_fails_in_jq_is_unknown),
		cmocka_unit_test(nothing_read_is_unknown_though_all_was_optional),
		cmocka_unit_test(metrics_and_ok_fail_for_themselves),
		cmocka_unit_test(a_fingerprint_belongs_to_what_is_wrong),
		cmocka_unit_test(lines_are_a_set_with_exceptions),
		cmocka_unit_test(without_a_reference_it_is_a_condition),
		cmocka_unit_test(adopting_lines_keeps_what_people_wrote),
		cmocka_unit_test(adopting_takes_secrets_as_they_are),
		cmocka_unit_test(what_is_unread_is_not_adopted),
		cmocka_unit_test(the_reference_is_there_for_programs),
		cmocka_unit_test(params_hold_sandbox_and_name),
		cmocka_unit_test(what_a_change_keeps_is_seen_by_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
