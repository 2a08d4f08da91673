#include "config.h"

#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strs.h"

#define SEQ_WIDTH 20
#define FOLDER_MODE 02750

int lock_folder(const char *dir, struct err *e)
{
	struct stat st;

	if (dir_make(dir, 0750, e) != 0)
		return -1;
	if (stat(dir, &st) != 0)
		return err_sys(e, errno, "%s", dir);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_REFUSED,
			"the store's folder belongs to uid %ld, not to uid %ld of this process: %s",
			(long)st.st_uid, (long)geteuid(), dir);
	if ((st.st_mode & 07777) != FOLDER_MODE && chmod(dir, FOLDER_MODE) != 0)
		return err_sys(e, errno, "cannot set mode 2750 on %s", dir);
	return 0;
}

static int open_beside(const char *dir, const char *name, mode_t mode, struct err *e)
{
	char *path = path_join(dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		err_sys(e, errno, "cannot open %s", path);
	else if (fchmod(fd, mode) != 0) {
		err_sys(e, errno, "cannot set the mode of %s", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static int busy(int fd, const char *dir, struct err *e)
{
	char text[32] = "";
	long long pid;
	ssize_t n = pread(fd, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (str_int(text, 1, INT32_MAX, &pid))
		return err_set(
			e, ERR_BUSY, "another server (pid %lld) holds the store at %s", pid, dir);
	return err_set(e, ERR_BUSY, "another server holds the store at %s", dir);
}

/* False when the file was deleted or replaced between open and flock. */
static bool still_there(int fd, const char *dir)
{
	char *path = path_join(dir, STORE_LOCK_NAME);
	struct stat a, b;
	bool same = fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino &&
		    a.st_dev == b.st_dev;

	free(path);
	return same;
}

static void write_pid(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

	/* Only a help for messages: the lock itself is what counts. */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) < n)
		(void)!ftruncate(fd, 0);
}

int lock_take(int *fd, const char *dir, struct err *e)
{
	for (;;) {
		/* 0600: whoever may open a file can also flock it. */
		*fd = open_beside(dir, STORE_LOCK_NAME, 0600, e);
		if (*fd < 0)
			return -1;
		if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
			if (errno == EWOULDBLOCK)
				busy(*fd, dir, e);
			else
				err_sys(e, errno, "cannot lock the store at %s", dir);
			close(*fd);
			*fd = -1;
			return -1;
		}
		if (still_there(*fd, dir)) {
			write_pid(*fd);
			return 0;
		}
		close(*fd);
	}
}

int seq_open(int *fd, const char *dir, struct err *e)
{
	*fd = open_beside(dir, STORE_SEQ_NAME, 0640, e);
	return *fd < 0 ? -1 : 0;
}

void seq_write(int fd, int64_t seq)
{
	char text[SEQ_WIDTH + 2];
	int n = snprintf(text, sizeof text, "%0*" PRId64 "\n", SEQ_WIDTH, seq);

	/* The commit stands whether or not the news of it can be written; the next one tells again.
	 */
	(void)!pwrite(fd, text, (size_t)n, 0);
}

int64_t seq_read(const char *dir)
{
	char *path = path_join(dir, STORE_SEQ_NAME);
	char text[SEQ_WIDTH + 2] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int64_t seq = -1;

	free(path);
	if (fd < 0)
		return -1;
	if (pread(fd, text, SEQ_WIDTH + 1, 0) == SEQ_WIDTH + 1 && text[SEQ_WIDTH] == '\n' &&
		strspn(text, "0123456789") == SEQ_WIDTH)
		seq = strtoll(text, NULL, 10);
	close(fd);
	return seq;
}
