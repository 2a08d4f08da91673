#include "config.h"

#include "base/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define BACKLOG 64

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59 /* linux/socket.h since 4.13 */
#endif

/* Fills the address; a long path goes through /proc/self/fd/DIRFD, which is then to be closed. */
static int address(struct sockaddr_un *a, int *dirfd, const char *path, struct err *e)
{
	char *dir;
	int n;

	*dirfd = -1;
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) < sizeof a->sun_path) {
		memcpy(a->sun_path, path, strlen(path) + 1);
		return 0;
	}
	dir = path_dir(path);
	*dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dirfd < 0) {
		err_sys(e, errno, "%s", dir);
		free(dir);
		return -1;
	}
	free(dir);
	n = snprintf(
		a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d/%s", *dirfd, path_base(path));
	if (n < 0 || (size_t)n >= sizeof a->sun_path) {
		close(*dirfd);
		return err_set(e, ERR_INPUT, "the name of the socket is too long: %s", path);
	}
	return 0;
}

static int new_socket(struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err_sys(e, errno, "cannot make a socket");
	return fd;
}

int sock_connect(int *fd, const char *path, struct err *e)
{
	struct sockaddr_un a;
	int dirfd, failed, s;

	if (address(&a, &dirfd, path, e))
		return -1;
	s = new_socket(e);
	if (s < 0) {
		if (dirfd >= 0)
			close(dirfd);
		return -1;
	}
	failed = connect(s, (struct sockaddr *)&a, sizeof a) ? errno : 0;
	if (dirfd >= 0)
		close(dirfd);
	if (!failed) {
		*fd = s;
		return 0;
	}
	close(s);
	if (failed == ENOENT || failed == ECONNREFUSED)
		return err_set(e, ERR_UNREACHABLE, "no server listens on %s", path);
	if (failed == EAGAIN)
		return err_set(e, ERR_BUSY, "the server on %s takes no more connections", path);
	return err_sys(e, failed, "%s", path);
}

static int remove_stale(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : err_sys(e, errno, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is there and is no socket", path);
	if (unlink(path) && errno != ENOENT)
		return err_sys(e, errno, "cannot remove the old socket %s", path);
	return 0;
}

int sock_listen(int *fd, const char *path, mode_t mode, struct err *e)
{
	struct sockaddr_un a;
	int dirfd, failed = 0, s;
	mode_t was;

	if (remove_stale(path, e) || address(&a, &dirfd, path, e))
		return -1;
	s = new_socket(e);
	if (s >= 0) {
		was = umask(0777 & ~mode);
		if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, BACKLOG))
			failed = errno;
		umask(was);
	}
	if (dirfd >= 0)
		close(dirfd);
	if (s < 0)
		return -1;
	if (failed) {
		close(s);
		return err_sys(e, failed, "cannot listen on %s", path);
	}
	*fd = s;
	return 0;
}

static void peer_groups(struct sock_peer *out, int fd)
{
	socklen_t len = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) && errno == ERANGE && len) {
		out->groups = xcalloc(len / sizeof(gid_t) + 1, sizeof(gid_t));
		if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out->groups, &len)) {
			out->group_count = len / sizeof(gid_t);
			return;
		}
		free(out->groups);
	}
	out->groups = xcalloc(1, sizeof(gid_t));
}

int sock_peer(struct sock_peer *out, int fd, struct err *e)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	*out = (struct sock_peer){0};
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return err_sys(e, errno, "cannot tell who connected");
	out->uid = cred.uid;
	out->gid = cred.gid;
	out->pid = cred.pid;
	peer_groups(out, fd);
	/* The supplementary list need not name the primary group (credentials(7)). */
	for (size_t i = 0; i < out->group_count; i++)
		if (out->groups[i] == cred.gid)
			return 0;
	out->groups = xreallocarray(out->groups, out->group_count + 1, sizeof(gid_t));
	out->groups[out->group_count++] = cred.gid;
	return 0;
}
