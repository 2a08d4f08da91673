#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/repo/repo_git.h"

/* What our index.lock holds, with the process id behind: git's own holds an index or nothing. */
#define LOCK_MARK "opsdeck "
#define INDEX_MAX ((size_t)256 << 20)

struct along {
	struct repo *r;
	char *index_path, *lock_path, *copy_path;
	bool locked;
	git_index *index;	/* of the copy */
	git_index_time changed; /* of the index that was copied */
};

/* ---- looking ---- */

static bool same_blob(struct repo *r, const char *path, const git_oid *id)
{
	char *full = xasprintf("%s%s", r->worktree, path);
	git_oid now;
	/* With the attributes' conversion, as `git status` would compare. */
	int rc = git_repository_hashfile(&now, r->git, full, GIT_OBJECT_BLOB, path);

	free(full);
	return rc == 0 && git_oid_equal(&now, id);
}

/* The file has exactly the bytes that are to be written. */
static bool has_bytes(struct repo *r, const struct along_path *p)
{
	char *full = xasprintf("%s%s", r->worktree, p->path);
	struct buf b = {0};
	bool same = p->is && file_read(&b, full, p->len, NULL) == 0 && b.len == p->len &&
		    (p->len == 0 || memcmp(b.data, p->bytes, p->len) == 0);

	buf_finish(&b);
	free(full);
	return same;
}

static bool entry_is(const git_index_entry *entry, bool there, const git_oid *id)
{
	return there ? entry != NULL && git_oid_equal(&entry->id, id) : entry == NULL;
}

/* A file is staged where the path needs a folder, or below the path. */
static bool staged_in_the_way(git_index *index, const char *path)
{
	char *text = xasprintf("%s/", path), *slash = text;
	size_t at;
	bool in_the_way = git_index_find_prefix(&at, index, text) == 0;

	text[strlen(text) - 1] = '\0';
	while (!in_the_way && (slash = strchr(slash, '/')) != NULL) {
		*slash = '\0';
		in_the_way = git_index_get_bypath(index, text, 0) != NULL;
		*slash++ = '/';
	}
	free(text);
	return in_the_way;
}

