#include "config.h"

#include "server/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/redact.h"
#include "flow/fleet.h"
#include "flow/record.h"
#include "port/repo/repo.h"
#include "server/accepted.h"
#include "server/gather.h"
#include "server/refs.h"
#include "server/roles.h"
#include "store/write.h"

/* Of one answer, which has to fit into a message. A path past it says that its text is left out. */
#define DIFFS_MAX ((size_t)600 << 10)

/* A file of the new references. */
struct adopted {
	char *path; /* in the ops repo */
	char *data; /* NULL: removed */
	size_t len;
};

struct adopt {
	struct server_core *core;
	struct req *r; /* while it is being looked at */
	struct adopted *files;
	size_t file_count, file_cap;
	struct strs hosts;
	struct doc *doc; /* while it is being looked at */
	char shown[SHA256_HEX];
	char *parent; /* accepted when it was looked at */
};

void adopt_free(struct adopt *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->file_count; i++) {
		free(a->files[i].path);
		free(a->files[i].data);
	}
	free(a->files);
	strs_finish(&a->hosts);
	doc_free(a->doc);
	free(a->parent);
	free(a);
}

/* ---- what would change ---- */

static const struct judge_file *now_there(const struct adopt *a, const char *path)
{
	for (size_t i = 0; i < refs_count(a->core->refs); i++)
		if (str_eq(refs_at(a->core->refs, i)->path, path + strlen("refs/")))
			return refs_at(a->core->refs, i);
	return NULL;
}

static void problem(struct adopt *a, const char *host, const char *check, const char *what)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "host", host);
	doc_set_str(d, "check", check);
	doc_set_str(d, "problem", what);
	doc_push((struct doc *)(uintptr_t)doc_get(a->doc, "problems"), d);
}

static void redacted_diff(const struct adopt *a, struct diff *diff, const struct judge_file *old,
	const char *data, size_t len)
{
	const struct redact redact = {
		.key = a->core->estate_key, .key_len = sizeof a->core->estate_key};
	struct buf before = {0}, after = {0};

	if (old)
		redact_text(&before, &redact, old->data, old->len);
	if (data)
		redact_text(&after, &redact, data, len);
	diff_lines(diff, old ? buf_str(&before) : NULL, before.len, data ? buf_str(&after) : NULL,
		after.len, NULL);
	buf_finish(&before);
	buf_finish(&after);
}

static void show(struct adopt *a, const struct adopted *f, const struct judge_file *old)
{
	struct doc *d = doc_new_map();
	struct diff *diff = diff_new();
	char hex[SHA256_HEX];

	redacted_diff(a, diff, old, f->data, f->len);
	diff_trim(diff, 3);
	doc_set_str(d, "path", f->path);
	doc_set_str(d, "status", !old ? "A" : f->data ? "M" : "D");
	if (f->data) {
		sha256_hex(hex, f->data, f->len);
		doc_set_str(d, "sha256", hex);
	}
	doc_set(d, "diff", diff_to_doc(diff));
	diff_free(diff);
	doc_push((struct doc *)(uintptr_t)doc_get(a->doc, "paths"), d);
}

/* data NULL removes. What is there already in the same bytes is no change. */
static void add_file(
	struct adopt *a, const char *host, const char *below, const char *data, size_t len)
{
	char *path = xasprintf("refs/%s/%s", host, below);
	const struct judge_file *old = now_there(a, path);
	struct adopted *f;

	if ((!old && !data) || (old && data && old->len == len && !memcmp(old->data, data, len))) {
		free(path);
		return;
	}
	f = ARR_ADD(a->files, a->file_count, a->file_cap);
	*f = (struct adopted){.path = path, .data = data ? xmemdup(data, len) : NULL, .len = len};
	if (!strs_has(&a->hosts, host))
		strs_add(&a->hosts, host);
	show(a, f, old);
}

static void on_host(void *arg, struct gathered *g)
{
	struct adopt *a = arg;

	if (!g->reachable) {
		problem(a, g->host->name, NULL, g->error.msg);
		return;
	}
	for (size_t i = 0; i < g->check_count; i++) {
		const struct gathered_check *c = &g->checks[i];
		const struct judge_answer *answer = &c->answer;

		if (!answer->adopted_count && !answer->drop.n)
			problem(a, g->host->name, c->check->name, answer->finding.summary);
		for (size_t j = 0; j < answer->adopted_count; j++)
			add_file(a, g->host->name, answer->adopted[j].path, answer->adopted[j].data,
				answer->adopted[j].len);
		for (size_t j = 0; j < answer->drop.n; j++)
			add_file(a, g->host->name, answer->drop.v[j], NULL, 0);
	}
}

/* Leaves out the texts past what one message takes. */
static void fit(struct doc *paths)
{
	size_t room = DIFFS_MAX;

	for (size_t i = 0; i < doc_len(paths); i++) {
		struct doc *d = (struct doc *)(uintptr_t)doc_at(paths, i);
		struct buf size = {0};

		json_write(&size, d);
		if (size.len <= room) {
			room -= size.len;
		} else {
			doc_set(d, "diff", doc_new_null());
			doc_set_bool(d, "left_out", true);
		}
		buf_finish(&size);
	}
}

static void on_done(void *arg)
{
	struct adopt *a = arg;
	struct server_core *core = a->core;
	struct req *r = a->r;
	struct doc *answer = a->doc;
	struct buf canonical = {0};

	json_write_canonical(&canonical, answer);
	sha256_hex(a->shown, canonical.data, canonical.len);
	buf_finish(&canonical);
	doc_set_str(answer, "shown", a->shown);
	fit((struct doc *)(uintptr_t)doc_get(answer, "paths"));
	a->doc = NULL;
	a->r = NULL;
	adopt_free(core->adopt);
	core->adopt = a;
	req_answer(r, answer);
}

