/*
 * What the files of this folder share: libgit2's handle, its errors in our words, small helpers.
 * Not for anybody else.
 */
#ifndef OPSDECK_PORT_REPO_GIT_H
#define OPSDECK_PORT_REPO_GIT_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

#include "base/err.h"
#include "port/repo/repo.h"

struct repo {
	git_repository *git;
	char *path;
	char *worktree; /* with a slash behind it; NULL when bare */
};

/* What libgit2 said last, behind `fmt` and ": ". ERR_BUSY for a lock, ERR_MISSING, ERR_CONFLICT. */
int git_fail(struct err *e, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

int git_id(git_oid *out, const char *hex, struct err *e) WARN_UNUSED;
void git_hex(char out[REPO_ID_HEX], const git_oid *id);
/* Caller frees. */
int git_commit_of(git_commit **out, struct repo *r, const char *commit, struct err *e) WARN_UNUSED;
/* NULL or "" gives no tree (*out NULL). */
int git_tree_of(git_tree **out, struct repo *r, const char *commit, struct err *e) WARN_UNUSED;
/* The entry of a path, NULL where there is none; caller frees. Follows nothing. */
int git_entry_of(git_tree_entry **out, git_tree *tree, const char *path, struct err *e) WARN_UNUSED;

/* ---- repo_tree.c ---- */

/* Whether a path may be written by a commit on this parent: ERR_INPUT with the reason. */
int tree_check_path(git_tree *parent, const char *path, struct err *e) WARN_UNUSED;
/* The tree of `parent` (NULL: empty) with the changes made; blobs are written. */
int tree_build(git_oid *out, struct repo *r, git_tree *parent, const struct repo_change *changes,
	size_t n, struct err *e) WARN_UNUSED;

/* ---- repo_along.c ---- */

/* One path as it was and as it is to be. */
struct along_path {
	const char *path;
	const void *bytes;
	size_t len;
	bool was, is; /* there is a file before and after */
	git_oid old, new;
	git_filemode_t mode;
};

/* Fails, naming the path, when it is staged or dirty; ERR_INPUT when it leads through a link or
 * into another repository. Only for a repository with a work tree. */
int along_check_clean(
	struct repo *r, git_index *index, const struct along_path *p, struct err *e) WARN_UNUSED;

struct along; /* the index, locked as git locks it, and a copy of it to work on */

/* Takes index.lock (ERR_BUSY names what holds it) and opens the index. */
int along_begin(struct along **out, struct repo *r, struct err *e) WARN_UNUSED;
/* Brings file and index entry of one path along; what cannot be is told in `left`. */
void along_path(struct along *a, const struct along_path *p, struct strs *left);
/* Puts the index in place. */
int along_end(struct along *a, struct err *e) WARN_UNUSED;
/* Lets the lock go, whether or not along_end was called. NULL is fine. */
void along_free(struct along *a);
/* ERR_BUSY when index.lock is there. A lock that a dead opsdeck left is removed. */
int along_check_lock(struct repo *r, struct err *e) WARN_UNUSED;

/* ---- repo_work.c: files of the work tree, never through a link ---- */

enum work_kind {
	WORK_NONE,  /* nothing there */
	WORK_FILE,  /* an ordinary file */
	WORK_LINK,  /* the path or a folder on the way is a symbolic link */
	WORK_REPO,  /* it lies in another repository */
	WORK_OTHER, /* a folder, or a file where a folder should be */
};

/* What lies at a path of the work tree. */
enum work_kind work_look(struct repo *r, const char *path);
/* Writes it (beside, then renamed over); folders are made on the way. */
int work_write(struct repo *r, const char *path, const void *bytes, size_t n, bool executable,
	struct err *e) WARN_UNUSED;
/* Removes it, and folders that became empty. */
int work_remove(struct repo *r, const char *path, struct err *e) WARN_UNUSED;

#endif
