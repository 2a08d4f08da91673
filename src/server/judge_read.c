#include "config.h"

#include "server/judge_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "codec/doc.h"

static const struct sample *sample_of(const struct judge_request *r, const char *command)
{
	for (size_t i = 0; i < r->sample_count; i++)
		if (str_eq(r->samples[i].check, r->check) && str_eq(r->samples[i].command, command))
			return &r->samples[i];
	return NULL;
}

static bool is_kept(const struct doc *kept, const struct doc *entry)
{
	for (size_t i = 0; i < doc_len(kept); i++)
		if (str_eq(doc_str(doc_at(kept, i)), path_base(doc_get_str(entry, "path", "."))))
			return true;
	return false;
}

/* A running change names what it keeps beside its targets: that is nobody's drift, and no program
 * of a check shall trip over it. */
static void leave_out(struct doc **entries, const struct doc *kept)
{
	struct doc *rest;

	if (!doc_len(kept) || !*entries)
		return;
	rest = doc_new_list();
	for (size_t i = 0; i < doc_len(*entries); i++)
		if (!is_kept(kept, doc_at(*entries, i)))
			doc_push(rest, doc_copy(doc_at(*entries, i)));
	doc_free(*entries);
	*entries = rest;
}

/* A tool that is missing or says no prints none of this: a document that begins and cannot be read
 * was cut, and is unread however optional its command is. */
static bool breaks_off(const struct parsed *p, const struct doc *command, const struct sample *s)
{
	const struct doc *read = doc_get(command, "read");
	const char *kind = doc_get_str(doc_kind(read) == DOC_MAP ? read : command,
		doc_kind(read) == DOC_MAP ? "kind" : "read", "");
	const char *at = s->out ? s->out : "";

	if (p->state != PARSE_FAILED || s->status != SAMPLE_RAN || s->exit_status ||
		(!str_eq(kind, "json") && !str_eq(kind, "xml")))
		return false;
	while (*at && strchr(" \t\r\n", *at))
		at++;
	return *at == '{' || str_starts(at, "<?xml") ||
	       (*at == '[' && strchr(" \t\r\n{[\"", at[1]));
}

static void read_command(struct judge_reading *g, const char *name, const struct doc *command,
	const struct sample *s, const struct redact *redact, const struct doc *kept)
{
	struct parsed *p = &g->parsed[g->n];
	struct compare_read *r = &g->reads[g->n];

	g->samples[g->n++] = s;
	if (s)
		parse_sample(p, command, s, redact);
	else
		*p = (struct parsed){.state = PARSE_FAILED, .why = xstrdup("was not run")};
	if (p->raw) {
		leave_out(&p->value, kept);
		leave_out(&p->raw, kept);
	}
	*r = (struct compare_read){.command = name,
		.item = s ? s->item : NULL,
		.read = p->state == PARSE_READ,
		.absent = p->state == PARSE_ABSENT,
		.sudo_missing = p->state == PARSE_SUDO_MISSING,
		.optional = doc_get_bool(command, "optional", false) &&
			    !(s && breaks_off(p, command, s)),
		.why = p->why,
		.exit_status = s ? s->exit_status : -1,
		.unfinished = s && s->out_len && s->out[s->out_len - 1] != '\n',
		.err = p->err,
		.value = p->value,
		.raw = p->raw};
}

/* No item, no sample: it was left out, or else it was not run. */
static void read_no_items(struct judge_reading *g, const char *name, const struct doc *command,
	const struct doc *list)
{
	const char *each = doc_get_str(command, "each", "");
	struct parsed *p = &g->parsed[g->n];
	bool absent = !doc_len(list);

	*p = (struct parsed){.state = absent ? PARSE_ABSENT : PARSE_FAILED,
		.why = absent ? xasprintf("no parameter %s in fleet.yml", each)
			      : xstrdup("was not run")};
	g->reads[g->n] = (struct compare_read){.command = name,
		.absent = absent,
		.optional = doc_get_bool(command, "optional", false),
		.why = p->why,
		.exit_status = -1};
	g->samples[g->n++] = NULL;
}

static void read_each(struct judge_reading *g, const struct judge_request *r, const char *name,
	const struct doc *command, const struct redact *redact, const struct doc *params)
{
	const struct doc *list = doc_get(params, doc_get_str(command, "each", ""));
	size_t before = g->n;

	for (size_t i = 0; i < r->sample_count && g->n - before < CHECK_EACH_MAX; i++) {
		const struct sample *s = &r->samples[i];

		if (!str_eq(s->check, r->check) || !str_eq(s->command, name))
			continue;
		read_command(g, name, command, s, redact, doc_get(params, "opsdeck_kept"));
		if (s->item)
			g->reads[g->n - 1].item_doc = check_each_item(list, s->item);
	}
	if (g->n == before)
		read_no_items(g, name, command, list);
}

void judge_read(struct judge_reading *g, const struct doc *body, const struct judge_request *r,
	const struct redact *redact, const struct doc *params)
{
	const struct doc *commands = doc_get(body, "commands");
	size_t most = doc_len(commands) + r->sample_count;

	*g = (struct judge_reading){.parsed = xcalloc(most + 1, sizeof *g->parsed),
		.reads = xcalloc(most + 1, sizeof *g->reads),
		.samples = xcalloc(most + 1, sizeof *g->samples)};
	for (size_t i = 0; i < doc_len(commands) && i < JUDGE_COMMANDS_MAX; i++) {
		const struct doc *command = doc_value(commands, i);
		const char *name = doc_key(commands, i);

		if (doc_get(command, "each"))
			read_each(g, r, name, command, redact, params);
		else
			read_command(g, name, command, sample_of(r, name), redact,
				doc_get(params, "opsdeck_kept"));
	}
}

void judge_reading_finish(struct judge_reading *g)
{
	for (size_t i = 0; i < g->n; i++)
		parsed_finish(&g->parsed[i]);
	free(g->parsed);
	free(g->reads);
	free(g->samples);
}
