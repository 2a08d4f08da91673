#include "config.h"

#include "server/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/redact.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/core.h"
#include "server/refs.h"
#include "store/write.h"

#define FILE_MAX ((size_t)4 << 20)
#define DOC_MAX ((size_t)1 << 20)
#define ENTRIES_MAX 100000
#define LOG_MAX 300

/* ---- the intent ---- */

struct tree {
	struct repo *repo;
	const char *commit;
	const struct repo_change *changes; /* on top of the commit */
	size_t change_count;
};

static int tree_read(void *arg, const char *path, struct buf *out, struct err *e)
{
	const struct tree *t = arg;

	for (size_t i = 0; i < t->change_count; i++) {
		const struct repo_change *c = &t->changes[i];

		if (!str_eq(c->path, path))
			continue;
		if (c->remove)
			return err_set(e, ERR_MISSING, "%s is removed", path);
		buf_add(out, c->bytes, c->len);
		return 0;
	}
	return repo_read(t->repo, t->commit, path, FILE_MAX, out, e);
}

/* What the changes add to a folder. */
static void list_changes(const struct tree *t, const char *path, struct strs *names)
{
	size_t skip = strlen(path);

	for (size_t i = 0; i < t->change_count; i++) {
		const char *p = t->changes[i].path;
		char *name;

		if (t->changes[i].remove || !str_starts(p, path) || p[skip] != '/')
			continue;
		name = xstrndup(p + skip + 1, strcspn(p + skip + 1, "/"));
		if (!strs_has(names, name))
			strs_add(names, name);
		free(name);
	}
}