/* ---- looking ---- */

static size_t plan_host(
	struct gather_item *item, const struct host *h, const struct catalogue *c, const char *only)
{
	*item = (struct gather_item){.host = h};
	item->checks = xcalloc(c->check_count + 1, sizeof *item->checks);
	for (size_t i = 0; i < c->check_count; i++) {
		const struct check *check = &c->checks[i];

		if (check->baseline != BASELINE_NONE && check_applies(check, h) &&
			(!only || str_eq(only, check->name)))
			item->checks[item->check_count++] = check;
	}
	if (!item->check_count) {
		free(item->checks);
		item->checks = NULL;
	}
	return item->check_count;
}

static int preview(struct server_core *core, struct req *r, struct err *e)
{
	const char *host = doc_get_str(r->args, "host", NULL);
	const char *check = doc_get_str(r->args, "check", NULL);
	const struct intent *in = core->intent;
	struct gather_item *items;
	struct adopt *a;
	size_t n = 0;

	if (!in)
		return err_set(e, ERR_INPUT,
			"no accepted fleet.yml is in force: `opsdeck check-config` says why");
	if (host && !fleet_host(in->fleet, host))
		return err_set(e, ERR_MISSING, "there is no host %s in fleet.yml", host);
	if (check && !catalogue_check(in->catalogue, check))
		return err_set(e, ERR_MISSING, "there is no check %s", check);
	items = xcalloc(in->fleet->host_count + 1, sizeof *items);
	for (size_t i = 0; i < in->fleet->host_count; i++)
		if ((!host || str_eq(host, in->fleet->hosts[i].name)) &&
			plan_host(&items[n], &in->fleet->hosts[i], in->catalogue, check))
			n++;
	if (!n) {
		free(items);
		return err_set(e, ERR_INPUT, "no check with a reference applies there");
	}
	a = xcalloc(1, sizeof *a);
	*a = (struct adopt){
		.core = core, .r = r, .doc = doc_new_map(), .parent = xstrdup(core->accepted)};
	doc_set(a->doc, "paths", doc_new_list());
	doc_set(a->doc, "problems", doc_new_list());
	doc_set_str(a->doc, "accepted", core->accepted);
	gather_start(&(struct gather_spec){.core = core,
		.items = items,
		.item_count = n,
		.fresh = true,
		.adopt = true,
		.on_host = on_host,
		.on_done = on_done,
		.arg = a});
	return 0;
}

/* ---- committing ---- */

static char *title_of(const struct adopt *a)
{
	if (a->hosts.n == 1)
		return xasprintf("adopt what is on %s as its reference", a->hosts.v[0]);
	return xasprintf("adopt what is on %zu hosts as their references", a->hosts.n);
}

static int commit(struct server_core *core, const struct adopt *a, const struct req *r,
	const char *rationale, struct record_result *out, struct err *e)
{
	struct repo_change *changes = xcalloc(a->file_count + 1, sizeof *changes);
	char *title = title_of(a), *head = store_audit_head(core->store);
	struct repo_person author;
	bool other = user_person(&author, r->user, r->uid);
	const struct record_spec spec = {.title = title,
		.rationale = rationale,
		.author = other ? &author : NULL,
		.approved_by = r->user,
		.hosts = &a->hosts,
		.audit = head,
		.at_ms = clock_wall(core->clock),
		.parent = a->parent,
		.paths = changes,
		.path_count = a->file_count};
	int rc;

	for (size_t i = 0; i < a->file_count; i++)
		changes[i] = (struct repo_change){.path = a->files[i].path,
			.bytes = a->files[i].data,
			.len = a->files[i].len,
			.remove = !a->files[i].data};
	rc = record_preflight(core->repo, &spec, e);
	if (!rc)
		rc = record_commit(core->repo, &spec, out, e);
	repo_person_finish(&author);
	free(changes);
	free(title);
	free(head);
	return rc;
}

static int decide(struct server_core *core, struct req *r, struct err *e)
{
	const char *shown = req_str(r, "shown", e);
	const char *rationale = shown ? req_str(r, "rationale", e) : NULL;
	struct adopt *a = core->adopt;
	struct record_result result = {0};
	struct doc *d;

	if (!rationale)
		return -1;
	if (!a || !str_eq(a->shown, shown))
		return err_set(e, ERR_CONFLICT, "this is not what was shown last: look again");
	if (!a->file_count)
		return err_set(e, ERR_INPUT, "the references are what is there already");
	if (!str_eq(a->parent, core->accepted))
		return err_set(
			e, ERR_CONFLICT, "another commit was accepted meanwhile: look again");
	if (accepted_is_tip(core, e) || commit(core, a, r, rationale, &result, e))
		return -1;
	core->adopt = NULL;
	adopt_free(a);
	if (accepted_advance(core, r, result.commit, e)) {
		err_prefix(e, "commit %.12s was made, but", result.commit);
		record_result_finish(&result);
		return -1;
	}
	d = doc_new_map();
	doc_set_str(d, "commit", result.commit);
	doc_set_strs(d, "left", &result.left);
	record_result_finish(&result);
	req_answer(r, d);
	return 0;
}

void adopt_request(struct server_core *core, struct req *r)
{
	struct err e;
	bool look = doc_get_bool(r->args, "preview", false);

	if (look ? preview(core, r, &e) : decide(core, r, &e))
		req_fail(r, &e);
}
