#include "config.h"

#include "cmd/check_record.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "base/buf.h"
#include "base/strs.h"
#include "model/request.h"

static void print_sample(const struct doc *s)
{
	out_printf("== %s: %s, exit %lld, %lld ms%s\n", doc_get_str(s, "command", "?"),
		doc_get_str(s, "status", "?"), (long long)doc_get_int(s, "exit", 0),
		(long long)doc_get_int(s, "duration_ms", 0),
		doc_get_bool(s, "truncated", false) ? ", cut" : "");
	out_text(doc_get_str(s, "stdout", ""), doc_str_len(doc_get(s, "stdout")));
	if (!str_empty(doc_get_str(s, "stderr", "")))
		out_printf("-- stderr\n%s\n", doc_get_str(s, "stderr", ""));
	if (doc_get_str(s, "note", NULL))
		out_printf("-- %s\n", doc_get_str(s, "note", ""));
}

static void print(const struct doc *result)
{
	const struct doc *samples = doc_get(result, "samples"), *f = doc_get(result, "finding");
	const struct doc *items = doc_get(f, "items"), *diff = doc_get(f, "diff");
	struct buf facts = {0};

	for (size_t i = 0; i < doc_len(samples); i++)
		print_sample(doc_at(samples, i));
	if (doc_kind(doc_get(f, "facts")) != DOC_NULL) {
		json_write_pretty(&facts, doc_get(f, "facts"));
		out_printf("== facts\n%s", buf_str(&facts));
		buf_finish(&facts);
	}
	out_printf("== %s: %s\n", doc_get_str(f, "state", "?"), doc_get_str(f, "summary", ""));
	for (size_t i = 0; i < doc_len(items); i++)
		out_printf("   %s: %s: %s\n", doc_get_str(doc_at(items, i), "name", ""),
			doc_get_str(doc_at(items, i), "state", ""),
			doc_get_str(doc_at(items, i), "text", ""));
	if (doc_kind(diff) != DOC_NULL)
		out_diff_doc(diff);
}

static void print_value(const char *title, const struct doc *value)
{
	struct buf text = {0};

	json_write_pretty(&text, value);
	out_printf("%s%s", title, buf_str(&text));
	buf_finish(&text);
}

/* What was sent, what was read of it, and each rule with its value; before the verdict. */
static void print_explained(const struct doc *result)
{
	const struct doc *sent = doc_get(result, "sent"), *how = doc_get(result, "explained");
	const struct doc *rules = doc_get(how, "rules");

	for (size_t i = 0; i < doc_len(sent); i++) {
		const struct doc *d = doc_at(sent, i);

		out_printf("== sent for %s%s%s: %s\n", doc_get_str(d, "command", "?"),
			doc_get(d, "item") ? " " : "", doc_get_str(d, "item", ""),
			doc_get_str(d, "sent", ""));
	}
	if (how)
		print_value("== read\n", doc_get(how, "read"));
	for (size_t i = 0; i < doc_len(rules); i++) {
		const struct doc *d = doc_at(rules, i);
		struct buf value = {0};

		json_write(&value, doc_get(d, "value"));
		out_printf("== rule %zu, %s: %s\n   is %s%s%s\n", i + 1,
			doc_get_str(d, "state", "?"), doc_get_str(d, "when", ""), buf_str(&value),
			doc_get(d, "say") ? ": " : "", doc_get_str(d, "say", ""));
		buf_finish(&value);
	}
}

static void print_record(const struct doc *result, const char *host)
{
	struct doc *record = check_record(result, host);
	struct buf text = {0};

	yaml_write(&text, record);
	out_text(buf_str(&text), text.len);
	buf_finish(&text);
	doc_free(record);
}

int cmd_check_run(struct cmd *c, struct err *e)
{
	struct doc *args = doc_new_map(), *result;

	doc_set_str(args, "check", c->args[0]);
	doc_set_str(args, "host", c->args[1]);
	doc_set_bool(args, "worktree", c->option[OPTION_WORKTREE]);
	doc_set_bool(args, "explain", c->option[OPTION_EXPLAIN] || c->option[OPTION_RECORD]);
	if (cmd_call(c, REQUEST_CHECK_RUN, args, &result, e))
		return -1;
	if (c->option[OPTION_RECORD]) {
		print_record(result, c->args[1]);
	} else if (cmd_json(c)) {
		out_json(result);
	} else {
		print_explained(result);
		print(result);
	}
	doc_free(result);
	return 0;
}
