#include "config.h"

#include "flow/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/compare_parts.h"
#include "jq/program.h"

/* Bounds on a finding: past them the rest is counted, not kept. */
#define ITEMS_MAX 500
#define METRICS_MAX 200
#define FACTS_MAX (64 * 1024)

/* ---- what was read ---- */

static void say_plugin(
	struct verdict_list *l, enum finding_state state, const struct compare_read *r)
{
	const char *text = doc_get_str(r->value, "text", "");
	char *id = compare_read_label(r);

	verdict_add(l, state, id, "%s%s%s", r->item ? r->item : "", r->item ? ": " : "", text);
	free(id);
}

/* A plugin gives its verdict itself. */
static void judge_plugins(
	struct verdict_list *l, struct finding *out, const struct compare_input *in)
{
	for (size_t i = 0; i < in->read_count; i++) {
		const struct compare_read *r = &in->reads[i];
		const struct doc *perf = doc_get(r->value, "perf");
		const char *name = doc_get_str(r->value, "state", NULL);
		enum finding_state state;

		if (!r->read || !perf || !name)
			continue;
		if (!finding_state_parse(name, &state))
			state = FINDING_UNKNOWN;
		if (state != FINDING_OK)
			say_plugin(l, state, r);
		for (size_t k = 0; k < doc_len(perf) && out->metric_count < METRICS_MAX; k++) {
			const struct doc *at = doc_value(perf, k);
			struct metric *m;

			if (doc_kind(doc_get(at, "value")) == DOC_NULL)
				continue;
			m = ARR_ADD(out->metrics, out->metric_count, out->metric_cap);
			*m = (struct metric){r->item ? xasprintf("%s %s", doc_key(perf, k), r->item)
						     : xstrdup(doc_key(perf, k)),
				xstrdup(doc_get_str(at, "unit", "")),
				doc_real(doc_get(at, "value")), 0};
		}
	}
}

/* ---- what the program says ---- */

static void judge_rules(struct verdict_list *l, const struct doc *check, const struct doc *result)
{
	const struct doc *fired = doc_get(result, "rules"), *rules = doc_get(check, "rules");

	for (size_t i = 0; i < doc_len(fired) && l->n < ITEMS_MAX; i++) {
		const struct doc *at = doc_at(fired, i);
		int64_t number = doc_get_int(at, "i", 0);
		const struct doc *rule = doc_at(rules, (size_t)number);
		const char *say = doc_get_str(at, "say", NULL);
		enum finding_state state;
		char *id, *text;

		if (!finding_state_parse(doc_get_str(rule, "state", "crit"), &state) ||
			state == FINDING_OK)
			state = FINDING_UNKNOWN;
		l->unread |= state == FINDING_UNKNOWN;
		id = doc_get_str(rule, "id", NULL) ? xstrdup(doc_get_str(rule, "id", NULL))
						   : xasprintf("rule:%d", (int)number);
		text = compare_one_line(say ? say : "a rule fired, and has no text");
		verdict_add(l, state, id, "%s", text);
		free(text);
		free(id);
	}
}

static void take_items(struct verdict_list *l, struct finding *out, const struct doc *items)
{
	for (size_t i = 0; i < doc_len(items) && out->item_count < ITEMS_MAX; i++) {
		const struct doc *at = doc_at(items, i);
		struct finding_item *item = ARR_ADD(out->items, out->item_count, out->item_cap);
		bool told;
		char *id;

		item->name = compare_one_line(doc_get_str(at, "name", "?"));
		item->text = compare_one_line(doc_get_str(at, "text", ""));
		if (!finding_state_parse(doc_get_str(at, "state", "unknown"), &item->state))
			item->state = FINDING_UNKNOWN;
		if (item->state == FINDING_OK)
			continue;
		/* Told by a rule already: it counts, but is not said twice. */
		told = doc_get_bool(at, "told", false);
		id = xasprintf("item:%s", item->name);
		verdict_add(l, item->state, id, "%s%s%s", told ? "" : item->name,
			told || !*item->text ? "" : ": ", told ? "" : item->text);
		free(id);
	}
	if (doc_len(items) > ITEMS_MAX)
		verdict_add(l, FINDING_UNKNOWN, "items",
			"more than %d rows: the rest is not judged", ITEMS_MAX);
}

static void add_metric(struct finding *out, const char *name, const char *part, const char *unit,
	const struct doc *value, double full)
{
	struct metric *m;

	if ((doc_kind(value) != DOC_INT && doc_kind(value) != DOC_REAL) ||
		out->metric_count == METRICS_MAX)
		return;
	m = ARR_ADD(out->metrics, out->metric_count, out->metric_cap);
	*m = (struct metric){part ? xasprintf("%s %s", name, part) : xstrdup(name), xstrdup(unit),
		doc_real(value), full};
}

/* A value that is a map of numbers gives a metric for each: "used /", "used /srv". */
static void take_metrics(struct finding *out, const struct doc *metrics)
{
	for (size_t i = 0; i < doc_len(metrics); i++) {
		const struct doc *at = doc_at(metrics, i), *value = doc_get(at, "value");
		const char *name = doc_get_str(at, "name", "?"),
			   *unit = doc_get_str(at, "unit", "");
		double full = doc_real(doc_get(at, "full"));

		if (doc_kind(value) != DOC_MAP)
			add_metric(out, name, NULL, unit, value, full);
		for (size_t k = 0; doc_kind(value) == DOC_MAP && k < doc_len(value); k++)
			add_metric(out, name, doc_key(value, k), unit, doc_value(value, k), full);
	}
}

