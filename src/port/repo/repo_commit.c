#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "port/repo/repo_git.h"

/* Everything of a commit to make that was looked up. */
struct making {
	struct repo *r;
	const struct repo_commit_spec *spec;
	git_commit *parent;
	git_tree *tree_was, *tree_is;
	struct along_path *paths; /* one for each change */
};

static void making_finish(struct making *m)
{
	free(m->paths);
	git_tree_free(m->tree_is);
	git_tree_free(m->tree_was);
	git_commit_free(m->parent);
}

static int check_head(struct repo *r, const struct repo_commit_spec *spec, struct err *e)
{
	struct repo_head head;
	int rc = 0;

	if (repo_head(r, &head, e) != 0)
		return -1;
	if (!str_eq(head.ref, spec->ref))
		rc = err_set(e, ERR_CONFLICT, "the repository is on branch %s now, not on %s",
			head.branch, spec->ref);
	else if (head.tip[0] == '\0')
		rc = err_set(e, ERR_CONFLICT, "branch %s has no commit yet", head.branch);
	else if (!str_eq(head.tip, spec->parent))
		rc = err_set(e, ERR_CONFLICT, "branch %s moved to %.12s, expected %.12s",
			head.branch, head.tip, spec->parent);
	else if (git_repository_state(r->git) != GIT_REPOSITORY_STATE_NONE)
		rc = err_set(e, ERR_CONFLICT,
			"a merge, rebase or the like is not finished in %s: end it first", r->path);
	repo_head_finish(&head);
	return rc;
}

static int fill_path(
	struct making *m, const struct repo_change *c, struct along_path *p, struct err *e)
{
	git_tree_entry *was, *is;
	int rc = git_entry_of(&was, m->tree_was, c->path, e);

	if (rc != 0)
		return -1;
	rc = git_entry_of(&is, m->tree_is, c->path, e);
	if (rc == 0) {
		*p = (struct along_path){.path = c->path,
			.bytes = c->bytes,
			.len = c->len,
			.was = was != NULL,
			.is = is != NULL};
		if (was != NULL)
			p->old = *git_tree_entry_id(was);
		if (is != NULL) {
			p->new = *git_tree_entry_id(is);
			p->mode = git_tree_entry_filemode(is);
		}
	}
	git_tree_entry_free(was);
	git_tree_entry_free(is);
	return rc;
}

static int make_tree(
	struct making *m, struct repo *r, const struct repo_commit_spec *spec, struct err *e)
{
	git_oid id;
	size_t i;
	int rc;

	m->r = r;
	m->spec = spec;
	if (git_commit_of(&m->parent, r, spec->parent, e) != 0 ||
		git_tree_of(&m->tree_was, r, spec->parent, e) != 0 ||
		tree_build(&id, r, m->tree_was, spec->changes, spec->change_count, e) != 0)
		return -1;
	if (git_oid_equal(&id, git_tree_id(m->tree_was)))
		return err_set(e, ERR_INPUT, "nothing to commit: every path is as it should be");
	rc = git_tree_lookup(&m->tree_is, r->git, &id);
	if (rc != 0)
		return git_fail(e, rc, "cannot read the tree that was made");
	m->paths = xcalloc(spec->change_count, sizeof *m->paths);
	for (i = 0; i < spec->change_count; i++) {
		if (fill_path(m, &spec->changes[i], &m->paths[i], e) != 0)
			return -1;
	}
	return 0;
}

/* What `git add` would make of the bytes must be the bytes: else the next one changes them. */
static int check_attributes(struct repo *r, const struct repo_change *c, struct err *e)
{
	static const char *const unwanted[] = {"filter", "working-tree-encoding"};
	git_filter_list *filters = NULL;
	git_buf out = {0};
	const char *value;
	size_t i;
	bool same;
	int rc;

	for (i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
		if (git_attr_get(&value, r->git, 0, c->path, unwanted[i]) == 0 &&
			git_attr_value(value) == GIT_ATTR_VALUE_STRING)
			return err_set(e, ERR_INPUT,
				"%s has the git attribute %s, which is not "
				"supported here",
				c->path, unwanted[i]);
	}
	rc = git_filter_list_load(&filters, r->git, NULL, c->path, GIT_FILTER_TO_ODB, 0);
	if (rc == 0 && filters != NULL && c->len > 0)
		rc = git_filter_list_apply_to_buffer(&out, filters, c->bytes, c->len);
	same = filters == NULL || c->len == 0 ||
	       (rc == 0 && out.size == c->len && memcmp(out.ptr, c->bytes, c->len) == 0);
	git_buf_dispose(&out);
	git_filter_list_free(filters);
	if (rc != 0)
		return git_fail(e, rc, "%s", c->path);
	return same ? 0
		    : err_set(e, ERR_INPUT,
			      "git would store %s with other bytes (line ends or another attribute "
			      "of .gitattributes)",
			      c->path);
}

static int check_work(struct making *m, struct err *e)
{
	git_index *index;
	size_t i;
	int rc;

	if (m->r->worktree == NULL)
		return 0;
	rc = git_repository_index(&index, m->r->git);
	if (rc == 0)
		rc = git_index_read(index, 0);
	if (rc != 0)
		return git_fail(e, rc, "cannot read the index of %s", m->r->path);
	for (i = 0; rc == 0 && i < m->spec->change_count; i++) {
		if (!m->spec->changes[i].remove)
			rc = check_attributes(m->r, &m->spec->changes[i], e);
		if (rc == 0)
			rc = along_check_clean(m->r, index, &m->paths[i], e);
	}
	git_index_free(index);
	return rc;
}

