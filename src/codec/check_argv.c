#include "config.h"

#include "codec/check_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/sudoword.h"

#define EACH "each"
/* Words that one parameter may give. */
#define WORDS_MAX 32

/* A parameter in a word: where it stands, its name, and what it is when the host has none. */
struct param {
	const char *begin, *end;
	char *name, *otherwise; /* otherwise NULL: it must be there */
};

static void param_finish(struct param *p)
{
	free(p->name);
	free(p->otherwise);
}

/* The next "{name}" or "{name|default}" from s on. Other braces are text: a jq or Go template, a
 * curl variable ("%{json}"), JSON. */
static bool next_param(struct param *out, const char *word, const char *s)
{
	for (; (s = strchr(s, '{')); s++) {
		size_t n = strcspn(s + 1, "}|"), full = strcspn(s + 1, "}");
		char *name;

		if (!s[1 + full])
			return false;
		if ((s > word && strchr("{%$", s[-1])))
			continue;
		name = xstrndup(s + 1, n);
		if (name_is_valid(name)) {
			*out = (struct param){.begin = s, .end = s + full + 2, .name = name};
			if (n < full)
				out->otherwise = xstrndup(s + n + 2, full - n - 1);
			return true;
		}
		free(name);
	}
	return false;
}

/* "{A b}" is meant as a parameter and is none. */
static bool is_misspelt(const char *word, bool has_param)
{
	size_t n = strlen(word);

	return !has_param && n > 2 && word[0] == '{' && word[1] != '{' && word[n - 1] == '}' &&
	       !strpbrk(word, ":\",");
}

/* A part of a word beside or instead of a parameter: it may be empty. */
static bool literal_ok(const char *s)
{
	return !*s || sudo_word_ok(s);
}

static bool parts_ok(const char *s, const struct param *p)
{
	char *before = xstrndup(s, (size_t)(p->begin - s));
	bool ok = literal_ok(before) && literal_ok(p->otherwise ? p->otherwise : "");

	free(before);
	return ok;
}

int check_read_word(const struct check_reading *r, const struct doc *at, const char *what,
	const char *word, bool sudo)
{
	const char *s = word;
	bool has_param = false, ok = true;
	struct param p;

	while (next_param(&p, word, s)) {
		has_param = true;
		ok = ok && parts_ok(s, &p);
		s = p.end;
		param_finish(&p);
	}
	if (is_misspelt(word, has_param))
		return doc_err(r->l.e, r->l.name, at,
			"\"%.64s\" in %s: a parameter is written {name}, with " CHECK_NAME_WANT,
			word, what);
	ok = ok && (has_param ? literal_ok(s) : sudo_word_ok(word));
	if (sudo && !ok)
		return doc_err(r->l.e, r->l.name, at,
			"\"%.64s\" in %s cannot stand in an exact sudoers line (no blanks, globs, "
			"quotes or other specials): choose another command",
			word, what);
	return 0;
}

/* ---- for one host ---- */

/* What parameters are looked up in. */
struct scope {
	const struct host *h;
	const struct doc *params, *item; /* item of `each`, or NULL */
	const char *item_name;
};

static char *value_text(const struct doc *v)
{
	if (doc_kind(v) == DOC_STRING)
		return xstrdup(doc_str(v));
	if (doc_kind(v) == DOC_INT)
		return xasprintf("%lld", (long long)doc_int(v));
	return NULL;
}

/* The parameter's value as a word; NULL when the host has none. Heap. */
static char *param_value(const struct scope *s, const char *name)
{
	const struct doc *v = doc_get(s->params, name);

	if (s->item_name && str_eq(name, EACH))
		return xstrdup(s->item_name);
	if (s->item_name && str_starts(name, EACH "."))
		return value_text(doc_get(s->item, name + strlen(EACH ".")));
	if (s->h->sandbox && str_eq(name, "sandbox"))
		return xstrdup(s->h->sandbox);
	if (!v && str_eq(name, "name"))
		return xstrdup(s->h->name);
	if (!v && str_eq(name, "address") && !str_empty(s->h->address))
		return xstrdup(s->h->address);
	return value_text(v);
}

static int no_value(
	const struct scope *s, const struct check_command *cmd, const char *name, struct err *e)
{
	if (s->item_name && str_starts(name, EACH "."))
		return err_set(e, ERR_MISSING,
			"\"%.64s\" of host %s's parameter \"%s\" has no \"%s\" that command %s "
			"needs: add it in fleet.yml",
			s->item_name, s->h->name, cmd->each, name + strlen(EACH "."), cmd->name);
	return err_set(e, ERR_MISSING,
		"host %s has no parameter \"%s\" that command %s needs: add it to its params in "
		"fleet.yml",
		s->h->name, name, cmd->name);
}

