#include "config.h"

#include "codec/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/load.h"
#include "codec/yaml.h"

#define RULES_MAX 500
#define EXPIRES_MIN_S 60
#define EXPIRES_MAX_S ((int64_t)7 * 86400)

struct reading {
	struct load l;
	struct policy *p;
	const struct fleet *fleet;
};

static bool is_kind(const char *s)
{
	enum step_kind k;

	return step_kind_parse(s, &k);
}

/* A pattern over paths: absolute ones for hosts, relative ones for the ops repo. */
static bool is_pattern(const char *s)
{
	return *s && !str_starts(s, "./") && !str_starts(s, "../");
}

/* The names in map's `key` must be known: `known` says so. */
static int check_names(const struct reading *r, const struct doc *map, const char *key,
	const char *what, const struct strs *names)
{
	bool hosts = str_eq(key, "hosts");

	if (!r->fleet)
		return 0;
	for (size_t i = 0; i < names->n; i++) {
		const struct doc *list = doc_get(map, key), *at = doc_at(list, i);
		bool known = hosts ? fleet_host(r->fleet, names->v[i]) != NULL
				   : strs_has(&r->fleet->groups, names->v[i]);

		if (!known)
			return doc_err(r->l.e, r->l.name, at ? at : list,
				"%s names the %s \"%.64s\", which fleet.yml has not", what,
				hosts ? "host" : "group", names->v[i]);
	}
	return 0;
}

static int read_scope(
	const struct reading *r, const struct doc *d, const char *what, struct policy_rule *rule)
{
	struct load_text name = {.max = 64,
		.required = true,
		.ok = name_is_valid,
		.want = "names of a-z, 0-9, '.', '_' and '-'"};
	struct load_text kind = {.key = "kinds",
		.max = 16,
		.required = true,
		.ok = is_kind,
		.want = "file, reference, command or service"};
	struct load_text path = {.key = "paths",
		.max = 1024,
		.required = true,
		.ok = is_pattern,
		.want = "a path or pattern, like /etc/sudoers.d/*"};
	const struct {
		const char *key;
		struct strs *to;
	} names[] = {{"hosts", &rule->hosts}, {"groups", &rule->groups}, {"tags", &rule->tags}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		name.key = names[i].key;
		if (doc_get(d, name.key) && load_texts(&r->l, d, what, &name, true, names[i].to))
			return -1;
	}
	if (doc_get(d, "kinds") && load_texts(&r->l, d, what, &kind, true, &rule->kinds))
		return -1;
	if (doc_get(d, "paths") && load_texts(&r->l, d, what, &path, true, &rule->paths))
		return -1;
	if (check_names(r, d, "hosts", what, &rule->hosts))
		return -1;
	return check_names(r, d, "groups", what, &rule->groups);
}

static int read_rule(const struct reading *r, const struct doc *d, size_t no)
{
	static const char *const keys[] = {
		"name", "kinds", "hosts", "groups", "tags", "paths", "destructive", "action", NULL};
	const char *actions[ACTION_COUNT + 1] = {0};
	struct load_text name = {.key = "name",
		.required = true,
		.max = 80,
		.want = "a few words that say what the rule is for"};
	struct policy_rule *rule;
	int action = -1;
	char what[32];

	snprintf(what, sizeof what, "rule %zu", no);
	for (int i = 0; i < ACTION_COUNT; i++)
		actions[i] = action_name((enum action)i);
	if (doc_only_keys(d, r->l.name, what, keys, r->l.e))
		return -1;
	rule = ARR_ADD(r->p->rules, r->p->rule_count, r->p->rule_cap);
	rule->line = doc_line(d);
	if (load_text(&r->l, d, what, &name, &rule->name) || read_scope(r, d, what, rule) ||
		load_bool(&r->l, d, what, "destructive", &rule->destructive) ||
		load_choice(&r->l, d, what, "action", actions, &action))
		return -1;
	if (action < 0)
		return doc_err(r->l.e, r->l.name, d,
			"%s has no action: add approve, typed, two-person or forbid", what);
	rule->action = (enum action)action;
	return 0;
}

static int read_freeze(const struct reading *r, const struct doc *top)
{
	struct load_text reason = {.key = "freeze_reason", .max = 200, .want = "a line of text"};

	if (load_bool(&r->l, top, "the policy", "freeze", &r->p->freeze))
		return -1;
	return load_text(&r->l, top, "the policy", &reason, &r->p->freeze_reason);
}

static int read_top(const struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"freeze", "freeze_reason", "expires", "rules", NULL};
	const struct doc *rules;

	r->p->expires_default_ms = (int64_t)3600 * 1000;
	if (doc_kind(top) == DOC_NULL)
		return 0;
	if (doc_only_keys(top, r->l.name, "the policy", keys, r->l.e) || read_freeze(r, top) ||
		load_duration(&r->l, top, "the policy", "expires", EXPIRES_MIN_S, EXPIRES_MAX_S,
			&r->p->expires_default_ms) ||
		load_list(&r->l, top, "the policy", "rules", &rules))
		return -1;
	if (doc_len(rules) > RULES_MAX)
		return doc_err(r->l.e, r->l.name, rules, "more than %d rules", RULES_MAX);
	for (size_t i = 0; i < doc_len(rules); i++) {
		if (read_rule(r, doc_at(rules, i), i + 1))
			return -1;
	}
	return 0;
}

int policy_read(struct policy **out, const char *text, size_t n, const char *name,
	const struct fleet *fleet, struct err *e)
{
	struct reading r = {.l = {.name = name, .e = e}, .fleet = fleet};
	struct doc *top;
	int rc;

	*out = NULL;
	if (yaml_read(&top, text, n, name, e))
		return -1;
	r.p = xcalloc(1, sizeof *r.p);
	rc = read_top(&r, top);
	doc_free(top);
	if (rc) {
		policy_free(r.p);
		return -1;
	}
	*out = r.p;
	return 0;
}
