#include "config.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"

#define PATH_MAX_BYTES 1024
#define READ_CHUNK 65536

/* Reads fd to its end; more than max bytes is an error, whatever fstat said. */
static int read_all(struct buf *out, int fd, const char *path, size_t max, struct err *e)
{
	char *chunk = xmalloc(READ_CHUNK);
	size_t total = 0;
	ssize_t got;
	int rc = 0;

	while (!rc && (got = read(fd, chunk, READ_CHUNK)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			rc = err_sys(e, errno, "cannot read %s", path);
			break;
		}
		total += (size_t)got;
		if (total <= max)
			buf_add(out, chunk, (size_t)got);
		if (total > max || out->overflow)
			rc = err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
	}
	free(chunk);
	return rc;
}

int file_read(struct buf *out, const char *path, size_t max, struct err *e)
{
	/* Without O_NONBLOCK a fifo would hold us up before fstat could tell. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int rc;

	if (fd < 0)
		return err_sys(e, errno, "cannot open %s", path);
	if (fstat(fd, &st))
		rc = err_sys(e, errno, "cannot look at %s", path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_INPUT, "%s is not a regular file", path);
	else
		rc = read_all(out, fd, path, max, e);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

static int write_new(const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = 0;

	if (fd < 0)
		return err_sys(e, errno, "cannot make %s", path);
	/* fchmod, because open's mode is subject to the umask. */
	if (write_all(fd, p, n) || fchmod(fd, mode) || fsync(fd))
		rc = err_sys(e, errno, "cannot write %s", path);
	if (close(fd) && !rc)
		rc = err_sys(e, errno, "cannot write %s", path);
	if (rc)
		unlink(path);
	return rc;
}

static int sync_dir(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	/* EINVAL: file systems that cannot sync a folder (fsync(2)). */
	if (fd < 0 || (fsync(fd) && errno != EINVAL))
		rc = err_sys(e, errno, "cannot sync %s", dir);
	if (fd >= 0)
		close(fd);
	return rc;
}

int file_write(const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	char *dir = path_dir(path);
	char random[17];
	char *temp;
	int rc;

	random_hex(random, 8);
	temp = xasprintf("%s/.%s.tmp", dir, random);
	rc = write_new(temp, p, n, mode, e);
	if (!rc && rename(temp, path)) {
		rc = err_sys(e, errno, "cannot put %s in place", path);
		unlink(temp);
	}
	if (!rc)
		rc = sync_dir(dir, e);
	free(temp);
	free(dir);
	return rc;
}

bool file_exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

bool file_is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int make_one(const char *path, mode_t mode, struct err *e)
{
	int errnum;

	if (!mkdir(path, mode))
		return 0;
	errnum = errno;
	if (file_is_dir(path))
		return 0;
	return err_sys(e, errnum == EEXIST ? ENOTDIR : errnum, "cannot make folder %s", path);
}

int dir_make(const char *path, mode_t mode, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *at = copy; !rc && *at; at++) {
		if (*at != '/' || at == copy)
			continue;
		*at = '\0';
		rc = make_one(copy, mode, e);
		*at = '/';
	}
	if (!rc)
		rc = make_one(copy, mode, e);
	free(copy);
	return rc;
}

int dir_list(struct strs *out, const char *path, struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int errnum;

	if (!dir)
		return err_sys(e, errno, "cannot open folder %s", path);
	errno = 0;
	while ((entry = readdir(dir))) {
		if (!str_eq(entry->d_name, ".") && !str_eq(entry->d_name, ".."))
			strs_add(out, entry->d_name);
		errno = 0;
	}
	errnum = errno;
	closedir(dir);
	if (errnum)
		return err_sys(e, errnum, "cannot read folder %s", path);
	strs_sort(out);
	return 0;
}

char *path_join(const char *a, const char *b)
{
	return xasprintf("%s%s%s", a, str_empty(a) || str_ends(a, "/") ? "" : "/", b);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* One component that ends at a slash or at the end: neither empty nor "." nor "..". */
static bool component_is_clean(const char *s, size_t n)
{
	if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return true;
}

bool path_is_clean_relative(const char *path)
{
	if (!path || strlen(path) > PATH_MAX_BYTES)
		return false;
	for (;;) {
		size_t n = strcspn(path, "/");

		if (!component_is_clean(path, n))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

bool path_is_clean_absolute(const char *path)
{
	return path && path[0] == '/' && strlen(path) <= PATH_MAX_BYTES &&
	       path_is_clean_relative(path + 1);
}

bool name_is_valid(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = name ? strlen(name) : 0;

	return n > 0 && n <= 64 && strchr(first, name[0]) && strspn(name, rest) == n;
}