static int check_file(
	struct repo *r, const struct along_path *p, const git_index_entry *entry, struct err *e)
{
	switch (work_look(r, p->path)) {
	case WORK_LINK:
		return err_set(
			e, ERR_INPUT, "%s leads through a symbolic link in the work tree", p->path);
	case WORK_REPO:
		return err_set(
			e, ERR_INPUT, "%s lies in another repository in the work tree", p->path);
	case WORK_OTHER:
		return err_set(e, ERR_CONFLICT,
			"%s cannot be written: a folder or file of the work tree is in the way",
			p->path);
	case WORK_NONE:
		if (!p->was || (entry != NULL && (entry->flags_extended &
							 GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0))
			return 0;
		return err_set(
			e, ERR_CONFLICT, "%s is deleted in the work tree: restore it", p->path);
	case WORK_FILE:
		break;
	}
	if (!p->was && !has_bytes(r, p))
		return err_set(e, ERR_CONFLICT,
			"%s is in the work tree and not in git: move it away", p->path);
	if (p->was && !same_blob(r, p->path, &p->old))
		return err_set(e, ERR_CONFLICT,
			"%s is edited in the work tree: commit or restore it", p->path);
	return 0;
}

int along_check_clean(struct repo *r, git_index *index, const struct along_path *p, struct err *e)
{
	const git_index_entry *entry = git_index_get_bypath(index, p->path, 0);

	if (!entry_is(entry, p->was, &p->old) || staged_in_the_way(index, p->path))
		return err_set(e, ERR_CONFLICT, "%s is staged: commit or unstage it", p->path);
	return check_file(r, p, entry, e);
}

/* ---- the lock ---- */

static char *index_path(struct repo *r, struct err *e)
{
	git_index *index;
	char *path;
	int rc = git_repository_index(&index, r->git);

	if (rc != 0) {
		git_fail(e, rc, "cannot read the index of %s", r->path);
		return NULL;
	}
	path = xstrdup(git_index_path(index));
	git_index_free(index);
	return path;
}

/* True when a dead opsdeck left the lock; it is removed then. */
static bool remove_dead(const char *lock)
{
	struct buf b = {0};
	long long pid = 0;
	bool dead = file_read(&b, lock, 64, NULL) == 0 && str_starts(buf_str(&b), LOCK_MARK) &&
		    str_int(buf_str(&b) + strlen(LOCK_MARK), 1, INT32_MAX, &pid) &&
		    kill((pid_t)pid, 0) != 0 && errno == ESRCH;

	buf_finish(&b);
	return dead && unlink(lock) == 0;
}

static int lock_busy(const char *lock, struct err *e)
{
	return err_set(e, ERR_BUSY,
		"git is at work there: %s exists; when no git command runs, remove it", lock);
}

int along_check_lock(struct repo *r, struct err *e)
{
	char *path = index_path(r, e), *lock;
	int rc = 0;

	if (path == NULL)
		return -1;
	lock = xasprintf("%s.lock", path);
	if (file_exists(lock) && !remove_dead(lock))
		rc = lock_busy(lock, e);
	free(lock);
	free(path);
	return rc;
}

static int take_lock(struct along *a, struct err *e)
{
	char text[40];
	int tries, fd = -1, n;

	for (tries = 0; fd < 0 && tries < 2; tries++) {
		fd = open(a->lock_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			return err_sys(e, errno, "cannot make %s", a->lock_path);
		if (fd < 0 && !remove_dead(a->lock_path))
			break;
	}
	if (fd < 0)
		return lock_busy(a->lock_path, e);
	a->locked = true;
	n = snprintf(text, sizeof text, LOCK_MARK "%ld", (long)getpid());
	/* Only tells a later run whose it was; without it a person removes it. */
	(void)!write(fd, text, (size_t)n);
	close(fd);
	return 0;
}

/* libgit2 writes an index under its own lock of the same name, so it is given a copy. */
static int copy_index(struct along *a, struct err *e)
{
	struct buf b = {0};
	struct stat st;
	int rc = 0;

	buf_init(&b, INDEX_MAX);
	if (unlink(a->copy_path) != 0 && errno != ENOENT)
		rc = err_sys(e, errno, "cannot remove %s", a->copy_path);
	else if (stat(a->index_path, &st) == 0) {
		a->changed.seconds = (int32_t)st.st_mtim.tv_sec;
		a->changed.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
		rc = file_read(&b, a->index_path, INDEX_MAX, e) != 0 ||
				     file_write(
					     a->copy_path, b.data, b.len, st.st_mode & 0777, e) != 0
			     ? -1
			     : 0;
	}
	buf_finish(&b);
	return rc;
}

/* A file that was changed in the same instant as the index was written looks unchanged once a newer
 * index stands (git's racy entries): without a size it is looked at again. */
static int unsettle_racy(struct along *a)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < git_index_entrycount(a->index); i++) {
		const git_index_entry *entry = git_index_get_byindex(a->index, i);
		git_index_entry copy = *entry;

		if (entry->mtime.seconds < a->changed.seconds ||
			(entry->mtime.seconds == a->changed.seconds &&
				entry->mtime.nanoseconds < a->changed.nanoseconds) ||
			GIT_INDEX_ENTRY_STAGE(entry) != 0 || entry->file_size == 0)
			continue;
		copy.file_size = 0;
		copy.path = xstrdup(entry->path);
		rc = git_index_add(a->index, &copy);
		free((char *)copy.path);
	}
	return rc;
}

int along_begin(struct along **out, struct repo *r, struct err *e)
{
	struct along *a = xcalloc(1, sizeof *a);
	int rc;

	*out = NULL;
	a->r = r;
	a->index_path = index_path(r, e);
	if (a->index_path == NULL)
		goto fail;
	a->lock_path = xasprintf("%s.lock", a->index_path);
	a->copy_path = xasprintf("%s.opsdeck", a->index_path);
	if (take_lock(a, e) != 0 || copy_index(a, e) != 0)
		goto fail;
	rc = git_index_open(&a->index, a->copy_path);
	if (rc == 0)
		rc = unsettle_racy(a);
	if (rc != 0) {
		git_fail(e, rc, "cannot read the index of %s", r->path);
		goto fail;
	}
	*out = a;
	return 0;
fail:
	along_free(a);
	return -1;
}

