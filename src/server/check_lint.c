#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/compare.h"
#include "jq/program.h"
#include "server/check_folder.h"
#include "server/check_lint_parts.h"
#include "server/judge.h"

void lint_fault(struct lint *l, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	fprintf(l->out, "%s: %s\n", l->check.name, buf_str(&text));
	buf_finish(&text);
	l->faults++;
}

/* The whole judgement, and facts_as, which only tests run. */
static void lint_programs(struct lint *l)
{
	const struct judge_source source = {l->check.name, l->check.body, NULL};
	struct strs names = {0}, texts = {0};

	judge_free(judge_new(&source, 1, "", 0, &names, &texts));
	for (size_t i = 0; i < texts.n; i++)
		lint_fault(l, "%s", texts.v[i]);
	strs_finish(&names);
	strs_finish(&texts);
	if (l->check.facts_as) {
		struct programs *p = programs_new(compare_prelude);

		programs_add(p, "facts_as", l->check.facts_as);
		programs_compile(p);
		if (programs_error(p, 0))
			lint_fault(l, "facts_as: %s", programs_error(p, 0));
		programs_free(p);
	}
}

static void lint_metrics(struct lint *l)
{
	const struct doc *metrics = doc_get(l->body, "metrics");

	for (size_t i = 0; i < doc_len(metrics); i++)
		if (!doc_get(doc_at(metrics, i), "unit"))
			lint_fault(l, "metric %s has no unit",
				doc_get_str(doc_at(metrics, i), "name", "?"));
}

static void lint_one(struct lint *l)
{
	if (!l->check.system)
		lint_fault(l, "it names no system");
	lint_runbook(l);
	if (l->check.builtin)
		return;
	lint_programs(l);
	lint_commands(l);
	lint_metrics(l);
	lint_samples(l);
	lint_references(l);
}

static int lint_check(const struct check_lint_spec *spec, const char *name, FILE *out)
{
	struct lint l = {.spec = spec, .out = out};
	struct err e = {0};

	if (check_folder_read(&l.check, spec->dir, name, &e) ||
		json_read(&l.body, l.check.body, strlen(l.check.body), "check.yml", &e)) {
		fprintf(out, "%s: %s\n", name, e.msg);
		l.broken++;
	} else {
		lint_one(&l);
	}
	doc_free(l.body);
	check_finish(&l.check);
	return l.broken ? 2 : l.faults ? 1 : 0;
}

int check_lint_main(const struct strs *names, const struct check_lint_spec *spec, FILE *out)
{
	struct strs all = {0};
	struct err e = {0};
	int status = 0;

	if (check_folder_names(&all, spec->dir, names, &e)) {
		fprintf(out, "%s\n", e.msg);
		return 2;
	}
	for (size_t i = 0; i < all.n; i++) {
		int one = lint_check(spec, all.v[i], out);

		status = one > status ? one : status;
	}
	if (!status)
		fprintf(out, "%zu %s: no fault\n", all.n, all.n == 1 ? "check" : "checks");
	strs_finish(&all);
	return status;
}
