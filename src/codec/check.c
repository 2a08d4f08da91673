#include "config.h"

#include "codec/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/load.h"
#include "codec/sudoword.h"
#include "codec/yaml.h"

#define PROGRAM_MAX ((size_t)64 * 1024)
#define SCRIPT_MAX ((size_t)64 * 1024)
#define COMMANDS_MAX 16
#define CAP_DEFAULT ((size_t)256 * 1024)
#define CAP_MAX ((size_t)8 << 20)
#define NAME_WANT "a name of a-z, 0-9, '.', '_' and '-'"

struct reading {
	struct load l;
	struct check *c;
	check_file_fn *file;
	void *arg;
	struct buf hashed; /* check.yml and scripts, for the digest */
};

static bool is_file_name(const char *s)
{
	return name_is_valid(s) && !str_eq(s, "check.yml");
}

/* "{param}": the name without its brackets, or NULL. Heap. */
static char *param_of(const char *word)
{
	size_t n = strlen(word);

	if (n < 3 || word[0] != '{' || word[n - 1] != '}')
		return NULL;
	return xstrndup(word + 1, n - 2);
}

static int check_word(const struct reading *r, const struct doc *at, const char *what,
	const char *word, bool sudo)
{
	char *param = param_of(word);
	bool bad_param = param && !name_is_valid(param), plain = !param;

	free(param);
	if (bad_param)
		return doc_err(r->l.e, r->l.name, at,
			"\"%.64s\" in %s: a parameter is written {name}, with " NAME_WANT, word,
			what);
	if (sudo && plain && !sudo_word_ok(word))
		return doc_err(r->l.e, r->l.name, at,
			"\"%.64s\" in %s cannot stand in an exact sudoers line (no blanks, globs, "
			"quotes or other specials): choose another command",
			word, what);
	return 0;
}

static int read_argv(
	const struct reading *r, const struct doc *d, const char *what, struct check_command *cmd)
{
	const struct doc *argv = doc_get(d, "argv");

	if (load_argv(&r->l, d, what, "argv", &cmd->argv))
		return -1;
	for (size_t i = 0; i < cmd->argv.n; i++) {
		if (check_word(r, doc_at(argv, i), what, cmd->argv.v[i], cmd->sudo))
			return -1;
	}
	return 0;
}

static int read_script(
	struct reading *r, const struct doc *d, const char *what, struct check_command *cmd)
{
	struct load_text script = {.key = "script",
		.required = true,
		.max = 64,
		.ok = is_file_name,
		.want = "the name of a file beside check.yml"};
	struct load_text word = {.key = "argv", .max = 4096};
	struct buf bytes = {.max = SCRIPT_MAX};
	char *file = NULL;
	int rc = -1;

	if (load_text(&r->l, d, what, &script, &file) ||
		load_texts(&r->l, d, what, &word, false, &cmd->argv))
		goto out;
	if (cmd->sudo) {
		doc_err(r->l.e, r->l.name, doc_get(d, "sudo"),
			"%s: a bundled script runs without sudo only", what);
	} else if (!r->file || r->file(r->arg, file, &bytes, NULL)) {
		doc_err(r->l.e, r->l.name, doc_get(d, "script"), "%s: there is no file %s", what,
			file);
	} else if (bytes.overflow || !bytes.len || strlen(buf_str(&bytes)) != bytes.len) {
		doc_err(r->l.e, r->l.name, doc_get(d, "script"),
			"%s: %s must be a text of 1 to %zu bytes", what, file, SCRIPT_MAX);
	} else {
		buf_add(&r->hashed, bytes.data, bytes.len);
		cmd->script = buf_take(&bytes);
		rc = 0;
	}
out:
	free(file);
	buf_finish(&bytes);
	return rc;
}

/* `read: exit`, or a map with `kind` and what that reader wants, which the worker holds. */
static int read_read(
	const struct reading *r, const struct doc *d, const char *what, struct check_command *cmd)
{
	static const char *const keys[] = {
		"kind", "separator", "blocks", "columns", "header", "empty", NULL};
	const struct doc *read = doc_get(d, "read"), *kind = read;
	const char *words[READ_KIND_COUNT + 1] = {0};
	struct doc *as_map;
	int k = -1, rc;

	for (int i = 0; i < READ_KIND_COUNT; i++)
		words[i] = read_kind_name((enum read_kind)i);
	if (!read)
		return doc_err(r->l.e, r->l.name, d,
			"%s has no read: add \"read:\" with how its output is read, like {kind: "
			"lines}",
			what);
	if (doc_kind(read) == DOC_MAP) {
		if (doc_only_keys(read, r->l.name, "read", keys, r->l.e))
			return -1;
		kind = doc_get(read, "kind");
	}
	if (!kind)
		return doc_err(r->l.e, r->l.name, read, "read in %s has no kind", what);
	as_map = doc_new_map();
	doc_set(as_map, "read", doc_copy(kind));
	rc = load_choice(&r->l, as_map, what, "read", words, &k);
	doc_free(as_map);
	cmd->read = (enum read_kind)(k < 0 ? 0 : k);
	return rc;
}

