#include "config.h"

#include "server/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/compare.h"
#include "flow/parse.h"
#include "model/host.h"
#include "jq/program.h"
#include "server/judge_read.h"

#define EXPLAINED_MAX ((size_t)96 << 10)

struct judge_check {
	char *name;
	struct doc *body;
	size_t program;
	char *problem; /* why it cannot judge; or NULL */
};

struct judge {
	struct programs *programs;
	struct judge_check *checks;
	size_t n;
	void *key;
	size_t key_len;
};

void judge_files_free(struct judge_file *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(f[i].path);
		free(f[i].data);
	}
	free(f);
}

void judge_answer_finish(struct judge_answer *a)
{
	finding_finish(&a->finding);
	samples_free(a->samples, a->sample_count);
	judge_files_free(a->adopted, a->adopted_count);
	strs_finish(&a->drop);
	free(a->adopt_error);
	free(a->explained);
	*a = (struct judge_answer){0};
}

/* ---- the catalogue ---- */

/* The check's one program, or what is wrong with it. */
static int read_body(
	struct doc **body, struct buf *program, const char *name, const char *text, struct err *e)
{
	const struct doc *commands;
	char *source = xasprintf("checks/%s/check.yml", name);
	int rc = json_read(body, text, strlen(text), source, e);

	commands = doc_get(*body, "commands");
	if (!rc && doc_len(commands) > JUDGE_COMMANDS_MAX)
		rc = err_set(e, ERR_LIMIT, "%s: more than %d commands", source, JUDGE_COMMANDS_MAX);
	for (size_t i = 0; !rc && i < doc_len(commands); i++)
		rc = parse_check_options(doc_value(commands, i), source, e);
	if (!rc)
		rc = compare_program(program, *body, source, e);
	free(source);
	return rc;
}

/* Another body takes the place of the one that is there. */
static void load_body(struct judge *j, size_t i, const char *text)
{
	struct judge_check *c = &j->checks[i];
	struct buf program = {0};
	struct err e = {0};

	doc_free(c->body);
	c->body = NULL;
	free(c->problem);
	c->problem = NULL;
	if (read_body(&c->body, &program, c->name, text, &e)) {
		c->problem = xstrdup(e.msg);
		programs_replace(j->programs, c->program, "null");
	} else {
		programs_replace(j->programs, c->program, buf_str(&program));
	}
	buf_finish(&program);
}

/* What did not compile is named by its place in check.yml. */
static void find_problems(struct judge *j)
{
	programs_compile(j->programs);
	for (size_t i = 0; i < j->n; i++) {
		struct judge_check *c = &j->checks[i];
		struct err e = {0};

		if (c->problem || !programs_error(j->programs, c->program))
			continue;
		compare_blame(c->body, &e);
		c->problem = xasprintf("checks/%s/check.yml: %s", c->name, e.msg);
	}
}

struct judge *judge_new(const struct judge_source *checks, size_t n, const void *key,
	size_t key_len, struct strs *problem_names, struct strs *problem_texts)
{
	struct judge *j = xcalloc(1, sizeof *j);
	bool again = false;

	*j = (struct judge){.programs = programs_new(compare_prelude),
		.checks = xcalloc(n + 1, sizeof *j->checks),
		.n = n,
		.key = xmemdup(key, key_len),
		.key_len = key_len};
	for (size_t i = 0; i < n; i++) {
		j->checks[i].name = xstrdup(checks[i].name);
		j->checks[i].program = programs_add(j->programs, checks[i].name, "null");
		load_body(j, i, checks[i].body);
	}
	find_problems(j);
	for (size_t i = 0; i < n; i++) {
		if (!j->checks[i].problem)
			continue;
		strs_add(problem_names, checks[i].name);
		strs_addf(problem_texts, "%s%s", j->checks[i].problem,
			checks[i].last_good ? " (as it was before it stays in force)" : "");
		if (checks[i].last_good) {
			load_body(j, i, checks[i].last_good);
			again = true;
		}
	}
	if (again)
		find_problems(j);
	return j;
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++) {
		free(j->checks[i].name);
		free(j->checks[i].problem);
		doc_free(j->checks[i].body);
	}
	free(j->checks);
	programs_free(j->programs);
	free(j->key);
	free(j);
}

/* ---- one judgement ---- */

/* The samples as they may be kept: redacted. */
static void give_samples(struct judge_answer *out, const struct judge_reading *g)
{
	out->samples = xcalloc(g->n + 1, sizeof *out->samples);
	for (size_t i = 0; i < g->n; i++) {
		const struct sample *s = g->samples[i];
		const struct parsed *p = &g->parsed[i];

		if (!s)
			continue;
		out->samples[out->sample_count++] = (struct sample){.check = xstrdup(s->check),
			.command = compare_read_label(&g->reads[i]),
			.item = xstrdup(g->reads[i].item),
			.status = s->status,
			.exit_status = s->exit_status,
			.out = xmemdup(p->out ? p->out : "", p->out_len),
			.out_len = p->out_len,
			.err = xmemdup(p->err ? p->err : "", p->err_len),
			.err_len = p->err_len,
			.truncated = s->truncated,
			.at_ms = s->at_ms,
			.duration_ms = s->duration_ms,
			.note = xstrdup(s->note)};
		if (s->at_ms > out->finding.at_ms)
			out->finding.at_ms = s->at_ms;
	}
}

