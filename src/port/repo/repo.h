/*
 * A git repository: read commits, make one commit, move one branch by compare-and-swap, and bring
 * the index and work tree along. The only user of libgit2. Knows no file of an ops repo; runs no
 * hook, no filter and no program.
 */
#ifndef OPSDECK_PORT_REPO_H
#define OPSDECK_PORT_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"

struct repo;

#define REPO_ID_HEX 41 /* a commit or blob id in hex, with the NUL */

/* Name and address of an author or committer. Heap strings. */
struct repo_person {
	char *name, *email;
};
void repo_person_finish(struct repo_person *p);

/* One path of a commit to make: clean relative. */
struct repo_change {
	const char *path;
	const void *bytes; /* exactly these go into the blob */
	size_t len;
	bool remove;
};

/*
 * Opens the work tree at `path`, or a bare repository. Both it and its git folder must belong to
 * this process's user or to root (ERR_REFUSED); only then is libgit2's own check of that turned
 * off.
 */
int repo_open(struct repo **out, const char *path, struct err *e) WARN_UNUSED;
void repo_close(struct repo *r);
/* Makes a repository with a work tree at `path` (made where it is missing) on branch main, or opens
 * the one that is there; without any commit yet it gets a first one that holds `files` (existing
 * work tree files of those names are kept and committed as they are). *made says that a commit was
 * made. With author NULL the git config's user is the author, or `opsdeck` where there is none. */
int repo_init(const char *path, const struct repo_change *files, size_t n,
	const struct repo_person *author, const char *message, int64_t at_ms, bool *made,
	struct err *e) WARN_UNUSED;
/* True when `path` is the top of a repository (work tree or bare); nothing is opened. */
bool repo_is_at(const char *path);

const char *repo_path(const struct repo *r);	 /* as opened, real path */
const char *repo_worktree(const struct repo *r); /* NULL when bare */

/* The branch that HEAD names. ERR_INPUT for a detached HEAD; tip "" while it has no commit. */
struct repo_head {
	char *branch; /* short name, heap */
	char *ref;    /* full name, heap */
	char tip[REPO_ID_HEX];
};
int repo_head(struct repo *r, struct repo_head *out, struct err *e) WARN_UNUSED;
void repo_head_finish(struct repo_head *h);

/* A file as it is in a commit, at most max bytes (ERR_LIMIT); ERR_MISSING where there is none,
 * ERR_INPUT for a link, folder or submodule. Appends to out. */
int repo_read(struct repo *r, const char *commit, const char *path, size_t max, struct buf *out,
	struct err *e) WARN_UNUSED;
/* Blob id of a path in a commit; "" when it has none. */
int repo_blob(struct repo *r, const char *commit, const char *path, char out[REPO_ID_HEX],
	struct err *e) WARN_UNUSED;

struct repo_entry {
	char *path;
	char id[REPO_ID_HEX];
	unsigned mode; /* 0100644, 0100755, 0120000, 0160000 */
	uint64_t size; /* bytes; 0 for a submodule */
};
/* Every file below `under` ("" = all) of a commit, in byte order of the paths, at most `max`
 * (ERR_LIMIT). A folder that is not there gives none. */
int repo_list(struct repo *r, const char *commit, const char *under, size_t max,
	struct repo_entry **out, size_t *n, struct err *e) WARN_UNUSED;
void repo_entries_free(struct repo_entry *v, size_t n);

struct repo_commit {
	char id[REPO_ID_HEX];
	char *author; /* name only */
	char *email;
	char *subject; /* first line */
	char *body;    /* the rest, trailers included; "" when there is none */
	int64_t at_ms; /* author's time */
};
/* From `from` back, newest first, at most `limit`. */
int repo_log(struct repo *r, const char *from, size_t limit, struct repo_commit **out, size_t *n,
	struct err *e) WARN_UNUSED;
void repo_commits_free(struct repo_commit *v, size_t n);