static int read_command(struct reading *r, const char *name, const struct doc *d)
{
	static const char *const keys[] = {"argv", "script", "sudo", "present", "read", "exits",
		"optional", "timeout", "cap", NULL};
	const struct load *l = &r->l;
	struct load_text present = {.key = "present",
		.required = true,
		.max = 1024,
		.ok = path_is_clean_absolute,
		.want = "a clean absolute path"};
	struct check_command *cmd;
	char what[96];

	snprintf(what, sizeof what, "command %.64s", name);
	if (doc_only_keys(d, l->name, what, keys, l->e))
		return -1;
	cmd = ARR_ADD(r->c->commands, r->c->command_count, r->c->command_cap);
	cmd->name = xstrdup(name);
	cmd->timeout_ms = 10 * 1000;
	cmd->cap = CAP_DEFAULT;
	if (load_bool(l, d, what, "sudo", &cmd->sudo) ||
		(doc_get(d, "present") && load_text(l, d, what, &present, &cmd->present)) ||
		load_duration(l, d, what, "timeout", 1, 600, &cmd->timeout_ms) ||
		load_bytes(l, d, what, "cap", CAP_MAX, &cmd->cap) || read_read(r, d, what, cmd))
		return -1;
	return doc_get(d, "script") ? read_script(r, d, what, cmd) : read_argv(r, d, what, cmd);
}

static int read_commands(struct reading *r, const struct doc *top)
{
	const struct doc *d = doc_get(top, "commands");

	if (r->c->builtin) {
		if (d)
			return doc_err(r->l.e, r->l.name, d,
				"a builtin check has no commands: remove them");
		return 0;
	}
	if (doc_kind(d) != DOC_MAP || !doc_len(d) || doc_len(d) > COMMANDS_MAX)
		return doc_err(r->l.e, r->l.name, load_place(top, "commands"),
			"commands must be a map of 1 to %d named commands", COMMANDS_MAX);
	for (size_t i = 0; i < doc_len(d); i++) {
		if (!name_is_valid(doc_key(d, i)))
			return doc_key_err(r->l.e, r->l.name, d, i,
				"\"%.64s\" cannot be a command's name: use " NAME_WANT,
				doc_key(d, i));
		if (read_command(r, doc_key(d, i), doc_value(d, i)))
			return -1;
	}
	return 0;
}

static int read_applies(struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"tags", "groups", NULL};
	static const char *const froms[] = {"host", "bastion", NULL};
	const struct doc *d = doc_get(top, "applies");
	struct load_text tags = {.key = "tags", .max = 64, .ok = name_is_valid, .want = NAME_WANT};
	int from = 0;

	if (load_choice(&r->l, top, "the check", "from", froms, &from))
		return -1;
	r->c->on_bastion = from == 1;
	if (str_eq(doc_str(d), "everywhere")) {
		r->c->everywhere = true;
		return 0;
	}
	if (doc_kind(d) != DOC_MAP || !doc_len(d))
		return doc_err(r->l.e, r->l.name, load_place(top, "applies"),
			"applies must be everywhere, {tags: [...]} or {groups: [...]}");
	if (doc_only_keys(d, r->l.name, "applies", keys, r->l.e) ||
		load_texts(&r->l, d, "applies", &tags, true, &r->c->tags))
		return -1;
	tags.key = "groups";
	return load_texts(&r->l, d, "applies", &tags, true, &r->c->groups);
}

static const struct load_text program = {
	.required = true, .max = PROGRAM_MAX, .lines = true, .want = "a jq program"};

static int read_program(const struct reading *r, const struct doc *d, const char *what,
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

static int read_rules(const struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"when", "state", "say", NULL};
	static const char *const states[] = {"ok", "warn", "crit", "unknown", "drift", NULL};
	const struct doc *list;

	if (load_list(&r->l, top, "the check", "rules", &list))
		return -1;
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		int state = -1;
		char what[32];

		snprintf(what, sizeof what, "rule %zu", i + 1);
		if (doc_only_keys(d, r->l.name, what, keys, r->l.e) ||
			read_program(r, d, what, "when", true) ||
			read_program(r, d, what, "say", true) ||
			load_choice(&r->l, d, what, "state", states, &state))
			return -1;
		if (state < 0)
			return doc_err(r->l.e, r->l.name, d,
				"%s has no state: add \"state: warn\" or \"state: crit\"", what);
	}
	return 0;
}

