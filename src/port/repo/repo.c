#include "config.h"

#include "port/repo/repo.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "port/repo/repo_git.h"

static enum err_code code_of(int rc)
{
	switch (rc) {
	case GIT_ELOCKED:
		return ERR_BUSY;
	case GIT_ENOTFOUND:
	case GIT_EUNBORNBRANCH:
		return ERR_MISSING;
	case GIT_EMODIFIED:
	case GIT_EEXISTS:
	case GIT_ECONFLICT:
		return ERR_CONFLICT;
	default:
		return ERR_FAIL;
	}
}

int git_fail(struct err *e, int rc, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	err_set(e, code_of(rc), "%s: %s", text,
		last != NULL && last->message != NULL ? last->message : "git does not say why");
	free(text);
	return -1;
}

int git_id(git_oid *out, const char *hex, struct err *e)
{
	if (hex == NULL || strlen(hex) != REPO_ID_HEX - 1 || git_oid_fromstr(out, hex) != 0)
		return err_set(e, ERR_INPUT, "not a git id: %s", hex != NULL ? hex : "(none)");
	return 0;
}

void git_hex(char out[REPO_ID_HEX], const git_oid *id)
{
	git_oid_tostr(out, REPO_ID_HEX, id);
}

int git_commit_of(git_commit **out, struct repo *r, const char *commit, struct err *e)
{
	git_oid id;
	int rc;

	*out = NULL;
	if (git_id(&id, commit, e) != 0)
		return -1;
	rc = git_commit_lookup(out, r->git, &id);
	return rc == 0 ? 0 : git_fail(e, rc, "commit %s", commit);
}

int git_tree_of(git_tree **out, struct repo *r, const char *commit, struct err *e)
{
	git_commit *c;
	int rc;

	*out = NULL;
	if (commit == NULL || commit[0] == '\0')
		return 0;
	if (git_commit_of(&c, r, commit, e) != 0)
		return -1;
	rc = git_commit_tree(out, c);
	git_commit_free(c);
	return rc == 0 ? 0 : git_fail(e, rc, "tree of commit %s", commit);
}

int git_entry_of(git_tree_entry **out, git_tree *tree, const char *path, struct err *e)
{
	int rc;

	*out = NULL;
	if (tree == NULL)
		return 0;
	rc = git_tree_entry_bypath(out, tree, path);
	if (rc == 0 || rc == GIT_ENOTFOUND)
		return 0;
	return git_fail(e, rc, "%s", path);
}

/* libgit2 refuses what another uid owns, but asks about more than these two folders and not about
 * root; so its check is off while a folder that was held against this rule is opened. */