int repo_try(
	struct repo *r, const struct repo_commit_spec *spec, char tree[REPO_ID_HEX], struct err *e)
{
	struct making m = {0};
	int rc = check_head(r, spec, e);

	tree[0] = '\0';
	if (rc == 0)
		rc = make_tree(&m, r, spec, e);
	if (rc == 0)
		rc = check_work(&m, e);
	if (rc == 0 && r->worktree != NULL)
		rc = along_check_lock(r, e);
	if (rc == 0)
		git_hex(tree, git_tree_id(m.tree_is));
	making_finish(&m);
	return rc;
}

static int sign_as(git_signature **out, const struct repo_person *who, int64_t at_ms, struct err *e)
{
	int rc = git_signature_new(out, who->name, who->email, at_ms / 1000, 0);

	return rc == 0 ? 0 : git_fail(e, rc, "%s <%s>", who->name, who->email);
}

static int write_commit(git_oid *out, struct making *m, struct err *e)
{
	const struct repo_commit_spec *spec = m->spec;
	git_signature *author = NULL, *committer = NULL;
	int rc = -1;

	if (sign_as(&author, spec->author, spec->at_ms, e) == 0 &&
		sign_as(&committer, spec->committer, spec->at_ms, e) == 0) {
		/* The variadic form: the type of a list of parents differs between releases. */
		rc = git_commit_create_v(out, m->r->git, NULL, author, committer, NULL,
			spec->message, m->tree_is, 1, m->parent);
		if (rc != 0)
			git_fail(e, rc, "cannot write the commit");
	}
	git_signature_free(author);
	git_signature_free(committer);
	return rc == 0 ? 0 : -1;
}

static int swap_branch(struct making *m, const git_oid *id, struct err *e)
{
	git_reference *ref = NULL;
	char *log = xasprintf(
		"commit (opsdeck): %.*s", (int)strcspn(m->spec->message, "\n"), m->spec->message);
	int rc = git_reference_create_matching(
		&ref, m->r->git, m->spec->ref, id, 1, git_commit_id(m->parent), log);

	free(log);
	git_reference_free(ref);
	if (rc == GIT_EMODIFIED)
		return err_set(
			e, ERR_CONFLICT, "%s moved meanwhile: nothing was committed", m->spec->ref);
	return rc == 0 ? 0 : git_fail(e, rc, "cannot move %s", m->spec->ref);
}

/* Under the lock of the index no git command switches branches or stages. */
static int commit_locked(
	struct making *m, struct along *a, git_oid *id, struct strs *left, struct err *e)
{
	struct err why = {0};
	size_t i;

	if (check_head(m->r, m->spec, e) != 0 || write_commit(id, m, e) != 0 ||
		swap_branch(m, id, e) != 0)
		return -1;
	if (a == NULL)
		return 0;
	for (i = 0; i < m->spec->change_count; i++)
		along_path(a, &m->paths[i], left);
	/* The commit stands: from here on there is only telling. */
	if (along_end(a, &why) != 0)
		strs_add(left, why.msg);
	return 0;
}

int repo_commit(struct repo *r, const struct repo_commit_spec *spec, struct repo_commit_result *out,
	struct err *e)
{
	struct making m = {0};
	struct along *a = NULL;
	git_oid id;
	int rc;

	*out = (struct repo_commit_result){0};
	rc = make_tree(&m, r, spec, e);
	if (rc == 0 && r->worktree != NULL)
		rc = along_begin(&a, r, e);
	if (rc == 0)
		rc = commit_locked(&m, a, &id, &out->left, e);
	along_free(a);
	making_finish(&m);
	if (rc == 0)
		git_hex(out->id, &id);
	else
		repo_commit_result_finish(out);
	return rc;
}

void repo_commit_result_finish(struct repo_commit_result *r)
{
	strs_finish(&r->left);
	*r = (struct repo_commit_result){0};
}

static int along_deltas(struct repo *r, const struct repo_delta *v, size_t n, const char *from,
	const char *to, struct strs *left, struct err *e)
{
	struct repo_commit_spec spec = {.parent = from};
	struct making m = {.r = r, .spec = &spec};
	struct along *a = NULL;
	size_t i;
	int rc = git_tree_of(&m.tree_was, r, from, e) != 0 || git_tree_of(&m.tree_is, r, to, e) != 0
			 ? -1
			 : along_begin(&a, r, e);

	for (i = 0; rc == 0 && i < n; i++) {
		struct repo_change c = {.path = v[i].path, .bytes = v[i].new, .len = v[i].new_len};
		struct along_path p;

		rc = fill_path(&m, &c, &p, e);
		if (rc == 0)
			along_path(a, &p, left);
	}
	if (rc == 0)
		rc = along_end(a, e);
	along_free(a);
	making_finish(&m);
	return rc;
}

int repo_bring_along(struct repo *r, const char *commit, struct strs *left, struct err *e)
{
	struct repo_head head;
	struct repo_delta *v;
	git_commit *c;
	char parent[REPO_ID_HEX] = "";
	size_t n;
	bool is_tip;
	int rc;

	if (r->worktree == NULL)
		return 0;
	if (repo_head(r, &head, e) != 0)
		return -1;
	is_tip = str_eq(head.tip, commit);
	repo_head_finish(&head);
	if (!is_tip)
		return 0;
	if (git_commit_of(&c, r, commit, e) != 0)
		return -1;
	if (git_commit_parentcount(c) > 0)
		git_hex(parent, git_commit_parent_id(c, 0));
	git_commit_free(c);
	if (repo_diff(r, parent, commit, &v, &n, e) != 0)
		return -1;
	rc = along_deltas(r, v, n, parent, commit, left, e);
	repo_deltas_free(v, n);
	return rc;
}