void along_free(struct along *a)
{
	if (a == NULL)
		return;
	git_index_free(a->index);
	if (a->locked) {
		unlink(a->copy_path);
		unlink(a->lock_path);
	}
	free(a->index_path);
	free(a->lock_path);
	free(a->copy_path);
	free(a);
}

/* ---- bringing along ---- */

static void tell(struct strs *left, const char *path, const char *why)
{
	strs_addf(left, "%s: %s", path, why);
}

/* The file of the work tree; true when it is now as the commit has it. */
static bool bring_file(struct along *a, const struct along_path *p, struct strs *left)
{
	struct err e = {0};
	enum work_kind kind = work_look(a->r, p->path);
	bool as_it_was = kind == WORK_NONE ||
			 (kind == WORK_FILE && p->was && same_blob(a->r, p->path, &p->old));
	int rc;

	if (kind == WORK_FILE && has_bytes(a->r, p))
		return true;
	if (!as_it_was) {
		tell(left, p->path, "changed in the work tree, left as it is");
		return false;
	}
	rc = p->is ? work_write(a->r, p->path, p->bytes, p->len,
			     p->mode == GIT_FILEMODE_BLOB_EXECUTABLE, &e)
		   : work_remove(a->r, p->path, &e);
	if (rc != 0)
		tell(left, p->path, e.msg);
	return rc == 0;
}

static void set_stat(git_index_entry *entry, struct repo *r)
{
	char *full = xasprintf("%s%s", r->worktree, entry->path);
	struct stat st;

	if (lstat(full, &st) == 0) {
		entry->ctime.seconds = (int32_t)st.st_ctim.tv_sec;
		entry->ctime.nanoseconds = (uint32_t)st.st_ctim.tv_nsec;
		entry->mtime.seconds = (int32_t)st.st_mtim.tv_sec;
		entry->mtime.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
		entry->dev = (uint32_t)st.st_dev;
		entry->ino = (uint32_t)st.st_ino;
		entry->uid = st.st_uid;
		entry->gid = st.st_gid;
		entry->file_size = (uint32_t)st.st_size;
	}
	free(full);
}

static int set_entry(
	struct along *a, const struct along_path *p, const git_index_entry *was, bool with_stat)
{
	git_index_entry entry = {.path = p->path, .mode = p->mode, .id = p->new};

	if (!p->is)
		return was == NULL ? 0 : git_index_remove(a->index, p->path, 0);
	if (was != NULL)
		entry.flags_extended = was->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE;
	if (entry.flags_extended != 0)
		entry.flags = GIT_INDEX_ENTRY_EXTENDED;
	else if (with_stat)
		set_stat(&entry, a->r);
	return git_index_add(a->index, &entry);
}

void along_path(struct along *a, const struct along_path *p, struct strs *left)
{
	const git_index_entry *entry = git_index_get_bypath(a->index, p->path, 0);
	bool skip = entry != NULL && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
	bool brought;

	/* Brought along before: a second try after a crash. */
	if (!entry_is(entry, p->is, &p->new) &&
		(!entry_is(entry, p->was, &p->old) || staged_in_the_way(a->index, p->path))) {
		tell(left, p->path, "staged meanwhile, left as it is");
		return;
	}
	brought = !skip && bring_file(a, p, left);
	if (set_entry(a, p, entry, brought) != 0)
		tell(left, p->path, "the index could not take it");
}

int along_end(struct along *a, struct err *e)
{
	int rc = git_index_write(a->index);

	if (rc != 0)
		return git_fail(e, rc, "cannot write the index of %s", a->r->path);
	if (rename(a->copy_path, a->index_path) != 0)
		return err_sys(e, errno, "cannot put the index in place");
	return 0;
}
