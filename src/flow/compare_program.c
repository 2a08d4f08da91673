#include "config.h"

#include "flow/compare.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "jq/program.h"

/* checks/README.md tells of each of these, and of those in jq/native_words.c. */
const char compare_prelude[] =
	/* The value of "KEY: value" in a list of lines. */
	"def field($key): [.[] | select(startswith($key + \":\")) | .[($key | length) + 1:] | "
	"trim] "
	"| first;\n"
	"def round1: (. * 10 | round) / 10;\n"
	"def percent: \"\\(. * 100 | round) %\";\n"
	"def bytes_text: if . >= 1099511627776 then \"\\(. / 1099511627776 | round1) TiB\" "
	"elif . >= 1073741824 then \"\\(. / 1073741824 | round1) GiB\" "
	"elif . >= 1048576 then \"\\(. / 1048576 | round1) MiB\" "
	"else \"\\(. / 1024 | round1) KiB\" end;\n"
	"def age_text: if . < 120 then \"\\(. | floor) s\" elif . < 7200 then \"\\(. / 60 | floor) "
	"min\" "
	"elif . < 172800 then \"\\(. / 3600 | floor) h\" else \"\\(. / 86400 | floor) days\" end;\n"
	"def count_text($one; $many): \"\\(.) \\(if . == 1 then $one else $many end)\";\n"
	/* RFC 3339 with any fraction and Z or an offset, to epoch seconds; null for anything else.
	 */
	"def epoch: [try "
	"(capture(\"^(?<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:"
	"[0-9]{2})([.][0-9]+)?(?<zone>Z|[+-][0-9]{2}:[0-9]{2})$\") "
	"| (.at + \"Z\" | fromdateiso8601) - (if .zone == \"Z\" then 0 else "
	"((.zone[1:3] | tonumber) * 3600 + (.zone[4:6] | tonumber) * 60) "
	"* (if .zone[0:1] == \"-\" then -1 else 1 end) end)) catch null][0];\n"
	"def worst: if any(.[]; . == \"crit\") then \"crit\" elif any(.[]; . == \"warn\") then "
	"\"warn\" "
	"elif any(.[]; . == \"unknown\") then \"unknown\" else \"ok\" end;\n";

/* The expression's first result. The brackets hold `try` together: before jq 1.7 it caught what
 * went wrong behind it too. `otherwise` is what comes of an error. */
static int add_try(struct buf *out, const char *text, const char *otherwise, const char *where,
	const char *source, struct err *e)
{
	buf_adds(out, "([try (");
	if (program_clean(out, text, e))
		return err_prefix(e, "%s: %s", source, where);
	buf_addf(out, "\n) catch %s][0])", otherwise);
	return 0;
}

/* An error names the place of the expression. */
static int add_expr(
	struct buf *out, const char *text, const char *where, const char *source, struct err *e)
{
	char otherwise[96];

	snprintf(otherwise, sizeof otherwise, "error(\"%s: \\(.)\")", where);
	return add_try(out, text, otherwise, where, source, e);
}

static int add_rule(
	struct buf *out, const struct doc *rule, size_t i, const char *source, struct err *e)
{
	const char *when = doc_get_str(rule, "when", NULL), *say = doc_get_str(rule, "say", NULL);
	char where[48];

	if (!when || !say)
		return doc_err(e, source, rule, "a rule needs `when` and `say`");
	snprintf(where, sizeof where, "rules[%zu].when", i);
	buf_adds(out, "(if ");
	if (add_expr(out, when, where, source, e))
		return -1;
	snprintf(where, sizeof where, "rules[%zu].say", i);
	buf_addf(out, " then {i: %zu, say: ", i);
	if (add_expr(out, say, where, source, e))
		return -1;
	buf_adds(out, "} else empty end)");
	return 0;
}

static int add_rules(struct buf *out, const struct doc *rules, const char *source, struct err *e)
{
	buf_adds(out, ", rules: [");
	for (size_t i = 0; i < doc_len(rules); i++) {
		buf_adds(out, i ? ", " : "");
		if (add_rule(out, doc_at(rules, i), i, source, e))
			return -1;
	}
	buf_addc(out, ']');
	return 0;
}