static int read_metrics(const struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"name", "unit", "value", NULL};
	static const char *const units[] = {"bytes", "seconds", "ratio", "count", "celsius", NULL};
	const struct doc *list;
	struct load_text name = {
		.key = "name", .required = true, .max = 64, .ok = name_is_valid, .want = NAME_WANT};
	struct strs names = {0};
	int rc = load_list(&r->l, top, "the check", "metrics", &list);

	for (size_t i = 0; !rc && i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		char *text = NULL, what[32];
		int unit = 0;

		snprintf(what, sizeof what, "metric %zu", i + 1);
		if (doc_only_keys(d, r->l.name, what, keys, r->l.e) ||
			load_text(&r->l, d, what, &name, &text) ||
			load_choice(&r->l, d, what, "unit", units, &unit) ||
			read_program(r, d, what, "value", true))
			rc = -1;
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

static int read_baseline(struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"kind", "from", "root", NULL};
	static const char *const kinds[] = {"lines", "tree", NULL};
	const struct doc *d = doc_get(top, "baseline");
	const struct check_command *from;
	int kind = -1;

	if (!d)
		return 0;
	if (doc_only_keys(d, r->l.name, "baseline", keys, r->l.e) ||
		load_choice(&r->l, d, "baseline", "kind", kinds, &kind) ||
		read_program(r, d, "baseline", "from", true))
		return -1;
	if (kind < 0)
		return doc_err(r->l.e, r->l.name, d,
			"baseline has no kind: add \"kind: lines\" or \"kind: tree\"");
	r->c->baseline = kind ? BASELINE_TREE : BASELINE_LINES;
	from = command(r->c, doc_str(doc_get(d, "from")));
	if (kind && (!from || from->read != READ_TAR))
		return doc_err(r->l.e, r->l.name, doc_get(d, "from"),
			"a tree baseline is taken from a command that is read as tar, and "
			"\"%.64s\" "
			"is none",
			doc_str(doc_get(d, "from")));
	return 0;
}

static int read_judgement(struct reading *r, const struct doc *top)
{
	if (r->c->builtin)
		return 0;
	if (read_program(r, top, "the check", "facts", true) || read_rules(r, top) ||
		read_program(r, top, "the check", "ok", false) ||
		read_program(r, top, "the check", "items", false) ||
		read_program(r, top, "the check", "valid_until", false) || read_metrics(r, top) ||
		read_baseline(r, top))
		return -1;
	if (!doc_len(doc_get(top, "rules")) && !doc_get(top, "items") &&
		r->c->baseline == BASELINE_NONE)
		return doc_err(r->l.e, r->l.name, top,
			"the check judges nothing: add rules, items or a baseline");
	return 0;
}

static int read_numbers(struct reading *r, const struct doc *top)
{
	const char *panes[PANE_COUNT + 1] = {0};
	int64_t fail = 1, recover = 1;
	int pane = PANE_NONE;

	for (int i = 0; i < PANE_COUNT; i++)
		panes[i] = pane_name((enum pane)i);
	r->c->every_ms = 60 * 1000;
	if (load_duration(&r->l, top, "the check", "every", 5, 7 * 86400, &r->c->every_ms) ||
		load_int(&r->l, top, "the check", "fail_after", 1, 100, &fail) ||
		load_int(&r->l, top, "the check", "recover_after", 1, 100, &recover) ||
		load_choice(&r->l, top, "the check", "pane", panes, &pane))
		return -1;
	r->c->fail_after = (int)fail;
	r->c->recover_after = (int)recover;
	r->c->pane = (enum pane)pane;
	return 0;
}

static int read_top(struct reading *r, const struct doc *top)
{
	static const char *const keys[] = {"title", "about", "applies", "from", "every", "pane",
		"commands", "facts", "rules", "ok", "items", "metrics", "baseline", "valid_until",
		"fail_after", "recover_after", "runbook", "builtin", NULL};
	struct load_text title = {.key = "title",
		.required = true,
		.max = 80,
		.want = "what is watched, in a few words"};
	struct load_text about = {.key = "about",
		.required = true,
		.max = 4096,
		.lines = true,
		.want = "what it watches and why"};
	struct load_text runbook = {.key = "runbook",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = "a name below runbooks/, without .md"};

	r->c->runbook = xstrdup(r->c->name);
	if (doc_only_keys(top, r->l.name, "the check", keys, r->l.e) ||
		load_text(&r->l, top, "the check", &title, &r->c->title) ||
		load_text(&r->l, top, "the check", &about, &r->c->about) ||
		(doc_get(top, "runbook") &&
			load_text(&r->l, top, "the check", &runbook, &r->c->runbook)) ||
		load_bool(&r->l, top, "the check", "builtin", &r->c->builtin) ||
		read_applies(r, top) || read_numbers(r, top) || read_commands(r, top))
		return -1;
	return read_judgement(r, top);
}