static void take_file(void *arg, const char *path, const char *data, size_t n)
{
	struct judge_answer *out = arg;
	struct judge_file *f;

	if (!data) {
		strs_add(&out->drop, path);
		return;
	}
	f = ARR_ADD(out->adopted, out->adopted_count, out->adopted_cap);
	*f = (struct judge_file){xstrdup(path), xmemdup(data, n), n};
}

static void adopt(struct judge_answer *out, struct compare_input *in, const struct judge_check *c,
	const struct judge_request *r)
{
	struct judge_reading raw;
	struct err e = {0};

	judge_read(&raw, c->body, r, NULL, in->params);
	in->reads = raw.reads;
	in->read_count = raw.n;
	if (compare_adopt(in, take_file, out, &e)) {
		judge_files_free(out->adopted, out->adopted_count);
		out->adopted = NULL;
		out->adopted_count = out->adopted_cap = 0;
		strs_finish(&out->drop);
		out->adopt_error = xstrdup(e.msg);
	}
	judge_reading_finish(&raw);
}

static struct judge_check *find_check(struct judge *j, const char *name)
{
	for (size_t i = 0; i < j->n; i++)
		if (str_eq(j->checks[i].name, name))
			return &j->checks[i];
	return NULL;
}

static int read_map(struct doc **out, const char *json, const char *name, struct err *e)
{
	*out = NULL;
	if (!json)
		return 0;
	if (json_read(out, json, strlen(json), name, e))
		return -1;
	if (doc_kind(*out) == DOC_MAP || doc_kind(*out) == DOC_NULL)
		return 0;
	doc_free(*out);
	*out = NULL;
	return err_set(e, ERR_INPUT, "%s: must be an object", name);
}

static struct compare_file *refs_of(const struct judge_request *r)
{
	struct compare_file *refs = xcalloc(r->ref_count + 1, sizeof *refs);

	for (size_t i = 0; i < r->ref_count; i++)
		refs[i] = (struct compare_file){r->refs[i].path, r->refs[i].data, r->refs[i].len};
	return refs;
}

/* Without what was read when that is more than anybody reads. */
static char *explain(const struct compare_input *in)
{
	struct doc *d = compare_explain(in);
	struct buf text = {.max = EXPLAINED_MAX};

	json_write(&text, d);
	if (text.overflow) {
		buf_reset(&text);
		doc_set_str(d, "read", "more than is shown");
		json_write(&text, d);
	}
	doc_free(d);
	return buf_take(&text);
}

static void run(struct judge *j, const struct judge_check *c, const struct judge_request *r,
	struct compare_input *in, struct judge_answer *out)
{
	const struct redact redact = {j->key, j->key_len};
	struct compare_file *refs = refs_of(r);
	struct judge_reading g;

	judge_read(&g, c->body, r, &redact, in->params);
	in->redact = &redact;
	in->reads = g.reads;
	in->read_count = g.n;
	in->refs = refs;
	in->ref_count = r->ref_count;
	compare_run(&out->finding, in);
	give_samples(out, &g);
	if (r->explain)
		out->explained = explain(in);
	if (r->adopt)
		adopt(out, in, c, r);
	judge_reading_finish(&g);
	free(refs);
}

int judge_run(
	struct judge *j, const struct judge_request *r, struct judge_answer *out, struct err *e)
{
	struct judge_check *c = find_check(j, r->check);
	struct doc *params = NULL, *previous = NULL;
	struct compare_input in;

	*out = (struct judge_answer){0};
	if (!c)
		return err_set(e, ERR_MISSING, "there is no check %s in the catalogue", r->check);
	if (read_map(&params, r->params, "params", e))
		return -1;
	/* Facts that cannot be read back are no facts. */
	if (read_map(&previous, r->previous, "previous", NULL))
		previous = NULL;
	in = (struct compare_input){.name = c->name,
		.check = c->body,
		.problem = c->problem,
		.programs = j->programs,
		.program = c->program,
		.now_ms = r->now_ms,
		.params = params,
		.previous = previous};
	out->finding.at_ms = r->sample_count ? 0 : r->now_ms;
	run(j, c, r, &in, out);
	out->finding.host = xstrdup(r->host);
	out->finding.check = xstrdup(r->check);
	doc_free(params);
	doc_free(previous);
	return 0;
}
