#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/detect.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/scan_plan_parts.h"

#define ABOUT_MAX 240
#define WORDS_MAX 8 /* parameters that one command lacks */

const struct doc *scan_told(const struct scan_trial *t, const char *check, const char *param)
{
	return doc_get(doc_get(doc_get(t->answer, "checks"), check), param);
}

/* ---- what is missing ---- */

static bool is_set(const struct scan_trial *t, const char *param)
{
	struct doc *params = scan_params(&t->with);
	bool set = doc_get(params, param);

	doc_free(params);
	return set;
}

/* The parameter that the message of check_command_argv names; heap. */
static char *named_in(const char *msg)
{
	const char *begin = strstr(msg, "no parameter \""), *end;

	if (!begin)
		return NULL;
	begin += strlen("no parameter \"");
	end = strchr(begin, '"');
	return end ? xstrndup(begin, (size_t)(end - begin)) : NULL;
}

/* Parameters that a command's argv lacks: each message names the first. */
static void missing_words(
	struct strs *out, const struct scan_trial *t, const struct check_command *cmd)
{
	struct doc *params = scan_params(&t->with);
	struct host h = t->with;

	for (int i = 0; i < WORDS_MAX; i++) {
		struct buf text = {0};
		struct strs argv = {0};
		struct err e = {0};
		char *name = NULL;

		json_write(&text, params);
		h.params = buf_take(&text);
		if (check_command_argv(&argv, cmd, &h, NULL, &e))
			name = named_in(e.msg);
		if (name && !strs_has(out, name))
			strs_add(out, name);
		if (name)
			doc_set_str(params, name, "x");
		i = name ? i : WORDS_MAX;
		free(name);
		free(h.params);
		strs_finish(&argv);
	}
	doc_free(params);
}

/* All that counts runs for each item of lists that are not there: one of the lists is needed, and
 * where the host was asked for some, it is those. */
static void missing_lists(struct strs *out, const struct scan_trial *t, const struct check *c)
{
	struct strs lists = {0};
	bool asked = false;

	for (size_t i = 0; i < c->command_count; i++) {
		const struct check_command *cmd = &c->commands[i];

		if (cmd->optional)
			continue;
		if (!cmd->each || is_set(t, cmd->each)) {
			strs_finish(&lists);
			return;
		}
		if (!strs_has(&lists, cmd->each))
			strs_add(&lists, cmd->each);
		asked = asked || scan_told(t, c->name, cmd->each);
	}
	for (size_t i = 0; i < lists.n; i++)
		if (!asked || scan_told(t, c->name, lists.v[i]))
			strs_add(out, lists.v[i]);
	strs_finish(&lists);
}

void scan_missing(struct strs *out, const struct scan_trial *t, const struct check *c)
{
	for (size_t i = 0; i < c->command_count; i++)
		if (!c->commands[i].each && (!c->commands[i].optional || c->commands[i].sudo))
			missing_words(out, t, &c->commands[i]);
	missing_lists(out, t, c);
}

/* ---- what a person has to fill in ---- */

/* Where `about` tells of the parameter: "NAME, a list" or "NAME (24)". */
static const char *told_at(const char *about, const char *param)
{
	size_t n = strlen(param);

	for (const char *at = about; (at = strstr(at, param)); at++) {
		if (at > about && !strchr(" (\n", at[-1]))
			continue;
		if (at[n] == ',' || !strncmp(at + n, " (", 2) || !strncmp(at + n, " and ", 5))
			return at;
	}
	return NULL;
}

/* What the check's `about` says of it, to the sentence's end; NULL: nothing. Heap. */
static char *sentence(const char *about, const char *param)
{
	const char *at = told_at(about, param), *end = at ? strstr(at, ". ") : NULL;
	size_t n = at ? end ? (size_t)(end - at) : strlen(at) : 0;
	char *out;

	if (!at)
		return NULL;
	while (!end && n && strchr(". \n", at[n - 1]))
		n--;
	out = xasprintf(
		"%.*s%s", (int)(n < ABOUT_MAX ? n : ABOUT_MAX), at, n < ABOUT_MAX ? "" : " ...");
	for (char *p = out; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	return out;
}

/* A summary names the command, which has the parameter's name. */
static const char *without_name(const char *why, const char *param)
{
	size_t n = strlen(param);

	return str_starts(why, param) && !strncmp(why + n, ": ", 2) ? why + n + 2 : why;
}

static void add_gap(struct scan_trial *t, const struct check *c, const char *param)
{
	const struct doc *told = scan_told(t, c->name, param);
	struct scan_gap *g;
	const char *why = NULL;

	if (told && !(why = doc_get_str(told, "why", NULL)) &&
		detect_value_ok(doc_get(told, "value"), &why))
		why = "what it found may not stand in a sudoers line";
	g = ARR_ADD(t->p->gaps, t->p->gap_count, t->p->gap_cap);
	*g = (struct scan_gap){.check = xstrdup(c->name),
		.param = xstrdup(param),
		.why = why ? xasprintf("%.*s", ABOUT_MAX, without_name(why, param)) : NULL,
		.about = sentence(c->about, param)};
}

static bool was_found(const struct scan_trial *t, const struct check *c, enum scan_verdict with)
{
	for (size_t i = 0; i < t->p->tag_count; i++)
		if (t->p->tags[i].verdict == with && strs_has(&t->p->tags[i].checks, c->name))
			return true;
	return false;
}

void scan_gaps(struct scan_trial *t)
{
	scan_with(t, NULL);
	for (size_t i = 0; i < t->c->check_count; i++) {
		const struct check *c = &t->c->checks[i];
		const struct doc *told = doc_get(doc_get(t->answer, "checks"), c->name);
		struct strs names = {0};

		if (!check_applies(c, &t->with) && !was_found(t, c, SCAN_NEEDS))
			continue;
		scan_missing(&names, t, c);
		for (size_t k = 0; k < doc_len(told); k++)
			if (!is_set(t, doc_key(told, k)) && !strs_has(&names, doc_key(told, k)))
				strs_add(&names, doc_key(told, k));
		for (size_t k = 0; k < names.n; k++)
			add_gap(t, c, names.v[k]);
		strs_finish(&names);
	}
}
