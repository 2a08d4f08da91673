#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/knownhosts.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/change_int.h"

#define KNOWN_HOSTS_MAX ((size_t)4 << 20)
#define SUDOERS_FILES_MAX 1000

static const char *const target_kinds[] = {
	[TARGET_NONE] = "none",
	[TARGET_ABSENT] = "absent",
	[TARGET_FILE] = "file",
	[TARGET_OTHER] = "other",
};

static struct doc *targets_to_doc(const struct loaded *l, const struct target *targets)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < l->p.step_count; i++) {
		const struct target *t = &targets[i];
		struct doc *one = doc_new_map();

		doc_set_str(one, "kind", target_kinds[t->kind]);
		if (t->kind != TARGET_NONE) {
			doc_set_str(one, "host", t->host);
			doc_set_str(one, "path", t->path);
		}
		if (t->kind == TARGET_FILE) {
			doc_set_str(one, "hash", t->hash);
			doc_set_int(one, "mode", t->mode);
			doc_set_int(one, "uid", t->uid);
			doc_set_int(one, "gid", t->gid);
		}
		doc_push(list, one);
	}
	return list;
}

static int add_blob(struct doc *blobs, struct server_core *core, const char *path, struct err *e)
{
	char id[REPO_ID_HEX];

	if (repo_blob(core->repo, core->accepted, path, id, e))
		return -1;
	doc_set_str(blobs, path, id);
	return 0;
}

/* All of a host's sudoers reference as one entry: names and blob ids. */
static int add_sudoers(struct doc *blobs, struct server_core *core, const char *host, struct err *e)
{
	char *under = xasprintf("refs/%s/sudoers", host);
	struct repo_entry *v = NULL;
	struct buf all = {0};
	char hash[SHA256_HEX];
	size_t n = 0;
	int rc = repo_list(core->repo, core->accepted, under, SUDOERS_FILES_MAX, &v, &n, e);

	for (size_t i = 0; i < n; i++)
		buf_addf(&all, "%s %s\n", v[i].path, v[i].id);
	sha256_hex(hash, buf_str(&all), all.len);
	if (rc == 0)
		doc_set_str(blobs, under, hash);
	repo_entries_free(v, n);
	buf_finish(&all);
	free(under);
	return rc;
}

/* The branch that the record goes to. */
static int add_branch(struct doc *blobs, struct server_core *core, struct err *e)
{
	struct repo_head head;

	if (repo_head(core->repo, &head, e))
		return -1;
	doc_set_str(blobs, "HEAD", head.ref);
	repo_head_finish(&head);
	return 0;
}

static int add_check(struct doc *blobs, struct server_core *core, const char *check, struct err *e)
{
	char *path = xasprintf("checks/%s/check.yml", check);
	int rc = add_blob(blobs, core, path, e);

	free(path);
	return rc;
}

static int blobs_make(
	struct doc *blobs, struct server_core *core, const struct proposal *p, struct err *e)
{
	char *runbook;
	int rc = add_branch(blobs, core, e);

	if (rc == 0)
		rc = add_blob(blobs, core, "policy.yml", e);
	for (size_t i = 0; rc == 0 && i < p->verify_count; i++)
		if (p->verify[i].kind == VERIFY_CHECK)
			rc = add_check(blobs, core, p->verify[i].check, e);

	for (size_t i = 0; rc == 0 && i < p->step_count; i++) {
		const struct step *s = &p->steps[i];

		if (s->kind == STEP_REFERENCE)
			rc = add_blob(blobs, core, s->path, e);
		else if (s->from_reference)
			rc = add_blob(blobs, core, s->from_reference, e);
	}
	for (size_t i = 0; rc == 0 && i < p->hosts.n; i++)
		rc = add_sudoers(blobs, core, p->hosts.v[i], e);
	if (rc == 0 && p->runbook) {
		runbook = xasprintf("runbooks/%s.md", p->runbook);
		rc = add_blob(blobs, core, runbook, e);
		free(runbook);
	}
	return rc;
}

/* What known_hosts has for each host, and where it is: a key that was trusted anew, or an address
 * that moved, voids the approval. */
static int hostkeys_make(
	struct doc *keys, struct server_core *core, const struct proposal *p, struct err *e)
{
	struct known_hosts *known = known_hosts_new();
	struct buf text = {0}, lines = {0};
	char hash[SHA256_HEX];
	int rc = 0;