static int expand_word(struct buf *out, const char *word, const struct check_command *cmd,
	const struct scope *scope, struct err *e)
{
	const char *s = word;
	struct param p;
	int rc = 0;

	while (!rc && next_param(&p, word, s)) {
		char *value = param_value(scope, p.name);
		const char *text = value ? value : p.otherwise;

		buf_add(out, s, (size_t)(p.begin - s));
		if (!text)
			rc = no_value(scope, cmd, p.name, e);
		else if (cmd->sudo && *text && !sudo_word_ok(text))
			rc = err_set(e, ERR_INPUT,
				"the parameter \"%s\" of host %s cannot stand in an exact sudoers "
				"line, as command %s needs it",
				p.name, scope->h->name, cmd->name);
		else
			buf_adds(out, text);
		s = p.end;
		free(value);
		param_finish(&p);
	}
	buf_adds(out, s);
	return rc;
}

/* The list that stands for the whole word "{each.key}", which gives a word for each entry; or NULL.
 */
static const struct doc *list_for(const char *word, const struct scope *scope)
{
	const struct doc *list = NULL;
	struct param p;

	if (!next_param(&p, word, word))
		return NULL;
	if (p.begin == word && !*p.end && str_starts(p.name, EACH "."))
		list = doc_get(scope->item, p.name + strlen(EACH "."));
	param_finish(&p);
	return doc_kind(list) == DOC_LIST ? list : NULL;
}

static int expand_list(struct strs *out, const struct doc *list, const char *word,
	const struct check_command *cmd, const struct scope *scope, struct err *e)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		char *text = value_text(doc_at(list, i));

		if (!text || i == WORDS_MAX || (cmd->sudo && !sudo_word_ok(text))) {
			free(text);
			return err_set(e, ERR_INPUT,
				"%s of host %s must be a list of at most %d words%s, as command %s "
				"needs it",
				word, scope->h->name, WORDS_MAX,
				cmd->sudo ? " that may stand in an exact sudoers line" : "",
				cmd->name);
		}
		strs_take(out, text);
	}
	return 0;
}

static int expand(
	struct strs *out, const struct check_command *cmd, const struct scope *scope, struct err *e)
{
	for (size_t i = 0; i < cmd->argv.n; i++) {
		const struct doc *list = list_for(cmd->argv.v[i], scope);
		struct buf word = {0};
		int rc;

		if (list) {
			if (expand_list(out, list, cmd->argv.v[i], cmd, scope, e))
				return -1;
			continue;
		}
		rc = expand_word(&word, cmd->argv.v[i], cmd, scope, e);

		if (!rc && cmd->sudo && !word.len)
			rc = err_set(e, ERR_INPUT,
				"the word \"%s\" of command %s is empty on host %s and cannot "
				"stand "
				"in a sudoers line",
				cmd->argv.v[i], cmd->name, scope->h->name);
		if (!rc)
			strs_add(out, buf_str(&word));
		buf_finish(&word);
		if (rc)
			return -1;
	}
	return 0;
}

static int read_params(struct doc **out, const struct host *h, struct err *e)
{
	const char *text = h->params ? h->params : "{}";

	return json_read(out, text, strlen(text), "params", e);
}

int check_command_argv(struct strs *out, const struct check_command *cmd, const struct host *h,
	const char *item, struct err *e)
{
	struct scope scope = {.h = h, .item_name = item};
	struct doc *params;
	int rc;

	if (read_params(&params, h, e))
		return -1;
	scope.params = params;
	if (item)
		scope.item = check_each_item(doc_get(params, cmd->each), item);
	rc = expand(out, cmd, &scope, e);
	doc_free(params);
	return rc;
}

/* ---- each ---- */

static char *item_name(const struct doc *item)
{
	return value_text(doc_kind(item) == DOC_MAP ? doc_get(item, "name") : item);
}

const struct doc *check_each_item(const struct doc *list, const char *name)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		char *text = item_name(doc_at(list, i));
		bool found = str_eq(text, name);

		free(text);
		if (found)
			return doc_at(list, i);
	}
	return NULL;
}

static int add_items(struct strs *out, const struct check_command *cmd, const struct host *h,
	const struct doc *list, struct err *e)
{
	if (doc_kind(list) != DOC_LIST || doc_len(list) > CHECK_EACH_MAX)
		return err_set(e, ERR_INPUT,
			"the parameter \"%s\" of host %s must be a list of at most %d, as command "
			"%s runs for each",
			cmd->each, h->name, CHECK_EACH_MAX, cmd->name);
	for (size_t i = 0; i < doc_len(list); i++) {
		char *name = item_name(doc_at(list, i));

		if (str_empty(name) || strlen(name) > CHECK_ITEM_MAX || strpbrk(name, "\n\r\t") ||
			strs_has(out, name)) {
			free(name);
			return err_set(e, ERR_INPUT,
				"the parameter \"%s\" of host %s must be a list of words, or of "
				"maps "
				"with a name, each once",
				cmd->each, h->name);
		}
		strs_take(out, name);
	}
	return 0;
}

int check_command_items(
	struct strs *out, const struct check_command *cmd, const struct host *h, struct err *e)
{
	struct doc *params;
	const struct doc *list;
	int rc = 0;

	if (read_params(&params, h, e))
		return -1;
	list = doc_get(params, cmd->each);
	if (doc_kind(list) != DOC_NULL)
		rc = add_items(out, cmd, h, list, e);
	doc_free(params);
	return rc;
}