static void digest(struct check *c, const struct buf *hashed)
{
	char hex[SHA256_HEX];

	sha256_hex(hex, buf_str(hashed), hashed->len);
	c->digest = xstrdup(hex);
}

int check_read(struct check *out, const char *check_name, const char *text, size_t n,
	const char *source, check_file_fn *file, void *arg, struct err *e)
{
	struct reading r = {.l = {.name = source, .e = e}, .c = out, .file = file, .arg = arg};
	struct buf body = {0};
	struct doc *top;
	int rc;

	*out = (struct check){0};
	if (!name_is_valid(check_name))
		return err_set(e, ERR_INPUT,
			"%s: \"%.64s\" cannot be a check's name: use " NAME_WANT, source,
			check_name);
	if (yaml_read(&top, text, n, source, e))
		return -1;
	out->name = xstrdup(check_name);
	out->source = xstrdup(source);
	buf_add(&r.hashed, text, n);
	rc = read_top(&r, top);
	json_write(&body, top);
	out->body = buf_take(&body);
	digest(out, &r.hashed);
	buf_finish(&r.hashed);
	doc_free(top);
	if (rc)
		check_finish(out);
	return rc;
}

int check_read_groups(
	const char *text, size_t n, const char *source, const struct fleet *f, struct err *e)
{
	const struct doc *groups;
	struct doc *top;
	int rc = 0;

	if (yaml_read(&top, text, n, source, e))
		return -1;
	groups = doc_get(doc_get(top, "applies"), "groups");
	for (size_t i = 0; !rc && i < doc_len(groups); i++) {
		const char *g = doc_str(doc_at(groups, i));

		if (g && !strs_has(&f->groups, g))
			rc = doc_err(e, source, doc_at(groups, i),
				"the check applies to the group \"%.64s\", which fleet.yml has not",
				g);
	}
	if (!rc && doc_str(groups) && !strs_has(&f->groups, doc_str(groups)))
		rc = doc_err(e, source, groups,
			"the check applies to the group \"%.64s\", which fleet.yml has not",
			doc_str(groups));
	doc_free(top);
	return rc;
}

/* The parameter's value as a word; NULL when the host has none. Its sandbox is one too. Heap. */
static char *param_value(const struct doc *params, const struct host *h, const char *name)
{
	const struct doc *v = doc_get(params, name);

	if (h->sandbox && str_eq(name, "sandbox"))
		return xstrdup(h->sandbox);
	if (doc_kind(v) == DOC_STRING)
		return xstrdup(doc_str(v));
	if (doc_kind(v) == DOC_INT)
		return xasprintf("%lld", (long long)doc_int(v));
	return NULL;
}

static int expand(struct strs *out, const struct check_command *cmd, const struct host *h,
	const struct doc *params, struct err *e)
{
	for (size_t i = 0; i < cmd->argv.n; i++) {
		char *name = param_of(cmd->argv.v[i]), *value = NULL;
		int rc = 0;

		if (name) {
			value = param_value(params, h, name);
			if (!value)
				rc = err_set(e, ERR_MISSING,
					"host %s has no parameter \"%s\" that command %s needs: "
					"add it "
					"to its params in fleet.yml",
					h->name, name, cmd->name);
			else if (cmd->sudo && !sudo_word_ok(value))
				rc = err_set(e, ERR_INPUT,
					"the parameter \"%s\" of host %s cannot stand in an exact "
					"sudoers line, as command %s needs it",
					name, h->name, cmd->name);
		}
		free(name);
		if (rc) {
			free(value);
			return -1;
		}
		strs_take(out, value ? value : xstrdup(cmd->argv.v[i]));
	}
	return 0;
}

int check_command_argv(
	struct strs *out, const struct check_command *cmd, const struct host *h, struct err *e)
{
	const char *text = h->params ? h->params : "{}";
	struct doc *params;
	int rc;

	if (json_read(&params, text, strlen(text), "params", e))
		return -1;
	rc = expand(out, cmd, h, params, e);
	doc_free(params);
	return rc;
}
