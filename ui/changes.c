#include "config.h"

#include "ui/changes.h"

#include "base/err.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "ui/difftext.h"

static const char *status_word(const char *status)
{
	if (str_eq(status, "A"))
		return "new";
	if (str_eq(status, "D"))
		return "removed";
	return str_eq(status, "M") ? "changed" : status;
}

static void add_path(struct text *t, const struct doc *path)
{
	static const struct difftext how = {.context = 3};
	struct diff *diff = NULL;
	struct err e;

	text_last(t)->mark = true;
	text_addf(t, AS_HEAD, "── %s", doc_get_str(path, "path", "?"));
	text_addf(t, AS_DIM, "  %s", status_word(doc_get_str(path, "status", "")));
	text_break(t);
	if (doc_get_bool(path, "left_out", false) || doc_kind(doc_get(path, "diff")) != DOC_MAP) {
		text_add(t, AS_WARN, "   too long to be sent: `git diff` shows it");
		text_break(t);
	} else if (diff_from_doc(&diff, doc_get(path, "diff"), &e) < 0) {
		text_addf(t, AS_WARN, "   %s", e.msg);
		text_break(t);
	} else {
		difftext_add(t, diff, &how);
		diff_free(diff);
	}
	text_break(t);
}

static void add_problem(struct text *t, const struct doc *p)
{
	text_add(t, AS_WARN, " ");
	t->indent = 3;
	if (doc_str(p))
		text_words(t, AS_WARN, doc_str(p));
	else
		text_words(t, AS_WARN, doc_get_str(p, "problem", ""));
	if (doc_get_str(p, "host", NULL))
		text_addf(t, AS_DIM, " (%s %s)", doc_get_str(p, "host", ""),
			doc_get_str(p, "check", ""));
	text_break(t);
	t->indent = 0;
}

void changes_add(struct text *t, const struct doc *result)
{
	const struct doc *paths = doc_get(result, "paths"), *problems = doc_get(result, "problems");

	for (size_t i = 0; i < doc_len(problems); i++)
		add_problem(t, doc_at(problems, i));
	if (doc_len(problems))
		text_break(t);
	for (size_t i = 0; i < doc_len(paths); i++)
		add_path(t, doc_at(paths, i));
	if (!doc_len(paths)) {
		text_add(t, AS_DIM, " nothing differs");
		text_break(t);
	}
	text_add(t, AS_DIM, " (end of change)");
	text_last(t)->end = true;
	text_break(t);
}
