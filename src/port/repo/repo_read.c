#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "port/repo/repo_git.h"

static int object_size(struct repo *r, const git_oid *id, size_t *size, struct err *e)
{
	git_odb *odb;
	git_object_t type;
	int rc = git_repository_odb(&odb, r->git);

	if (rc != 0)
		return git_fail(e, rc, "cannot read objects");
	rc = git_odb_read_header(size, &type, odb, id);
	git_odb_free(odb);
	return rc == 0 ? 0 : git_fail(e, rc, "cannot read an object");
}

/* Appends a blob of at most max bytes. */
static int read_blob(struct repo *r, const git_oid *id, size_t max, struct buf *out, struct err *e)
{
	git_blob *blob;
	size_t size;
	int rc;

	if (object_size(r, id, &size, e) != 0)
		return -1;
	if (size > max)
		return err_set(e, ERR_LIMIT, "%zu bytes, at most %zu are read", size, max);
	rc = git_blob_lookup(&blob, r->git, id);
	if (rc != 0)
		return git_fail(e, rc, "cannot read a file");
	buf_add(out, git_blob_rawcontent(blob), size);
	git_blob_free(blob);
	return out->overflow ? err_set(e, ERR_LIMIT, "too large") : 0;
}

static int is_file(git_filemode_t mode)
{
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

int repo_read(struct repo *r, const char *commit, const char *path, size_t max, struct buf *out,
	struct err *e)
{
	git_tree *tree;
	git_tree_entry *entry;
	int rc;

	if (!path_is_clean_relative(path))
		return err_set(e, ERR_INPUT, "not a clean relative path: %s", path);
	if (git_tree_of(&tree, r, commit, e) != 0)
		return -1;
	rc = git_entry_of(&entry, tree, path, e);
	git_tree_free(tree);
	if (rc != 0)
		return -1;
	if (entry == NULL)
		return err_set(e, ERR_MISSING, "no %s in commit %.12s", path, commit);
	if (is_file(git_tree_entry_filemode(entry)))
		rc = read_blob(r, git_tree_entry_id(entry), max, out, e);
	else
		rc = err_set(e, ERR_INPUT, "it is no ordinary file (link, folder or submodule)");
	git_tree_entry_free(entry);
	return rc == 0 ? 0 : err_prefix(e, "%s", path);
}

int repo_blob(
	struct repo *r, const char *commit, const char *path, char out[REPO_ID_HEX], struct err *e)
{
	git_tree *tree;
	git_tree_entry *entry;
	int rc;

	out[0] = '\0';
	if (!path_is_clean_relative(path))
		return err_set(e, ERR_INPUT, "not a clean relative path: %s", path);
	if (git_tree_of(&tree, r, commit, e) != 0)
		return -1;
	rc = git_entry_of(&entry, tree, path, e);
	git_tree_free(tree);
	if (rc == 0 && entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
		git_hex(out, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return rc;
}

struct listing {
	struct repo *r;
	const char *under;
	struct repo_entry *v;
	size_t n, cap, max;
	struct err *e;
};

static int list_one(const char *root, const git_tree_entry *entry, void *arg)
{
	struct listing *l = arg;
	struct repo_entry *row;
	size_t size = 0;

	if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		return 0;
	if (l->n >= l->max) {
		err_set(l->e, ERR_LIMIT, "more than %zu files below %s", l->max,
			l->under[0] != '\0' ? l->under : "the top");
		return -1;
	}
	if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
		object_size(l->r, git_tree_entry_id(entry), &size, l->e) != 0)
		return -1;
	row = ARR_ADD(l->v, l->n, l->cap);
	row->path = xasprintf("%s%s%s%s", l->under, l->under[0] != '\0' ? "/" : "", root,
		git_tree_entry_name(entry));
	git_hex(row->id, git_tree_entry_id(entry));
	row->mode = git_tree_entry_filemode(entry);
	row->size = size;
	return 0;
}

static int subtree(git_tree **out, struct repo *r, git_tree *top, const char *under, struct err *e)
{
	git_tree_entry *entry;
	int rc = 0;

	*out = NULL;
	if (git_entry_of(&entry, top, under, e) != 0)
		return -1;
	if (entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		rc = git_tree_lookup(out, r->git, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return rc == 0 ? 0 : git_fail(e, rc, "%s", under);
}

int repo_list(struct repo *r, const char *commit, const char *under, size_t max,
	struct repo_entry **out, size_t *n, struct err *e)
{
	struct listing l = {.r = r, .under = under, .max = max};
	struct err why = {0};
	git_tree *top, *tree = NULL;
	int rc;

	*out = NULL;
	*n = 0;
	l.e = &why;
	if (git_tree_of(&top, r, commit, e) != 0)
		return -1;
	if (under[0] == '\0') {
		tree = top;
		top = NULL;
	} else if (subtree(&tree, r, top, under, e) != 0) {
		git_tree_free(top);
		return -1;
	}
	rc = tree == NULL ? 0 : git_tree_walk(tree, GIT_TREEWALK_PRE, list_one, &l);
	git_tree_free(top);
	git_tree_free(tree);
	if (rc != 0) {
		repo_entries_free(l.v, l.n);
		return why.code != ERR_NONE ? err_set(e, why.code, "%s", why.msg)
					    : git_fail(e, rc, "cannot list %s", commit);
	}
	*out = l.v;
	*n = l.n;
	return 0;
}

void repo_entries_free(struct repo_entry *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].path);
	free(v);
}

static void fill_commit(struct repo_commit *out, const git_commit *c)
{
	const char *message = git_commit_message(c), *end;
	const git_signature *author = git_commit_author(c);

	while (*message == '\n')
		message++;
	end = strchr(message, '\n');
	git_hex(out->id, git_commit_id(c));
	out->author = xstrdup(author->name);
	out->email = xstrdup(author->email);
	out->at_ms = (int64_t)author->when.time * 1000;
	out->subject = end == NULL ? xstrdup(message) : xstrndup(message, (size_t)(end - message));
	while (end != NULL && *end == '\n')
		end++;
	out->body = xstrdup(end != NULL ? end : "");
}

int repo_log(struct repo *r, const char *from, size_t limit, struct repo_commit **out, size_t *n,
	struct err *e)
{
	git_revwalk *walk = NULL;
	git_commit *c;
	git_oid id;
	size_t cap = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (git_id(&id, from, e) != 0)
		return -1;
	rc = git_revwalk_new(&walk, r->git);
	if (rc == 0)
		rc = git_revwalk_push(walk, &id);
	if (rc == 0)
		rc = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	while (rc == 0 && *n < limit && (rc = git_revwalk_next(&id, walk)) == 0) {
		rc = git_commit_lookup(&c, r->git, &id);
		if (rc != 0)
			break;
		fill_commit(ARR_ADD(*out, *n, cap), c);
		git_commit_free(c);
	}
	git_revwalk_free(walk);
	if (rc == 0 || rc == GIT_ITEROVER)
		return 0;
	git_fail(e, rc, "cannot read the log from %s", from);
	repo_commits_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}

void repo_commits_free(struct repo_commit *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(v[i].author);
		free(v[i].email);
		free(v[i].subject);
		free(v[i].body);
	}
	free(v);
}

int repo_descends(
	struct repo *r, const char *commit, const char *ancestor, bool *out, struct err *e)
{
	git_oid a, b;
	int rc;

	*out = false;
	if (git_id(&a, commit, e) != 0 || git_id(&b, ancestor, e) != 0)
		return -1;
	rc = git_oid_equal(&a, &b) ? 1 : git_graph_descendant_of(r->git, &a, &b);
	if (rc < 0)
		return git_fail(e, rc, "ancestry of %s", commit);
	*out = rc == 1;
	return 0;
}

bool repo_has_commit(struct repo *r, const char *commit)
{
	git_commit *c;

	if (git_commit_of(&c, r, commit, NULL) != 0)
		return false;
	git_commit_free(c);
	return true;
}
