#include "config.h"

#include "codec/detect.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/safe.h"
#include "codec/check.h"
#include "codec/doc.h"
#include "codec/json.h"

#define PATHS_A_COMMAND 120
#define COMMANDS_MAX 16 /* of a check */
#define ITEMS_MAX 64
#define KEYS_MAX 16
#define WORD_MAX 200

struct doc *detect_of(const struct check *c)
{
	struct doc *body, *detect = NULL;

	if (!c->body || json_read(&body, c->body, strlen(c->body), "check", NULL))
		return NULL;
	if (doc_get(body, "detect"))
		detect = doc_copy(doc_get(body, "detect"));
	doc_free(body);
	return detect;
}

static void add_texts(struct strs *out, const struct doc *d)
{
	if (doc_str(d))
		strs_add(out, doc_str(d));
	for (size_t i = 0; i < doc_len(d); i++)
		if (doc_str(doc_at(d, i)))
			strs_add(out, doc_str(doc_at(d, i)));
}

void detect_paths(struct strs *out, const struct doc *detect)
{
	add_texts(out, doc_get(detect, "paths"));
}

/* ---- checks that look ---- */

/* Takes commands. */
static int make(
	struct check *out, const char *name, struct doc *commands, const char *facts, struct err *e)
{
	struct doc *top = doc_new_map(), *rules = doc_new_list(), *rule = doc_new_map();
	struct buf text = {0};
	int rc;

	/* Its facts are what is wanted; a check judges something. */
	doc_set_str(rule, "when", "false");
	doc_set_str(rule, "state", "warn");
	doc_set_str(rule, "say", "\"\"");
	doc_push(rules, rule);
	doc_set(top, "rules", rules);
	doc_set_str(top, "title", "Scan");
	doc_set_str(top, "about", "What a host runs.");
	doc_set_str(top, "applies", "everywhere");
	doc_set(top, "commands", commands);
	doc_set_str(top, "facts", facts);
	doc_set_str(top, "ok", "\"\"");
	json_write(&text, top);
	rc = check_read(out, name, buf_str(&text), text.len, DETECT_SCAN, NULL, NULL, e);
	buf_finish(&text);
	doc_free(top);
	return rc;
}

static struct doc *list_command(const struct strs *paths, size_t from)
{
	struct doc *command = doc_new_map(), *argv = doc_new_list(), *read = doc_new_map();

	/* A link to nothing is nothing (-L), and a path that is not there no failure. */
	doc_push_str(argv, "/bin/ls");
	doc_push_str(argv, "-1dL");
	doc_push_str(argv, "--");
	for (size_t i = from; i < paths->n && i < from + PATHS_A_COMMAND; i++)
		doc_push_str(argv, paths->v[i]);
	doc_set_str(read, "kind", "lines");
	doc_set_bool(read, "empty", true);
	doc_set(command, "argv", argv);
	doc_set(command, "read", read);
	doc_set_str(command, "exits", "any");
	return command;
}

int detect_paths_check(struct check *out, const struct strs *paths, struct err *e)
{
	struct doc *commands;

	*out = (struct check){0};
	if (paths->n > (size_t)PATHS_A_COMMAND * COMMANDS_MAX)
		return err_set(e, ERR_LIMIT, "the checks have more than %d paths to look for",
			PATHS_A_COMMAND * COMMANDS_MAX);
	commands = doc_new_map();
	for (size_t i = 0; i < paths->n; i += PATHS_A_COMMAND) {
		char name[32];

		snprintf(name, sizeof name, "paths%zu", i / PATHS_A_COMMAND);
		doc_set(commands, name, list_command(paths, i));
	}
	return make(out, DETECT_SCAN, commands, "[.[] | .value // [] | .[]]", e);
}

static void add_fact(struct buf *facts, const char *param, const char *program)
{
	struct buf key = {0};

	json_write_str(&key, param, strlen(param));
	buf_addf(facts,
		"%s%s: (.[%s] as $c | if $c.status != \"ran\" then {why: (\"its command failed\""
		" + ($c.exit | if type == \"number\" and . > 0 then \", with status \\(.)\" "
		"else \"\" end) + ($c.stderr // \"\" | split(\"\\n\") | first // \"\" "
		"| if . == \"\" then . else \": \" + .[0:120] end))} "
		"else (try {value: ($c.value | [%s\n] | first)} catch {why: \"\\(.)\"}) end)",
		facts->len > 1 ? ", " : "", buf_str(&key), buf_str(&key), program);
	buf_finish(&key);
}

int detect_params_check(struct check *out, const char *name, const struct doc *params,
	const struct strs *wanted, struct err *e)
{
	struct doc *commands = doc_new_map();
	struct buf facts = {0};
	int rc;

	buf_addc(&facts, '{');
	for (size_t i = 0; i < doc_len(params); i++) {
		const struct doc *p = doc_value(params, i);
		struct doc *command;

		if (!strs_has(wanted, doc_key(params, i)))
			continue;
		command = doc_new_map();
		doc_set(command, "argv", doc_copy(doc_get(p, "argv")));
		doc_set(command, "read", doc_copy(doc_get(p, "read")));
		doc_set_bool(command, "optional", true);
		doc_set(commands, doc_key(params, i), command);
		add_fact(&facts, doc_key(params, i), doc_get_str(p, "value", "null"));
	}
	buf_addc(&facts, '}');
	rc = make(out, name, commands, buf_str(&facts), e);
	buf_finish(&facts);
	return rc;
}

/* ---- what a host says ---- */

static bool word_ok(const struct doc *d, const char **why)
{
	const char *s = doc_str(d);
	size_t n = doc_str_len(d);

	if (doc_kind(d) == DOC_INT || doc_kind(d) == DOC_BOOL)
		return true;
	*why = "it holds something that is no word or number";
	if (!s)
		return false;
	*why = "a text in it is empty, too long or begins like an option";
	if (!n || n > WORD_MAX || strlen(s) != n || *s == '-')
		return false;
	*why = "it holds characters that are not plain ASCII";
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

static bool item_ok(const struct doc *d, const char **why)
{
	if (doc_kind(d) != DOC_MAP)
		return word_ok(d, why);
	*why = "a map in it has too many keys, or one that is no name";
	if (!doc_len(d) || doc_len(d) > KEYS_MAX)
		return false;
	for (size_t i = 0; i < doc_len(d); i++)
		if (!name_is_valid(doc_key(d, i)))
			return false;
	for (size_t i = 0; i < doc_len(d); i++)
		if (!word_ok(doc_value(d, i), why))
			return false;
	return true;
}

bool detect_value_ok(const struct doc *value, const char **why)
{
	bool is_list = doc_kind(value) == DOC_LIST;

	*why = "it found nothing";
	if (doc_kind(value) == DOC_NULL || (is_list && !doc_len(value)))
		return false;
	*why = "it found more than 64";
	if (is_list && doc_len(value) > ITEMS_MAX)
		return false;
	if (!is_list)
		return word_ok(value, why);
	for (size_t i = 0; i < doc_len(value); i++)
		if (!item_ok(doc_at(value, i), why))
			return false;
	return true;
}
