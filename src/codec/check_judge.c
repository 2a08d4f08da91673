#include "config.h"

#include "codec/check_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "codec/check_keys.h"

#define PROGRAM_MAX ((size_t)64 * 1024)

static const struct load_text program = {
	.required = true, .max = PROGRAM_MAX, .lines = true, .want = "a jq program"};

/* Only the server's side of tests runs this one: it stands in the check itself. */
static int read_facts_as(struct check_reading *r, const struct doc *top)
{
	struct load_text t = program;

	t.key = "facts_as";
	t.required = false;
	return load_text(&r->l, top, "the check", &t, &r->c->facts_as);
}

int check_read_program(const struct check_reading *r, const struct doc *d, const char *what,
	const char *key, bool required)
{
	struct load_text t = program;
	char *text = NULL;
	int rc;

	if (!required && !doc_get(d, key))
		return 0;
	t.key = key;
	rc = load_text(&r->l, d, what, &t, &text);
	free(text);
	return rc;
}

static int read_rules(const struct check_reading *r, const struct doc *top)
{
	static const char *const states[] = {"ok", "warn", "crit", "unknown", "drift", NULL};
	const struct doc *list;

	if (load_list(&r->l, top, "the check", "rules", &list))
		return -1;
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		int state = -1;
		char what[32];

		snprintf(what, sizeof what, "rule %zu", i + 1);
		if (doc_only_keys(d, r->l.name, what, check_keys_rule, r->l.e) ||
			check_read_program(r, d, what, "when", true) ||
			check_read_program(r, d, what, "say", true) ||
			load_choice(&r->l, d, what, "state", states, &state))
			return -1;
		if (state < 0)
			return doc_err(r->l.e, r->l.name, d,
				"%s has no state: add \"state: warn\" or \"state: crit\"", what);
	}
	return 0;
}

static int read_metrics(const struct check_reading *r, const struct doc *top)
{
	static const char *const units[] = {"bytes", "seconds", "ratio", "count", "celsius", NULL};
	const struct doc *list;
	struct load_text name = {.key = "name",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = CHECK_NAME_WANT};
	struct strs names = {0};
	int rc = load_list(&r->l, top, "the check", "metrics", &list);

	for (size_t i = 0; !rc && i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		char *text = NULL, what[32];
		int unit = 0;

		snprintf(what, sizeof what, "metric %zu", i + 1);
		if (doc_only_keys(d, r->l.name, what, check_keys_metric, r->l.e) ||
			load_text(&r->l, d, what, &name, &text) ||
			load_choice(&r->l, d, what, "unit", units, &unit) ||
			check_read_program(r, d, what, "value", true))
			rc = -1;
		else if (doc_get(d, "full") && !(doc_real(doc_get(d, "full")) > 0))
			rc = doc_err(r->l.e, r->l.name, doc_get(d, "full"),
				"full in %s must be a number above 0", what);
		else if (strs_has(&names, text))
			rc = doc_err(
				r->l.e, r->l.name, d, "metric %s stands twice: remove one", text);
		if (text)
			strs_take(&names, text);
	}
	strs_finish(&names);
	return rc;
}

static const struct check_command *command(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->command_count; i++) {
		if (str_eq(c->commands[i].name, name))
			return &c->commands[i];
	}
	return NULL;
}

static int read_baseline(struct check_reading *r, const struct doc *top)
{
	static const char *const kinds[] = {"lines", "tree", NULL};
	const struct doc *d = doc_get(top, "baseline");
	const struct check_command *from;
	int kind = -1;

	if (!d)
		return 0;
	if (doc_only_keys(d, r->l.name, "baseline", check_keys_baseline, r->l.e) ||
		load_choice(&r->l, d, "baseline", "kind", kinds, &kind) ||
		check_read_program(r, d, "baseline", "from", true))
		return -1;
	if (kind < 0)
		return doc_err(r->l.e, r->l.name, d,
			"baseline has no kind: add \"kind: lines\" or \"kind: tree\"");
	r->c->baseline = kind ? BASELINE_TREE : BASELINE_LINES;
	from = command(r->c, doc_str(doc_get(d, "from")));
	if (kind && (!from || from->read != READ_TAR || from->each))
		return doc_err(r->l.e, r->l.name, doc_get(d, "from"),
			"a tree baseline is taken from a command that is read as tar, and "
			"\"%.64s\" "
			"is none",
			doc_str(doc_get(d, "from")));
	return 0;
}

int check_read_judgement(struct check_reading *r, const struct doc *top)
{
	if (r->c->builtin)
		return 0;
	if (check_read_program(r, top, "the check", "facts", true) || read_facts_as(r, top) ||
		read_rules(r, top) || check_read_program(r, top, "the check", "ok", false) ||
		check_read_program(r, top, "the check", "items", false) ||
		check_read_program(r, top, "the check", "valid_until", false) ||
		read_metrics(r, top) || read_baseline(r, top))
		return -1;
	if (!doc_len(doc_get(top, "rules")) && !doc_get(top, "items") &&
		r->c->baseline == BASELINE_NONE)
		return doc_err(r->l.e, r->l.name, top,
			"the check judges nothing: add rules, items or a baseline");
	return 0;
}
