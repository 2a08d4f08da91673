#include "config.h"

#include "flow/compare.h"

#include "codec/doc.h"
#include "flow/compare_parts.h"
#include "jq/program.h"

/* The expression's value, or {"error": ...}. */
static struct doc *value_of(
	const struct compare_input *in, const char *text, const struct doc *input)
{
	const struct program_vars vars = {
		.now_s = in->now_ms / 1000, .params = in->params, .previous = in->previous};
	struct programs *p = programs_new(compare_prelude);
	struct doc *out = NULL;
	struct err e = {0};

	programs_add(p, "explain", text);
	programs_compile(p);
	if (programs_run(p, 0, input, &vars, &out, &e)) {
		out = doc_new_map();
		doc_set_str(out, "error", e.msg);
	}
	programs_free(p);
	return out;
}

static struct doc *explain_rule(
	const struct compare_input *in, const struct doc *rule, const struct doc *facts)
{
	const char *when = doc_get_str(rule, "when", "null");
	struct doc *d = doc_new_map(), *value = value_of(in, when, facts);
	bool holds = doc_kind(value) != DOC_NULL &&
		     (doc_kind(value) != DOC_BOOL || doc_bool(value)) && !doc_get(value, "error");

	doc_set_str(d, "when", when);
	doc_set_str(d, "state", doc_get_str(rule, "state", ""));
	doc_set(d, "value", value);
	if (holds)
		doc_set(d, "say", value_of(in, doc_get_str(rule, "say", "null"), facts));
	return d;
}

struct doc *compare_explain(const struct compare_input *in)
{
	const struct doc *rules = doc_get(in->check, "rules");
	struct doc *d = doc_new_map(), *list = doc_new_list(), *input = compare_program_input(in);
	struct doc *facts = value_of(in, doc_get_str(in->check, "facts", "null"), input);

	for (size_t i = 0; i < doc_len(rules); i++)
		doc_push(list, explain_rule(in, doc_at(rules, i), facts));
	doc_set(d, "read", input);
	doc_set(d, "facts", facts);
	doc_set(d, "rules", list);
	return d;
}
