#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/repo/repo_git.h"

#define FILE_MAX ((size_t)4 << 20)

static int make_git(const char *path, struct err *e)
{
	git_repository_init_options opts;
	git_repository *git = NULL;
	int rc;

	git_libgit2_init();
	git_repository_init_options_init(&opts, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	opts.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_MKDIR |
		     GIT_REPOSITORY_INIT_NO_REINIT;
	opts.initial_head = "main";
	rc = git_repository_init_ext(&git, path, &opts);
	if (rc != 0)
		git_fail(e, rc, "cannot make a repository at %s", path);
	git_repository_free(git);
	git_libgit2_shutdown();
	return rc == 0 ? 0 : -1;
}

/* What is there already goes before what would be written. */
static int take_existing(struct repo *r, struct repo_change *c, struct buf *kept, struct err *e)
{
	char *full;
	int rc;

	if (work_look(r, c->path) != WORK_FILE)
		return 0;
	full = xasprintf("%s%s", r->worktree, c->path);
	rc = file_read(kept, full, FILE_MAX, e);
	free(full);
	c->bytes = kept->data != NULL ? kept->data : "";
	c->len = kept->len;
	return rc;
}

static int first_id(git_oid *out, struct repo *r, const git_oid *tree_id,
	const struct repo_person *author, const char *message, int64_t at_ms, struct err *e)
{
	git_signature *by = NULL, *committer = NULL;
	git_tree *tree = NULL;
	int rc = git_tree_lookup(&tree, r->git, tree_id);

	if (rc == 0)
		rc = git_signature_new(&by, author->name, author->email, at_ms / 1000, 0);
	if (rc == 0)
		rc = git_signature_new(&committer, "opsdeck", "opsdeck@localhost", at_ms / 1000, 0);
	if (rc == 0)
		rc = git_commit_create_v(out, r->git, NULL, by, committer, NULL, message, tree, 0);
	git_tree_free(tree);
	git_signature_free(by);
	git_signature_free(committer);
	return rc == 0 ? 0 : git_fail(e, rc, "cannot write the first commit");
}

static int first_commit(struct repo *r, const char *ref, const struct repo_change *changes,
	size_t n, const struct repo_person *author, const char *message, int64_t at_ms,
	struct err *e)
{
	git_reference *made = NULL;
	git_oid tree, id;
	struct strs left = {0};
	char hex[REPO_ID_HEX];
	int rc;

	if (tree_build(&tree, r, NULL, changes, n, e) != 0 ||
		first_id(&id, r, &tree, author, message, at_ms, e) != 0 ||
		along_check_lock(r, e) != 0)
		return -1;
	rc = git_reference_create(&made, r->git, ref, &id, 0, "commit (initial): opsdeck init");
	git_reference_free(made);
	if (rc != 0)
		return git_fail(e, rc, "cannot make branch %s", ref);
	git_hex(hex, &id);
	rc = repo_bring_along(r, hex, &left, e);
	if (rc == 0 && left.n > 0)
		rc = err_set(e, ERR_FAIL, "%s", left.v[0]);
	strs_finish(&left);
	return rc;
}

static int first_with_files(struct repo *r, const char *ref, const struct repo_change *files,
	size_t n, const struct repo_person *author, const char *message, int64_t at_ms,
	struct err *e)
{
	struct repo_change *changes = xcalloc(n, sizeof *changes);
	struct buf *kept = xcalloc(n, sizeof *kept);
	size_t i;
	int rc = 0;

	for (i = 0; i < n; i++) {
		changes[i] = files[i];
		if (rc == 0)
			rc = take_existing(r, &changes[i], &kept[i], e);
	}
	if (rc == 0)
		rc = first_commit(r, ref, changes, n, author, message, at_ms, e);
	for (i = 0; i < n; i++)
		buf_finish(&kept[i]);
	free(kept);
	free(changes);
	return rc;
}

static int init_in(struct repo *r, const struct repo_change *files, size_t n,
	const struct repo_person *author, const char *message, int64_t at_ms, bool *made,
	struct err *e)
{
	struct repo_person config = {0};
	struct repo_person nobody = {(char *)"opsdeck", (char *)"opsdeck@localhost"};
	struct repo_head head;
	int rc = 0;

	if (r->worktree == NULL)
		return err_set(e, ERR_INPUT, "%s is a bare repository", r->path);
	if (repo_head(r, &head, e) != 0)
		return -1;
	if (head.tip[0] == '\0') {
		if (author == NULL)
			author = repo_author(r, &config, NULL) == 0 ? &config : &nobody;
		rc = first_with_files(r, head.ref, files, n, author, message, at_ms, e);
		*made = rc == 0;
	}
	repo_person_finish(&config);
	repo_head_finish(&head);
	return rc;
}

int repo_init(const char *path, const struct repo_change *files, size_t n,
	const struct repo_person *author, const char *message, int64_t at_ms, bool *made,
	struct err *e)
{
	struct repo *r;
	int rc;

	*made = false;
	if (!repo_is_at(path) && make_git(path, e) != 0)
		return -1;
	if (repo_open(&r, path, e) != 0)
		return -1;
	rc = init_in(r, files, n, author, message, at_ms, made, e);
	repo_close(r);
	return rc;
}