	if (file_exists(core->paths.known_hosts))
		rc = file_read(&text, core->paths.known_hosts, KNOWN_HOSTS_MAX, e);
	if (rc == 0)
		known_hosts_read(known, buf_str(&text), text.len, "known_hosts", NULL);
	for (size_t i = 0; rc == 0 && i < p->hosts.n; i++) {
		const struct host *h = fleet_host(core->intent->fleet, p->hosts.v[i]);

		if (!h) {
			rc = err_set(
				e, ERR_CONFLICT, "%s is no longer in the fleet", p->hosts.v[i]);
			break;
		}
		buf_reset(&lines);
		buf_addf(&lines, "%s %s %d %s\n", transport_kind_name(h->transport),
			h->address ? h->address : "", h->port, h->user[IDENTITY_APPLY]);
		if (h->transport == TRANSPORT_LIBSSH2)
			known_hosts_take(&lines, known, h->address, h->port);
		sha256_hex(hash, buf_str(&lines), lines.len);
		doc_set_str(keys, h->name, hash);
	}
	buf_finish(&text);
	buf_finish(&lines);
	known_hosts_free(known);
	return rc;
}

int binding_make(struct doc **out, struct server_core *core, const struct loaded *l,
	const struct target *targets, struct err *e)
{
	struct doc *binding = doc_new_map(), *blobs = doc_new_map(), *keys = doc_new_map();

	doc_set(binding, "targets", targets_to_doc(l, targets));
	doc_set(binding, "blobs", blobs);
	doc_set(binding, "hostkeys", keys);
	if (blobs_make(blobs, core, &l->p, e) || hostkeys_make(keys, core, &l->p, e)) {
		doc_free(binding);
		return -1;
	}
	*out = binding;
	return 0;
}

static int same_map(const struct doc *bound, const struct doc *now, const char *what, struct err *e)
{
	for (size_t i = 0; i < doc_len(bound); i++)
		if (!doc_equal(doc_value(bound, i), doc_get(now, doc_key(bound, i))))
			return err_set(e, ERR_CONFLICT, "%s: %s", doc_key(bound, i), what);
	if (doc_len(bound) != doc_len(now))
		return err_set(e, ERR_CONFLICT, "more is involved now than was shown");
	return 0;
}

static void target_from_doc(struct target *t, const struct doc *d)
{
	const char *kind = doc_get_str(d, "kind", "none"), *hash = doc_get_str(d, "hash", "");

	*t = (struct target){
		.host = xstrdup(doc_get_str(d, "host", "")),
		.path = xstrdup(doc_get_str(d, "path", "")),
		.mode = (unsigned)doc_get_int(d, "mode", 0),
		.uid = (long)doc_get_int(d, "uid", -1),
		.gid = (long)doc_get_int(d, "gid", -1),
	};
	for (size_t k = 0; k < sizeof target_kinds / sizeof *target_kinds; k++)
		if (str_eq(kind, target_kinds[k]))
			t->kind = (enum target_kind)k;
	snprintf(t->hash, sizeof t->hash, "%s", hash);
}

static int same_targets(const struct doc *bound, const struct doc *now, struct err *e)
{
	int rc = 0;

	if (doc_len(bound) != doc_len(now))
		return err_set(e, ERR_CONFLICT, "the steps are not those that were shown");
	for (size_t i = 0; rc == 0 && i < doc_len(bound); i++) {
		struct target a, b;
		char *why = NULL;

		target_from_doc(&a, doc_at(bound, i));
		target_from_doc(&b, doc_at(now, i));
		if (!target_same(&a, &b, &why))
			rc = err_set(e, ERR_CONFLICT, "%s:%s", a.host, why);
		free(why);
		target_release(&a);
		target_release(&b);
	}
	return rc;
}

int binding_same(const struct doc *bound, const struct doc *now, struct err *e)
{
	if (same_targets(doc_get(bound, "targets"), doc_get(now, "targets"), e))
		return -1;
	if (same_map(doc_get(bound, "blobs"), doc_get(now, "blobs"),
		    "is not what it was in git when the change was shown", e))
		return -1;
	return same_map(doc_get(bound, "hostkeys"), doc_get(now, "hostkeys"),
		"its key or address is not what it was when the change was shown", e);
}

int binding_targets(struct target **out, const struct loaded *l, struct err *e)
{
	struct doc *binding = NULL;
	const struct doc *list;
	const char *text = l->row.binding ? l->row.binding : "{}";

	if (json_read(&binding, text, strlen(text), "the stored binding", e))
		return -1;
	list = doc_get(binding, "targets");
	if (doc_len(list) != l->p.step_count) {
		doc_free(binding);
		return err_set(e, ERR_CONFLICT, "the stored binding does not fit the plan");
	}
	*out = xcalloc(l->p.step_count + 1, sizeof **out);
	for (size_t i = 0; i < l->p.step_count; i++)
		target_from_doc(&(*out)[i], doc_at(list, i));
	doc_free(binding);
	return 0;
}