static void take_facts(struct finding *out, const struct doc *facts)
{
	struct buf text = {.max = FACTS_MAX};

	json_write(&text, facts);
	if (text.overflow) {
		buf_finish(&text);
		out->facts = xstrdup("{\"note\":\"more facts than are kept\"}");
	} else {
		out->facts = buf_take(&text);
	}
}

/* From epoch seconds; what is no time of this age is none. */
static int64_t until_ms(double seconds)
{
	return seconds > 0 && seconds < 1e11 ? (int64_t)(seconds * 1000) : 0;
}

static void take_result(struct verdict_list *l, struct finding *out, const struct compare_input *in,
	const struct doc *result)
{
	const struct doc *until = doc_get(result, "until");
	const char *ok = doc_get_str(result, "ok", NULL);

	take_facts(out, doc_get(result, "facts"));
	judge_rules(l, in->check, result);
	if (doc_get(in->check, "items") && doc_kind(doc_get(result, "items")) != DOC_LIST)
		verdict_add(l, FINDING_UNKNOWN, "items", "the check's items are not a list");
	take_items(l, out, doc_get(result, "items"));
	take_metrics(out, doc_get(result, "metrics"));
	if (doc_kind(until) == DOC_INT || doc_kind(until) == DOC_REAL)
		out->valid_until_ms = until_ms(doc_real(until));
	if (doc_get_bool(result, "moving", false))
		out->valid_until_ms = in->now_ms;
	if (ok)
		out->summary = compare_one_line(ok);
}

/* Runs the program; without a result what was read stays unjudged, and that is unknown. */
static struct doc *run_program(struct verdict_list *l, const struct compare_input *in)
{
	const struct program_vars vars = {
		.now_s = in->now_ms / 1000, .params = in->params, .previous = in->previous};
	struct doc *input = compare_program_input(in), *result = NULL;
	struct err e = {0};

	if (programs_run(in->programs, in->program, input, &vars, &result, &e)) {
		char *text = compare_one_line(e.msg);

		if (!l->n)
			verdict_add(l, FINDING_UNKNOWN, "program", "could not be judged: %s", text);
		free(text);
	}
	doc_free(input);
	return result;
}

static void judge_baseline(
	struct verdict_list *l, const struct compare_input *in, const struct doc *result)
{
	const char *kind = doc_get_str(doc_get(in->check, "baseline"), "kind", NULL);

	/* Where something was not read whole, what is missing is no drift. */
	if (str_eq(kind, "tree"))
		compare_tree(l, in);
	else if (str_eq(kind, "lines") && result && !l->unread)
		compare_lines(l, in, doc_get(result, "lines"));
}

/* Where a verdict could not be had, a zero says that nothing was counted, not that there is
 * nothing: it would stand in the history as a good day. */
static void drop_zeros(struct finding *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->metric_count; i++) {
		struct metric *m = &out->metrics[i];

		if (m->value != 0) {
			out->metrics[kept++] = *m;
			continue;
		}
		free(m->name);
		free(m->unit);
	}
	out->metric_count = kept;
}

void compare_run(struct finding *out, const struct compare_input *in)
{
	struct verdict_list verdicts = {0};
	struct doc *result = NULL;

	if (in->problem) {
		verdict_add(&verdicts, FINDING_UNKNOWN, "problem", "the check is broken: %s",
			in->problem);
	} else if (compare_reads(&verdicts, in)) {
		judge_plugins(&verdicts, out, in);
		result = run_program(&verdicts, in);
		if (result)
			take_result(&verdicts, out, in, result);
		judge_baseline(&verdicts, in, result);
	}
	verdict_conclude(out, &verdicts, in->name);
	if (out->state == FINDING_UNKNOWN)
		drop_zeros(out);
	doc_free(result);
	verdict_list_finish(&verdicts);
}

/* ---- adopt ---- */

static int adopt_lines(
	const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e)
{
	const struct program_vars vars = {
		.now_s = in->now_ms / 1000, .params = in->params, .previous = in->previous};
	struct doc *input = compare_program_input(in), *result = NULL;
	struct buf text = {0};
	int rc = programs_run(in->programs, in->program, input, &vars, &result, e);

	if (!rc)
		rc = compare_lines_adopt(&text, in, doc_get(result, "lines"), e);
	if (!rc)
		fn(arg, in->name, buf_str(&text), text.len);
	buf_finish(&text);
	doc_free(result);
	doc_free(input);
	return rc;
}

int compare_adopt(const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e)
{
	const char *kind = doc_get_str(doc_get(in->check, "baseline"), "kind", NULL);

	if (!kind)
		return err_set(e, ERR_MISSING, "the check has no baseline");
	if (in->problem)
		return err_set(e, ERR_FAIL, "the check is broken: %s", in->problem);
	for (size_t i = 0; i < in->read_count; i++)
		if (compare_unread(in, &in->reads[i]))
			return err_set(e, ERR_FAIL, "%s: %s", in->reads[i].command,
				in->reads[i].why ? in->reads[i].why : "not read");
	return str_eq(kind, "tree") ? compare_tree_adopt(in, fn, arg, e)
				    : adopt_lines(in, fn, arg, e);
}
