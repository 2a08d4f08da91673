#include "config.h"

#include "server/check_trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/compare.h"
#include "jq/program.h"
#include "server/check_folder.h"
#include "server/check_reads.h"

#define ITEM "sample" /* of a command with `each:` */
#define NO_PROGRAM ((size_t)-1)

/* Redaction tokens are made with this key: it guards nothing. */
static const char test_key[] = "check test";

/* ---- the catalogue ---- */

static int load_checks(struct trials *t, const struct strs *names, const char *dir, struct err *e)
{
	struct strs all = {0};
	int rc = check_folder_names(&all, dir, names, e);

	t->checks = xcalloc(all.n + 1, sizeof *t->checks);
	for (size_t i = 0; !rc && i < all.n; i++) {
		rc = check_folder_read(&t->checks[t->n], dir, all.v[i], e);
		t->n += !rc;
	}
	strs_finish(&all);
	return rc;
}

static int compile_facts(struct trials *t, struct err *e)
{
	t->programs = programs_new(compare_prelude);
	t->facts_as = xcalloc(t->n + 1, sizeof *t->facts_as);
	for (size_t i = 0; i < t->n; i++) {
		const char *text = t->checks[i].facts_as;

		t->facts_as[i] =
			text ? programs_add(t->programs, t->checks[i].name, text) : NO_PROGRAM;
	}
	programs_compile(t->programs);
	for (size_t i = 0; i < programs_count(t->programs); i++)
		if (programs_error(t->programs, i))
			return err_set(e, ERR_INPUT, "%s: facts_as: %s",
				programs_name(t->programs, i), programs_error(t->programs, i));
	return 0;
}

static int compile(struct trials *t, struct err *e)
{
	struct judge_source *sources = xcalloc(t->n + 1, sizeof *sources);
	struct strs names = {0}, texts = {0};
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < t->n; i++)
		if (!t->checks[i].builtin)
			sources[n++] =
				(struct judge_source){t->checks[i].name, t->checks[i].body, NULL};
	t->judge = judge_new(sources, n, test_key, sizeof test_key - 1, &names, &texts);
	if (texts.n)
		rc = err_set(e, ERR_INPUT, "%s", texts.v[0]);
	free(sources);
	strs_finish(&names);
	strs_finish(&texts);
	return rc ? rc : compile_facts(t, e);
}

int trials_load(struct trials *out, const struct strs *names, const char *dir, int64_t now_ms,
	struct err *e)
{
	*out = (struct trials){.now_ms = now_ms};
	return load_checks(out, names, dir, e) || compile(out, e) ? -1 : 0;
}

void trials_finish(struct trials *t)
{
	for (size_t i = 0; i < t->n; i++)
		check_finish(&t->checks[i]);
	free(t->checks);
	free(t->facts_as);
	judge_free(t->judge);
	programs_free(t->programs);
	*t = (struct trials){0};
}

/* ---- one row ---- */

static bool is_needed(const struct check_command *cmd)
{
	return !cmd->optional && !cmd->present;
}

enum trial_match trial_match(const struct check *c, const char *plain, const char **missing)
{
	enum trial_match m = TRIAL_NONE;

	*missing = NULL;
	for (size_t i = 0; i < c->command_count; i++) {
		const struct check_command *cmd = &c->commands[i];

		if (command_reads(cmd, plain))
			m = TRIAL_READS;
		else if (!c->needs_any && is_needed(cmd) && !*missing)
			*missing = cmd->name;
	}
	return m == TRIAL_READS && *missing ? TRIAL_PART : m;
}

static bool reads_json(const struct check_command *cmd)
{
	return cmd->read == READ_JSON || cmd->read == READ_JSON_LINES;
}

static size_t line_len(const char *s)
{
	size_t n = strcspn(s, "\n");

	return n + (s[n] == '\n');
}

/* What sudo and the shell remark before they run the tool all the same. */
static bool is_remark(const char *line)
{
	size_t warning = strcspn(line, "w\n");

	return str_starts(line, "sudo: unable to resolve host ") ||
	       str_starts(line + warning, "warning: setlocale: ");
}

static bool begins_json(const char *line)
{
	return *line == '{' || (*line == '[' && (!line[1] || strchr("\n\r \t]{[\"", line[1])));
}

/* Recordings merge both streams: the bytes at the head that were on stderr. They are remarks, and
 * what else stands before JSON. */