static int check_owner(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return err_sys(e, errno, "%s", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(e, ERR_REFUSED,
			"%s belongs to uid %ld, this process runs as uid %ld: a repository of "
			"another user is not trusted",
			path, (long)st.st_uid, (long)geteuid());
	return 0;
}

static int open_git(struct repo *r, struct err *e)
{
	const char *worktree;
	int rc;

	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	rc = git_repository_open_ext(&r->git, r->path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	if (rc != 0)
		return rc == GIT_ENOTFOUND
			       ? err_set(e, ERR_MISSING, "%s is not the top of a git repository",
					 r->path)
			       : git_fail(e, rc, "cannot open the repository %s", r->path);
	if (check_owner(git_repository_path(r->git), e) != 0 ||
		check_owner(git_repository_commondir(r->git), e) != 0)
		return -1;
	worktree = git_repository_workdir(r->git);
	r->worktree = xstrdup(worktree);
	return 0;
}

int repo_open(struct repo **out, const char *path, struct err *e)
{
	struct repo *r = xcalloc(1, sizeof *r);
	char *real = realpath(path, NULL);

	*out = NULL;
	git_libgit2_init();
	/* A commit that a decision rests on must be on the disk. */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	r->path = xstrdup(real);
	free(real);
	if (r->path == NULL) {
		err_sys(e, errno, "%s", path);
		goto fail;
	}
	if (check_owner(r->path, e) != 0 || open_git(r, e) != 0)
		goto fail;
	*out = r;
	return 0;
fail:
	repo_close(r);
	return -1;
}

void repo_close(struct repo *r)
{
	if (r == NULL)
		return;
	git_repository_free(r->git);
	git_libgit2_shutdown();
	free(r->path);
	free(r->worktree);
	free(r);
}

bool repo_is_at(const char *path)
{
	char *dot = path_join(path, ".git"), *head = path_join(path, "HEAD");
	char *objects = path_join(path, "objects");
	bool is = file_exists(dot) || (file_exists(head) && file_is_dir(objects));

	free(dot);
	free(head);
	free(objects);
	return is;
}

const char *repo_path(const struct repo *r)
{
	return r->path;
}

const char *repo_worktree(const struct repo *r)
{
	return r->worktree;
}

int repo_head(struct repo *r, struct repo_head *out, struct err *e)
{
	git_reference *head;
	git_oid tip;
	const char *target;
	int rc;

	*out = (struct repo_head){0};
	rc = git_reference_lookup(&head, r->git, "HEAD");
	if (rc != 0)
		return git_fail(e, rc, "HEAD of %s", r->path);
	target = git_reference_symbolic_target(head);
	if (target == NULL || strncmp(target, "refs/heads/", 11) != 0) {
		git_reference_free(head);
		return err_set(e, ERR_INPUT,
			"%s is not on a branch (detached HEAD): check one out with git switch",
			r->path);
	}
	out->ref = xstrdup(target);
	out->branch = xstrdup(target + 11);
	git_reference_free(head);
	rc = git_reference_name_to_id(&tip, r->git, out->ref);
	if (rc == 0)
		git_hex(out->tip, &tip);
	if (rc == 0 || rc == GIT_ENOTFOUND)
		return 0;
	git_fail(e, rc, "branch %s", out->branch);
	repo_head_finish(out);
	return -1;
}

void repo_head_finish(struct repo_head *h)
{
	free(h->branch);
	free(h->ref);
	*h = (struct repo_head){0};
}

char *repo_config(struct repo *r, const char *key)
{
	git_config *config = NULL;
	const char *value;
	char *out = NULL;

	if (git_repository_config_snapshot(&config, r->git) == 0 &&
		git_config_get_string(&value, config, key) == 0)
		out = xstrdup(value);
	git_config_free(config);
	return out;
}

bool repo_config_bool(struct repo *r, const char *key)
{
	git_config *config = NULL;
	int value = 0;

	if (git_repository_config_snapshot(&config, r->git) != 0 ||
		git_config_get_bool(&value, config, key) != 0)
		value = 0;
	git_config_free(config);
	return value != 0;
}

int repo_author(struct repo *r, struct repo_person *out, struct err *e)
{
	const char *missing;

	out->name = repo_config(r, "user.name");
	out->email = repo_config(r, "user.email");
	if (out->name != NULL && out->name[0] != '\0' && out->email != NULL &&
		out->email[0] != '\0')
		return 0;
	missing = out->name == NULL || out->name[0] == '\0' ? "user.name" : "user.email";
	err_set(e, ERR_MISSING,
		"git does not know who you are: set it with  git -C %s config %s ...", r->path,
		missing);
	repo_person_finish(out);
	return -1;
}

void repo_person_finish(struct repo_person *p)
{
	free(p->name);
	free(p->email);
	*p = (struct repo_person){0};
}

int repo_keep(struct repo *r, const char *commit, struct err *e)
{
	git_commit *c;
	git_reference *ref;
	int rc;

	if (git_commit_of(&c, r, commit, e) != 0)
		return -1;
	rc = git_reference_create(
		&ref, r->git, "refs/opsdeck/accepted", git_commit_id(c), 1, "opsdeck: accept");
	git_commit_free(c);
	if (rc != 0)
		return git_fail(e, rc, "cannot keep the accepted commit");
	git_reference_free(ref);
	return 0;
}

int repo_kept(struct repo *r, char out[REPO_ID_HEX], struct err *e)
{
	git_oid id;
	int rc = git_reference_name_to_id(&id, r->git, "refs/opsdeck/accepted");

	out[0] = '\0';
	if (rc == 0)
		git_hex(out, &id);
	return rc == 0 || rc == GIT_ENOTFOUND ? 0 : git_fail(e, rc, "refs/opsdeck/accepted");
}
