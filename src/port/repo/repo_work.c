#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "port/repo/repo_git.h"

/* A walk down the work tree, folder by folder, that follows no link. */
struct walk {
	int fd;		    /* of the folder that holds `name`; -1 when the walk ended before */
	const char *name;   /* last component; borrowed from the path */
	enum work_kind end; /* why it ended */
};

static enum work_kind kind_of_failure(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return WORK_NONE;
	case ELOOP:
	case EMLINK:
		return WORK_LINK;
	default:
		return WORK_OTHER;
	}
}

/* O_NOFOLLOW with O_DIRECTORY says ENOTDIR for a link: look what it is. */
static enum work_kind kind_of_part(int fd, const char *name, int errnum)
{
	struct stat st;

	if (errnum == ENOTDIR && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISLNK(st.st_mode))
		return WORK_LINK;
	return kind_of_failure(errnum);
}

static int open_part(int fd, const char *name, bool make)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int next = openat(fd, name, flags);

	if (next < 0 && errno == ENOENT && make &&
		(mkdirat(fd, name, 0777) == 0 || errno == EEXIST))
		next = openat(fd, name, flags);
	return next;
}

static struct walk walk_to(struct repo *r, const char *path, bool make)
{
	struct walk w = {.name = path, .end = WORK_FILE};
	const char *slash;
	struct stat st;

	w.fd = open(r->worktree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (w.fd >= 0 && (slash = strchr(w.name, '/')) != NULL) {
		char *part = xstrndup(w.name, (size_t)(slash - w.name));
		int next = open_part(w.fd, part, make);

		if (next < 0)
			w.end = kind_of_part(w.fd, part, errno);
		free(part);
		close(w.fd);
		w.fd = next;
		w.name = slash + 1;
		if (next >= 0 && fstatat(next, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0) {
			close(next);
			w.fd = -1;
			w.end = WORK_REPO;
		}
	}
	if (w.fd < 0 && w.end == WORK_FILE)
		w.end = WORK_OTHER;
	return w;
}

enum work_kind work_look(struct repo *r, const char *path)
{
	struct walk w = walk_to(r, path, false);
	struct stat st;
	int rc;

	if (w.fd < 0)
		return w.end;
	rc = fstatat(w.fd, w.name, &st, AT_SYMLINK_NOFOLLOW);
	close(w.fd);
	if (rc != 0)
		return errno == ENOENT ? WORK_NONE : WORK_OTHER;
	return S_ISREG(st.st_mode) ? WORK_FILE : S_ISLNK(st.st_mode) ? WORK_LINK : WORK_OTHER;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return fsync(fd);
}

#define TEMP_NAME ".opsdeck.new"

static int write_beside(int dir, const void *bytes, size_t n, bool executable, struct err *e)
{
	int fd, errnum;

	if (unlinkat(dir, TEMP_NAME, 0) != 0 && errno != ENOENT)
		return err_sys(e, errno, "cannot remove an old %s", TEMP_NAME);
	fd = openat(dir, TEMP_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		executable ? 0777 : 0666);
	if (fd < 0)
		return err_sys(e, errno, "cannot write");
	errnum = write_all(fd, bytes, n) == 0 ? 0 : errno;
	close(fd);
	if (errnum == 0)
		return 0;
	unlinkat(dir, TEMP_NAME, 0);
	return err_sys(e, errnum, "cannot write");
}

int work_write(struct repo *r, const char *path, const void *bytes, size_t n, bool executable,
	struct err *e)
{
	struct walk w = walk_to(r, path, true);
	int rc;

	if (w.fd < 0)
		return err_set(e, ERR_FAIL, "no way to its folder");
	rc = write_beside(w.fd, bytes, n, executable, e);
	if (rc == 0 && renameat(w.fd, TEMP_NAME, w.fd, w.name) != 0) {
		rc = err_sys(e, errno, "cannot put it in place");
		unlinkat(w.fd, TEMP_NAME, 0);
	}
	close(w.fd);
	return rc;
}

/* Folders that became empty go, as git does it. */
static void remove_empty_above(struct repo *r, const char *path)
{
	char *above = xstrdup(path), *slash;

	while ((slash = strrchr(above, '/')) != NULL) {
		struct walk w;
		int rc;

		*slash = '\0';
		w = walk_to(r, above, false);
		if (w.fd < 0)
			break;
		rc = unlinkat(w.fd, w.name, AT_REMOVEDIR);
		close(w.fd);
		if (rc != 0)
			break;
	}
	free(above);
}

int work_remove(struct repo *r, const char *path, struct err *e)
{
	struct walk w = walk_to(r, path, false);
	int rc = 0;

	if (w.fd < 0)
		return w.end == WORK_NONE ? 0 : err_set(e, ERR_FAIL, "no way to its folder");
	if (unlinkat(w.fd, w.name, 0) != 0 && errno != ENOENT)
		rc = err_sys(e, errno, "cannot remove it");
	close(w.fd);
	if (rc == 0)
		remove_empty_above(r, path);
	return rc;
}
