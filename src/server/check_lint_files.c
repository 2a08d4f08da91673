#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "server/check_folder.h"
#include "server/check_lint_parts.h"

#define FILE_MAX ((size_t)1 << 20)

/* ---- the runbook ---- */

static const char *const headings[] = {"## What it means", "## How bad", "## Look first", "## Fix",
	"## Verify", "## Undo", "## Stop and wake somebody"};

/* Exactly these, in this order: at 3 a.m. each stands where it is looked for. */
static void lint_headings(struct lint *l, const char *text)
{
	struct strs lines = {0};
	size_t at = 0;

	strs_split(&lines, text, '\n');
	if (!lines.n || !str_starts(lines.v[0], "# "))
		lint_fault(l, "its runbook does not begin with a title (# ...)");
	for (size_t i = 0; i < lines.n; i++) {
		const char *line = lines.v[i];

		if (!str_starts(line, "## "))
			continue;
		if (at < sizeof headings / sizeof *headings && str_eq(line, headings[at]))
			at++;
		else
			lint_fault(l, "its runbook has \"%s\" where \"%s\" should stand", line,
				at < sizeof headings / sizeof *headings ? headings[at]
									: "nothing more");
	}
	if (at < sizeof headings / sizeof *headings)
		lint_fault(l, "its runbook lacks \"%s\"", headings[at]);
	strs_finish(&lines);
}

void lint_runbook(struct lint *l)
{
	char *path = xasprintf("%s/%s.md", l->spec->runbooks, l->check.runbook);
	struct buf text = {0};

	if (file_read(&text, path, FILE_MAX, NULL))
		lint_fault(l, "there is no runbook %s", path);
	else
		lint_headings(l, buf_str(&text));
	buf_finish(&text);
	free(path);
}

/* ---- samples ---- */

static void add_state(struct lint *l, struct strs *states, const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	struct doc *d = NULL;
	struct err e = {0};

	if (check_folder_yaml(&d, path, &e))
		lint_fault(l, "%s", e.msg);
	else if (doc_get_str(d, "state", NULL))
		strs_add(states, doc_get_str(d, "state", NULL));
	doc_free(d);
	free(path);
}

/* The states that its samples come out as. */
static void sample_states(struct lint *l, struct strs *states)
{
	char *folder = xasprintf("%s/%s/expected", l->spec->dir, l->check.name);
	struct strs names = {0};

	if (!dir_list(&names, folder, NULL))
		for (size_t i = 0; i < names.n; i++)
			if (str_ends(names.v[i], ".yml"))
				add_state(l, states, folder, names.v[i]);
	strs_finish(&names);
	free(folder);
}

void lint_samples(struct lint *l)
{
	const struct doc *rules = doc_get(l->body, "rules");
	struct strs states = {0}, missing = {0};

	sample_states(l, &states);
	for (size_t i = 0; i < doc_len(rules); i++) {
		const char *state = doc_get_str(doc_at(rules, i), "state", "");

		if (!strs_has(&states, state) && !strs_has(&missing, state))
			strs_add(&missing, state);
	}
	if (l->check.baseline != BASELINE_NONE && !strs_has(&states, "drift"))
		strs_add(&missing, "drift");
	for (size_t i = 0; i < missing.n; i++)
		lint_fault(l, "it can give %s, and no sample does", missing.v[i]);
	if (!strs_has(&states, "ok"))
		lint_fault(l, "no sample is ok");
	if (!strs_has(&states, "unknown"))
		lint_fault(l, "no sample is unknown: what if its command cannot be read?");
	strs_finish(&missing);
	strs_finish(&states);
}
