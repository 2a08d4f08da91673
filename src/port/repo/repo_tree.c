#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/repo/repo_git.h"

/* Names that git itself acts on: whoever writes them writes more than a file. */
static const char *const reserved[] = {".git", "git~1", ".gitmodules", ".gitattributes"};

static bool is_reserved(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
		if (strlen(reserved[i]) == n && strncasecmp(name, reserved[i], n) == 0)
			return true;
	}
	return false;
}

static int check_names(const char *path, struct err *e)
{
	const char *p = path;

	if (!path_is_clean_relative(path))
		return err_set(e, ERR_INPUT, "not a clean relative path: %s", path);
	for (;;) {
		size_t n = strcspn(p, "/");

		if (is_reserved(p, n))
			return err_set(e, ERR_INPUT, "%s: %.*s is git's own and not changed here",
				path, (int)n, p);
		if (p[n] == '\0')
			return 0;
		p += n + 1;
	}
}

static const char *kind_word(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_LINK:
		return "a symbolic link";
	case GIT_FILEMODE_COMMIT:
		return "a submodule";
	case GIT_FILEMODE_TREE:
		return "a folder";
	case GIT_FILEMODE_UNREADABLE:
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		break;
	}
	return "a file";
}

/* `part` of `path` may be nothing, a folder (on the way) or a file (at the end). */
static int check_part(
	git_tree *parent, const char *path, const char *part, bool last, struct err *e)
{
	git_tree_entry *entry;
	git_filemode_t mode;

	if (git_entry_of(&entry, parent, part, e) != 0)
		return -1;
	if (entry == NULL)
		return 0;
	mode = git_tree_entry_filemode(entry);
	git_tree_entry_free(entry);
	if (last ? mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE
		 : mode == GIT_FILEMODE_TREE)
		return 0;
	return err_set(e, ERR_INPUT, "%s cannot be written: %s is %s", path, part, kind_word(mode));
}

int tree_check_path(git_tree *parent, const char *path, struct err *e)
{
	const char *slash = path;
	int rc;

	if (check_names(path, e) != 0)
		return -1;
	while ((slash = strchr(slash, '/')) != NULL) {
		char *part = xstrndup(path, (size_t)(slash - path));

		rc = check_part(parent, path, part, false, e);
		free(part);
		if (rc != 0)
			return -1;
		slash++;
	}
	return check_part(parent, path, path, true, e);
}

static int put_change(git_index *index, struct repo *r, git_tree *parent,
	const struct repo_change *c, struct err *e)
{
	git_index_entry entry = {.path = c->path, .mode = GIT_FILEMODE_BLOB};
	git_tree_entry *was;
	int rc;

	if (tree_check_path(parent, c->path, e) != 0 || git_entry_of(&was, parent, c->path, e) != 0)
		return -1;
	if (was != NULL)
		entry.mode = git_tree_entry_filemode(was);
	if (c->remove && was == NULL)
		return err_set(e, ERR_INPUT, "%s cannot be removed: the commit has none", c->path);
	git_tree_entry_free(was);
	if (c->remove) {
		rc = git_index_remove(index, c->path, 0);
		return rc == 0 ? 0 : git_fail(e, rc, "%s", c->path);
	}
	rc = git_blob_create_from_buffer(&entry.id, r->git, c->len > 0 ? c->bytes : "", c->len);
	if (rc == 0)
		rc = git_index_add(index, &entry);
	return rc == 0 ? 0 : git_fail(e, rc, "%s", c->path);
}

/* The same path twice, or one below another, would leave it to chance what is written. */
static int check_apart(const struct repo_change *changes, size_t n, struct err *e)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < n; k++) {
			size_t len = strlen(changes[k].path);

			if (i != k && strncmp(changes[i].path, changes[k].path, len) == 0 &&
				(changes[i].path[len] == '\0' || changes[i].path[len] == '/'))
				return err_set(e, ERR_INPUT, "%s and %s cannot both be written",
					changes[k].path, changes[i].path);
		}
	}
	return 0;
}

int tree_build(git_oid *out, struct repo *r, git_tree *parent, const struct repo_change *changes,
	size_t n, struct err *e)
{
	git_index *index = NULL;
	size_t i;
	int rc;

	if (check_apart(changes, n, e) != 0)
		return -1;
	rc = git_index_new(&index);
	if (rc == 0 && parent != NULL)
		rc = git_index_read_tree(index, parent);
	if (rc != 0)
		git_fail(e, rc, "cannot read the parent's tree");
	for (i = 0; rc == 0 && i < n; i++)
		rc = put_change(index, r, parent, &changes[i], e);
	if (rc == 0) {
		rc = git_index_write_tree_to(out, index, r->git);
		if (rc != 0)
			git_fail(e, rc, "cannot write the tree");
	}
	git_index_free(index);
	return rc == 0 ? 0 : -1;
}