static size_t remarks(const struct check_command *cmd, const char *text)
{
	const char *s = text, *json;

	while (is_remark(s))
		s += line_len(s);
	for (json = s; *json && !begins_json(json);)
		json += line_len(json);
	return (size_t)((*json && reads_json(cmd) ? json : s) - text);
}

/* What a tool that failed printed instead of JSON was on stderr, and so is what the shell and sudo
 * say. */
static bool was_stderr(
	const struct check_command *cmd, const struct expect_row *row, const char *text)
{
	if (!row->exit_status || !*text)
		return false;
	if (str_starts(text, "sudo: ") || str_starts(text, "bash: "))
		return true;
	return reads_json(cmd) && !strchr("{[", *text);
}

/* sudo refused, or did not find the tool: all there is are its own words. */
static bool was_not_run(const struct expect_row *row, const char *text)
{
	bool any = false;

	for (const char *line = text; *line && row->exit_status;) {
		size_t n = strcspn(line, "\n");

		if (n && !str_starts(line, "sudo: "))
			return false;
		any = any || n;
		line += n + (line[n] == '\n');
	}
	return any;
}

static void make_samples(struct sample *out, const struct check *c, const struct expect_row *row,
	const struct buf *text, int64_t now_ms)
{
	for (size_t i = 0; i < c->command_count; i++) {
		const struct check_command *cmd = &c->commands[i];
		bool given = command_reads(cmd, row->plain);
		size_t head = given ? remarks(cmd, buf_str(text)) : 0;
		bool refused = given && was_not_run(row, buf_str(text) + head);
		bool err = refused || (given && was_stderr(cmd, row, buf_str(text) + head));

		out[i] = (struct sample){.check = c->name,
			.command = cmd->name,
			.item = cmd->each ? (char *)ITEM : NULL,
			.status = refused ? SAMPLE_NOT_MADE
				  : given ? SAMPLE_RAN
					  : SAMPLE_ABSENT,
			.exit_status = given ? row->exit_status : 0,
			.out = given && !err && text->len ? text->data + head : NULL,
			.out_len = given && !err ? text->len - head : 0,
			.err = err || head ? text->data : NULL,
			.err_len = err ? text->len : head,
			.at_ms = now_ms};
	}
}

/* ---- judging ---- */

static int judge_once(
	struct trials *t, struct judge_request *q, struct judge_answer *out, struct err *e)
{
	struct judge_answer first;

	if (judge_run(t->judge, q, &first, e))
		return -1;
	if (first.finding.condition != CONDITION_NO_REFERENCE || !first.adopted_count) {
		*out = first;
		return 0;
	}
	/* A first look has no reference: against its own, what was read shows. */
	q->refs = first.adopted;
	q->ref_count = first.adopted_count;
	if (judge_run(t->judge, q, out, e)) {
		judge_answer_finish(&first);
		return -1;
	}
	judge_answer_finish(&first);
	return 0;
}

static int facts_as(
	struct trials *t, size_t check, const struct doc *facts, struct doc **out, struct err *e)
{
	const struct program_vars vars = {.now_s = t->now_ms / 1000};

	if (t->facts_as[check] == NO_PROGRAM)
		return 0;
	return programs_run(t->programs, t->facts_as[check], facts, &vars, out, e);
}

int trial_judge(struct trials *t, struct trial *v, size_t check, const struct expect_row *row,
	const struct buf *text, struct err *e)
{
	const struct check *c = &t->checks[check];
	struct sample *samples = xcalloc(c->command_count + 1, sizeof *samples);
	struct judge_request q = {.host = "web1",
		.check = c->name,
		.now_ms = t->now_ms,
		.params = "{}",
		.samples = samples,
		.sample_count = c->command_count,
		.adopt = true,
		.fresh = true};
	const char *facts;
	int rc;

	make_samples(samples, c, row, text, t->now_ms);
	*v = (struct trial){.check = c};
	rc = judge_once(t, &q, &v->answer, e);
	free(samples);
	facts = v->answer.finding.facts;
	if (!rc && facts && !json_read(&v->facts, facts, strlen(facts), "facts", NULL))
		rc = facts_as(t, check, v->facts, &v->named, e);
	return rc;
}

void trial_finish(struct trial *v)
{
	judge_answer_finish(&v->answer);
	doc_free(v->facts);
	doc_free(v->named);
}