struct repo_delta {
	char *path;
	char status; /* 'A', 'M', 'D', 'T' (kind changed) */
	unsigned old_mode, new_mode;
	char *old, *new; /* text as it was and is, NUL behind; NULL where it has none */
	size_t old_len, new_len;
	bool left_out; /* too large for the texts to be here */
};
/* What differs between two commits' trees whatever their ancestry, in path order, no rename
 * guessing. `from` NULL or "" = the empty tree. Texts past 1 MiB each or 16 MiB in all are left
 * out. */
int repo_diff(struct repo *r, const char *from, const char *to, struct repo_delta **out, size_t *n,
	struct err *e) WARN_UNUSED;
void repo_deltas_free(struct repo_delta *v, size_t n);

/* Whether `commit` is `ancestor` or descends from it. */
int repo_descends(struct repo *r, const char *commit, const char *ancestor, bool *out,
	struct err *e) WARN_UNUSED;
/* Whether there is a commit of this id. */
bool repo_has_commit(struct repo *r, const char *commit);

/* refs/opsdeck/accepted: keeps the accepted commit's objects from being collected. */
int repo_keep(struct repo *r, const char *commit, struct err *e) WARN_UNUSED;
/* What that ref names; "" when there is none. */
int repo_kept(struct repo *r, char out[REPO_ID_HEX], struct err *e) WARN_UNUSED;

/* Paths of the work tree and index that differ from the tip, untracked ones outside .gitignore too.
 * None for a bare repository. */
int repo_edits(struct repo *r, struct strs *out, struct err *e) WARN_UNUSED;

/* user.name and user.email of the git config. ERR_MISSING says which is missing and how to set it.
 */
int repo_author(struct repo *r, struct repo_person *out, struct err *e) WARN_UNUSED;
/* A config value as a heap string, NULL when it is not set. */
char *repo_config(struct repo *r, const char *key);
bool repo_config_bool(struct repo *r, const char *key);

struct repo_commit_spec {
	const char *ref;    /* full name of the branch, as repo_head gave it */
	const char *parent; /* the tip it must have */
	const struct repo_change *changes;
	size_t change_count;
	const struct repo_person *author, *committer;
	int64_t at_ms;
	const char *message; /* UTF-8 */
};
struct repo_commit_result {
	char id[REPO_ID_HEX];
	struct strs left; /* "PATH: why" where work tree or index could not be brought along */
};
void repo_commit_result_finish(struct repo_commit_result *r);

/*
 * Everything that repo_commit needs, tried without changing a ref, the index or the work tree: the
 * tree can be built; no path leads through a link or submodule, is .git, .gitmodules or
 * .gitattributes, or would be rewritten by an attribute (CRLF, filter); HEAD is on `ref` with no
 * merge or rebase open; no path is dirty or staged (ERR_CONFLICT names them); nobody holds
 * index.lock (ERR_BUSY). Gives the id of the tree. ERR_CONFLICT when the branch is not at `parent`.
 */
int repo_try(struct repo *r, const struct repo_commit_spec *spec, char tree[REPO_ID_HEX],
	struct err *e) WARN_UNUSED;

/*
 * Makes the commit and swaps the branch from `parent` to it (ERR_CONFLICT when it has moved,
 * ERR_BUSY when git holds a lock; then nothing has changed but unreachable objects). Then brings
 * index and work tree along for exactly those paths: only where the index has the old blob, and the
 * file is the old blob or absent; else it is left as it is and told in `left`.
 */
int repo_commit(struct repo *r, const struct repo_commit_spec *spec, struct repo_commit_result *out,
	struct err *e) WARN_UNUSED;

/* Index and work tree for the paths of a commit that was made before and is still the tip: after a
 * crash between the commit and this. What is there already stays; nothing for any other commit. */
int repo_bring_along(
	struct repo *r, const char *commit, struct strs *left, struct err *e) WARN_UNUSED;

#endif
