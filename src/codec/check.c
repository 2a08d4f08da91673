#include "config.h"

#include "codec/check.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/check_keys.h"
#include "codec/check_parts.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/load.h"
#include "codec/yaml.h"

static int read_applies(struct check_reading *r, const struct doc *top)
{
	static const char *const froms[] = {"host", "bastion", NULL};
	const struct doc *d = doc_get(top, "applies");
	struct load_text tags = {
		.key = "tags", .max = 64, .ok = name_is_valid, .want = CHECK_NAME_WANT};
	int from = 0;

	if (load_choice(&r->l, top, "the check", "from", froms, &from))
		return -1;
	r->c->on_bastion = from == 1;
	if (str_eq(doc_str(d), "everywhere")) {
		r->c->everywhere = true;
		return 0;
	}
	if (doc_kind(d) != DOC_MAP || !doc_len(d))
		return doc_err(r->l.e, r->l.name, load_place(top, "applies"),
			"applies must be everywhere, {tags: [...]} or {groups: [...]}");
	if (doc_only_keys(d, r->l.name, "applies", check_keys_applies, r->l.e) ||
		load_texts(&r->l, d, "applies", &tags, true, &r->c->tags))
		return -1;
	tags.key = "groups";
	return load_texts(&r->l, d, "applies", &tags, true, &r->c->groups);
}
static int read_numbers(struct check_reading *r, const struct doc *top)
{
	const char *panes[PANE_COUNT + 1] = {0};
	static const char *const needs[] = {"all", "any", NULL};
	int64_t fail = 1, recover = 1, list = 0;
	int pane = PANE_NONE, need = 0;

	for (int i = 0; i < PANE_COUNT; i++)
		panes[i] = pane_name((enum pane)i);
	r->c->every_ms = 60 * 1000;
	if (load_duration(&r->l, top, "the check", "every", 5, 7 * 86400, &r->c->every_ms) ||
		load_int(&r->l, top, "the check", "fail_after", 1, 100, &fail) ||
		load_int(&r->l, top, "the check", "recover_after", 1, 100, &recover) ||
		load_int(&r->l, top, "the check", "list", 1, 5, &list) ||
		load_choice(&r->l, top, "the check", "needs", needs, &need) ||
		load_choice(&r->l, top, "the check", "pane", panes, &pane))
		return -1;
	r->c->fail_after = (int)fail;
	r->c->recover_after = (int)recover;
	r->c->list = (int)list;
	r->c->needs_any = need == 1;
	r->c->pane = (enum pane)pane;
	return 0;
}

static int read_top(struct check_reading *r, const struct doc *top)
{
	struct load_text title = {.key = "title",
		.required = true,
		.max = 80,
		.want = "what is watched, in a few words"};
	struct load_text about = {.key = "about",
		.required = true,
		.max = 4096,
		.lines = true,
		.want = "what it watches and why"};
	struct load_text system = {
		.key = "system", .max = 64, .want = "the name of the system that is watched"};
	struct load_text runbook = {.key = "runbook",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = "a name below runbooks/, without .md"};

	r->c->runbook = xstrdup(r->c->name);
	if (doc_only_keys(top, r->l.name, "the check", check_keys_top, r->l.e) ||
		load_text(&r->l, top, "the check", &title, &r->c->title) ||
		load_text(&r->l, top, "the check", &about, &r->c->about) ||
		load_text(&r->l, top, "the check", &system, &r->c->system) ||
		(doc_get(top, "runbook") &&
			load_text(&r->l, top, "the check", &runbook, &r->c->runbook)) ||
		load_bool(&r->l, top, "the check", "builtin", &r->c->builtin) ||
		read_applies(r, top) || read_numbers(r, top) || check_read_commands(r, top) ||
		check_read_detect(r, top))
		return -1;
	return check_read_judgement(r, top);
}

static void digest(struct check *c, const struct buf *hashed)
{
	char hex[SHA256_HEX];

	sha256_hex(hex, buf_str(hashed), hashed->len);
	c->digest = xstrdup(hex);
}

int check_read(struct check *out, const char *check_name, const char *text, size_t n,
	const char *source, check_file_fn *file, void *arg, struct err *e)
{
	struct check_reading r = {
		.l = {.name = source, .e = e}, .c = out, .file = file, .arg = arg};
	struct buf body = {0};
	struct doc *top;
	int rc;

	*out = (struct check){0};
	if (!name_is_valid(check_name))
		return err_set(e, ERR_INPUT,
			"%s: \"%.64s\" cannot be a check's name: use " CHECK_NAME_WANT, source,
			check_name);
	if (yaml_read(&top, text, n, source, e))
		return -1;
	out->name = xstrdup(check_name);
	out->source = xstrdup(source);
	buf_add(&r.hashed, text, n);
	rc = read_top(&r, top);
	json_write(&body, top);
	out->body = buf_take(&body);
	digest(out, &r.hashed);
	buf_finish(&r.hashed);
	doc_free(top);
	if (rc)
		check_finish(out);
	return rc;
}

int check_read_groups(
	const char *text, size_t n, const char *source, const struct fleet *f, struct err *e)
{
	const struct doc *groups;
	struct doc *top;
	int rc = 0;

	if (yaml_read(&top, text, n, source, e))
		return -1;
	groups = doc_get(doc_get(top, "applies"), "groups");
	for (size_t i = 0; !rc && i < doc_len(groups); i++) {
		const char *g = doc_str(doc_at(groups, i));

		if (g && !strs_has(&f->groups, g))
			rc = doc_err(e, source, doc_at(groups, i),
				"the check applies to the group \"%.64s\", which fleet.yml has not",
				g);
	}
	if (!rc && doc_str(groups) && !strs_has(&f->groups, doc_str(groups)))
		rc = doc_err(e, source, groups,
			"the check applies to the group \"%.64s\", which fleet.yml has not",
			doc_str(groups));
	doc_free(top);
	return rc;
}
