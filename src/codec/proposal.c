#include "config.h"

#include "codec/proposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/load.h"
#include "codec/proposal_step.h"
#include "codec/yaml.h"

#define TITLE_MAX 200
#define RATIONALE_MAX ((size_t)16 * 1024)
#define EXPIRES_MIN_S 60
#define EXPIRES_MAX_S ((int64_t)7 * 86400)

static int read_steps(struct proposal_reading *r, const struct doc *top, const char *key,
	struct step **steps, size_t *count, size_t *cap)
{
	const struct doc *list;

	if (load_list(&r->l, top, "the proposal", key, &list))
		return -1;
	for (size_t i = 0; i < doc_len(list); i++) {
		char what[48];

		snprintf(what, sizeof what, "%s %zu", str_eq(key, "steps") ? "step" : key, i + 1);
		if (proposal_read_step(r, doc_at(list, i), what, steps, count, cap))
			return -1;
	}
	return 0;
}

static int read_verify(struct proposal_reading *r, const struct doc *top, struct proposal *p)
{
	const struct doc *list;

	if (load_list(&r->l, top, "the proposal", "verify", &list))
		return -1;
	for (size_t i = 0; i < doc_len(list); i++) {
		char what[48];

		snprintf(what, sizeof what, "verify %zu", i + 1);
		if (proposal_read_verify(
			    r, doc_at(list, i), what, &p->verify, &p->verify_count, &p->verify_cap))
			return -1;
	}
	return 0;
}

/* Twice the same target: what was shown for one would not be what the other finds. */
static int refuse_twice(
	const struct proposal_reading *r, const struct doc *top, const struct proposal *p)
{
	for (size_t i = 0; i < p->step_count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct step *a = &p->steps[i], *b = &p->steps[j];

			if (a->path && b->path && a->kind == b->kind && str_eq(a->path, b->path) &&
				str_eq(a->host, b->host))
				return doc_err(r->l.e, r->l.name, load_place(top, "steps"),
					"%.200s is changed by two steps: make it one", a->path);
		}
	}
	return 0;
}

static void add_host(struct strs *hosts, const char *host)
{
	if (host && !strs_has(hosts, host))
		strs_add(hosts, host);
}

static void collect_hosts(struct proposal *p)
{
	for (size_t i = 0; i < p->step_count; i++)
		add_host(&p->hosts, p->steps[i].host);
	for (size_t i = 0; i < p->verify_count; i++)
		add_host(&p->hosts, p->verify[i].host);
	for (size_t i = 0; i < p->rollback_count; i++)
		add_host(&p->hosts, p->rollback[i].host);
	strs_sort(&p->hosts);
}

static int read_prose(struct proposal_reading *r, const struct doc *top, struct proposal *p)
{
	struct load_text title = {.key = "title",
		.required = true,
		.max = TITLE_MAX,
		.want = "what would be done, in one line"};
	struct load_text rationale = {.key = "rationale",
		.required = true,
		.max = RATIONALE_MAX,
		.lines = true,
		.want = "why it should be done"};
	struct load_text runbook = {.key = "runbook",
		.max = 64,
		.required = true,
		.ok = name_is_valid,
		.want = "a name below runbooks/, without .md"};

	if (load_text(&r->l, top, "the proposal", &title, &p->title) ||
		load_text(&r->l, top, "the proposal", &rationale, &p->rationale))
		return -1;
	if (doc_get(top, "runbook") && load_text(&r->l, top, "the proposal", &runbook, &p->runbook))
		return -1;
	return load_duration(&r->l, top, "the proposal", "expires", EXPIRES_MIN_S, EXPIRES_MAX_S,
		&p->expires_in_ms);
}

static int read_top(struct proposal_reading *r, const struct doc *top, struct proposal *p)
{
	static const char *const keys[] = {
		"title", "rationale", "runbook", "expires", "steps", "verify", "rollback", NULL};

	p->identity = IDENTITY_APPLY;
	if (doc_only_keys(top, r->l.name, "the proposal", keys, r->l.e) || read_prose(r, top, p) ||
		read_steps(r, top, "steps", &p->steps, &p->step_count, &p->step_cap) ||
		read_verify(r, top, p) ||
		read_steps(r, top, "rollback", &p->rollback, &p->rollback_count, &p->rollback_cap))
		return -1;
	if (!p->step_count)
		return doc_err(r->l.e, r->l.name, load_place(top, "steps"),
			"the proposal has no steps: it would change nothing");
	if (refuse_twice(r, top, p))
		return -1;
	collect_hosts(p);
	return 0;
}

int proposal_from_doc(
	struct proposal *out, const struct doc *d, const char *name, bool stored, struct err *e)
{
	struct proposal_reading r = {.l = {.name = name, .e = e}, .stored = stored};

	*out = (struct proposal){0};
	if (!read_top(&r, d, out))
		return 0;
	proposal_finish(out);
	return -1;
}

/* YAML that begins with '{' is read as JSON: agents write that, escapes and all. */
static bool looks_like_json(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strchr(" \t\r\n", text[i]))
			return text[i] == '{';
	}
	return false;
}

int proposal_read(struct proposal *out, const char *text, size_t n, const char *name, struct err *e)
{
	struct doc *d;
	int rc;

	*out = (struct proposal){0};
	if (n > 2 * PROPOSAL_CONTENT_MAX)
		return err_set(e, ERR_LIMIT, "%s: a proposal must be smaller than %zu KiB", name,
			2 * PROPOSAL_CONTENT_MAX / 1024);
	if (looks_like_json(text, n) ? json_read(&d, text, n, name, e)
				     : yaml_read(&d, text, n, name, e))
		return -1;
	rc = proposal_from_doc(out, d, name, false, e);
	doc_free(d);
	return rc;
}

struct doc *proposal_to_doc(const struct proposal *p, bool hide_secrets)
{
	struct doc *d = doc_new_map(), *steps = doc_new_list(), *verify = doc_new_list();
	struct doc *rollback = doc_new_list();

	doc_set_str(d, "title", p->title);
	doc_set_str(d, "rationale", p->rationale);
	if (p->runbook)
		doc_set_str(d, "runbook", p->runbook);
	if (p->expires_in_ms)
		doc_set_int(d, "expires", p->expires_in_ms / 1000);
	for (size_t i = 0; i < p->step_count; i++)
		doc_push(steps, proposal_step_doc(&p->steps[i], hide_secrets));
	for (size_t i = 0; i < p->verify_count; i++)
		doc_push(verify, proposal_verify_doc(&p->verify[i]));
	for (size_t i = 0; i < p->rollback_count; i++)
		doc_push(rollback, proposal_step_doc(&p->rollback[i], hide_secrets));
	doc_set(d, "steps", steps);
	doc_set(d, "verify", verify);
	doc_set(d, "rollback", rollback);
	return d;
}