/* The first components below `path`, each once: the entries come sorted. */
static int tree_list(void *arg, const char *path, struct strs *names, struct err *e)
{
	const struct tree *t = arg;
	struct repo_entry *entries;
	size_t n, skip = strlen(path) + 1;

	if (repo_list(t->repo, t->commit, path, ENTRIES_MAX, &entries, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *below = entries[i].path + skip;
		size_t len = strcspn(below, "/");

		if (names->n && strlen(names->v[names->n - 1]) == len &&
			!strncmp(names->v[names->n - 1], below, len))
			continue;
		strs_addn(names, below, len);
	}
	repo_entries_free(entries, n);
	list_changes(t, path, names);
	return 0;
}

static bool is_intent(const char *path)
{
	return str_eq(path, "fleet.yml") || str_eq(path, "policy.yml") ||
	       str_starts(path, "checks/");
}

int intake_try(struct repo *repo, const char *commit, const struct repo_change *changes, size_t n,
	const char *datadir, struct err *e)
{
	struct tree tree = {.repo = repo, .commit = commit, .changes = changes, .change_count = n};
	const struct intent_source src = {
		.read = tree_read, .list = tree_list, .arg = &tree, .datadir = datadir};
	struct intent *intent;
	bool any = false;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		any = any || is_intent(changes[i].path);
	if (!any)
		return 0;
	if (intent_load(&intent, &src, NULL, e))
		return err_prefix(e, "with this change nothing could be accepted any more");
	if (intent->problem.code) {
		*e = intent->problem;
		rc = err_prefix(e, "with this change a check would be left out");
	}
	intent_free(intent);
	return rc;
}

int intake_intent(struct intent **out, struct repo *repo, const char *commit, const char *datadir,
	struct err *e)
{
	struct tree tree = {.repo = repo, .commit = commit};
	const struct intent_source src = {
		.read = tree_read, .list = tree_list, .arg = &tree, .datadir = datadir};

	if (intent_load(out, &src, NULL, e))
		return -1;
	(*out)->commit = xstrdup(commit);
	return 0;
}

/* ---- documents ---- */

struct intake {
	struct server_core *core;
	const char *commit;
	struct err *e;
};

static int put_shipped(
	const struct intake *in, const char *dir, const char *file, struct strs *seen)
{
	char *path = path_join(dir, file);
	struct buf text = {.max = DOC_MAX};
	int rc = file_read(&text, path, DOC_MAX, in->e);

	free(path);
	if (!rc) {
		strs_addn(seen, file, strlen(file) - strlen(".md"));
		rc = store_put_doc(in->core->store, "runbook", seen->v[seen->n - 1], buf_str(&text),
			text.len, in->e);
	}
	buf_finish(&text);
	return rc;
}

static int shipped_runbooks(const struct intake *in, struct strs *seen)
{
	char *dir = in->core->paths.data ? path_join(in->core->paths.data, "runbooks") : NULL;
	struct strs names = {0};
	int rc = 0;

	if (dir && file_is_dir(dir))
		rc = dir_list(&names, dir, in->e);
	for (size_t i = 0; i < names.n && !rc; i++)
		if (str_ends(names.v[i], ".md"))
			rc = put_shipped(in, dir, names.v[i], seen);
	strs_finish(&names);
	free(dir);
	return rc;
}

/* Every *.md below `folder` of the commit as a document of `kind`. What cannot be read is left out.
 */
static int put_notes(
	const struct intake *in, const char *kind, const char *folder, struct strs *seen)
{
	struct repo *repo = in->core->repo;
	struct repo_entry *entries;
	size_t n, skip = strlen(folder) + 1;
	int rc = 0;

	if (repo_list(repo, in->commit, folder, ENTRIES_MAX, &entries, &n, in->e))
		return -1;
	for (size_t i = 0; i < n && !rc; i++) {
		struct buf text = {.max = DOC_MAX};
		struct err unread;

		if (str_ends(entries[i].path, ".md") &&
			!repo_read(repo, in->commit, entries[i].path, DOC_MAX, &text, &unread)) {
			const char *name = entries[i].path + skip;

			strs_addn(seen, name, strlen(name) - strlen(".md"));
			rc = store_put_doc(in->core->store, kind, seen->v[seen->n - 1],
				buf_str(&text), text.len, in->e);
		}
		buf_finish(&text);
	}
	repo_entries_free(entries, n);
	return rc;
}

static int put_references(const struct intake *in, const struct refs *refs)
{
	const struct redact redact = {
		.key = in->core->estate_key, .key_len = sizeof in->core->estate_key};
	struct strs seen = {0};
	int rc = 0;

	for (size_t i = 0; i < refs_count(refs) && !rc; i++) {
		const struct judge_file *f = refs_at(refs, i);
		struct buf text = {0};

		if (f->len > DOC_MAX)
			continue;
		redact_text(&text, &redact, f->data, f->len);
		strs_add(&seen, f->path);
		rc = store_put_doc(
			in->core->store, "reference", f->path, buf_str(&text), text.len, in->e);
		buf_finish(&text);
	}
	if (!rc)
		rc = store_keep_docs(in->core->store, "reference", &seen, in->e);
	strs_finish(&seen);
	return rc;
}

static int put_file(const struct intake *in, const char *kind, const char *path)
{
	struct buf text = {.max = DOC_MAX};
	struct err unread;
	bool there = !repo_read(in->core->repo, in->commit, path, DOC_MAX, &text, &unread);
	int rc = store_put_doc(
		in->core->store, kind, path, there ? buf_str(&text) : NULL, text.len, in->e);

	buf_finish(&text);
	return rc;
}

static int put_log(const struct intake *in)
{
	struct repo_commit *commits;
	struct commit_row *rows;
	size_t n;
	int rc;

	if (repo_log(in->core->repo, in->commit, LOG_MAX, &commits, &n, in->e))
		return -1;
	rows = xcalloc(n + 1, sizeof *rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct commit_row){.id = commits[i].id,
			.author = commits[i].author,
			.subject = commits[i].subject,
			.body = commits[i].body,
			.at_ms = commits[i].at_ms};
	rc = store_put_log(in->core->store, rows, n, in->e);
	free(rows);
	repo_commits_free(commits, n);
	return rc;
}

int intake_docs(
	struct server_core *core, const struct refs *refs, const char *commit, struct err *e)
{
	const struct intake in = {.core = core, .commit = commit, .e = e};
	struct strs runbooks = {0}, memory = {0};
	int rc = -1;

	if (!shipped_runbooks(&in, &runbooks) &&
		!put_notes(&in, "runbook", "runbooks", &runbooks) &&
		!store_keep_docs(core->store, "runbook", &runbooks, e) &&
		!put_notes(&in, "memory", "memory", &memory) &&
		!store_keep_docs(core->store, "memory", &memory, e) && !put_references(&in, refs) &&
		!put_file(&in, "policy", "policy.yml") && !put_file(&in, "fleet", "fleet.yml"))
		rc = put_log(&in);
	strs_finish(&runbooks);
	strs_finish(&memory);
	return rc;
}