/* A figure that cannot be told is left out; it is no reason to have no finding. */
static int add_metrics(
	struct buf *out, const struct doc *metrics, const char *source, struct err *e)
{
	buf_adds(out, ", metrics: [");
	for (size_t i = 0; i < doc_len(metrics); i++) {
		const struct doc *at = doc_at(metrics, i);
		const char *name = doc_get_str(at, "name", ""), *unit = doc_get_str(at, "unit", "");
		const char *value = doc_get_str(at, "value", NULL);

		if (!value || !*name)
			return doc_err(e, source, at, "a metric needs `name` and `value`");
		buf_adds(out, i ? ", {name: " : "{name: ");
		json_write_str(out, name, strlen(name));
		buf_adds(out, ", unit: ");
		json_write_str(out, unit, strlen(unit));
		buf_addf(out, ", full: %g", doc_real(doc_get(at, "full")));
		buf_adds(out, ", value: ");
		if (add_try(out, value, "null", "metrics", source, e))
			return -1;
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
	return 0;
}

static int add_optional(struct buf *out, const struct doc *map, const char *key, const char *name,
	const char *source, struct err *e)
{
	const char *text = doc_get_str(map, key, NULL);

	if (!text)
		return 0;
	buf_addf(out, ", %s: ", name);
	return add_expr(out, text, key, source, e);
}

/* Evaluated in every state, needed in one: an error is no reason to have no finding. */
static int add_ok(struct buf *out, const struct doc *check, const char *source, struct err *e)
{
	buf_adds(out, ", ok: ");
	return add_try(out, doc_get_str(check, "ok", "null"), "null", "ok", source, e);
}

int compare_program(struct buf *out, const struct doc *check, const char *source, struct err *e)
{
	const struct doc *baseline = doc_get(check, "baseline");
	bool lines = str_eq(doc_get_str(baseline, "kind", NULL), "lines");
	size_t start = out->len;
	bool moving;

	if (add_expr(out, doc_get_str(check, "facts", "map_values(.value)"), "facts", source, e))
		return -1;
	buf_adds(out, " | if . == null then error(\"facts: gave nothing\") else . end | {facts: .");
	if (add_rules(out, doc_get(check, "rules"), source, e) ||
		add_metrics(out, doc_get(check, "metrics"), source, e) ||
		add_ok(out, check, source, e) ||
		add_optional(out, check, "items", "items", source, e) ||
		add_optional(out, check, "valid_until", "until", source, e) ||
		(lines && add_optional(out, baseline, "from", "lines", source, e)))
		return -1;
	/* What looks at the clock is judged at every sweep, unless it says until when it stands. */
	moving = program_uses(out->data + start, "now") && !doc_get(check, "valid_until");
	buf_addf(out, ", moving: %s}", moving ? "true" : "false");
	return 0;
}

/* ---- blame ---- */

static void try_one(struct programs *p, const char *where, size_t i, const char *key,
	const char *text, bool indexed)
{
	char name[64];

	if (indexed)
		snprintf(name, sizeof name, "%s[%zu].%s", where, i, key);
	else
		snprintf(name, sizeof name, "%s", key);
	if (text)
		programs_add(p, name, text);
}

void compare_blame(const struct doc *check, struct err *e)
{
	static const char *const keys[] = {"facts", "ok", "items", "valid_until"};
	const struct doc *rules = doc_get(check, "rules"), *metrics = doc_get(check, "metrics");
	struct programs *p = programs_new(compare_prelude);
	size_t i = 0;

	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
		try_one(p, "", 0, keys[k], doc_get_str(check, keys[k], NULL), false);
	for (size_t k = 0; k < doc_len(rules); k++) {
		try_one(p, "rules", k, "when", doc_get_str(doc_at(rules, k), "when", NULL), true);
		try_one(p, "rules", k, "say", doc_get_str(doc_at(rules, k), "say", NULL), true);
	}
	for (size_t k = 0; k < doc_len(metrics); k++)
		try_one(p, "metrics", k, "value", doc_get_str(doc_at(metrics, k), "value", NULL),
			true);
	try_one(p, "", 0, "from", doc_get_str(doc_get(check, "baseline"), "from", NULL), false);
	programs_compile(p);
	while (i < programs_count(p) && !programs_error(p, i))
		i++;
	if (i < programs_count(p))
		err_set(e, ERR_INPUT, "%s: %s", programs_name(p, i), programs_error(p, i));
	else
		err_set(e, ERR_INPUT, "its expressions do not compile together");
	programs_free(p);
}
