/*
 * Unix stream sockets by path, and who stands at the other end. Knows no message.
 */
#ifndef OPSDECK_BASE_SOCK_H
#define OPSDECK_BASE_SOCK_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Non-blocking and close-on-exec, both. A path longer than sun_path is reached through its folder.
 * ERR_UNREACHABLE when nobody listens there. */
int sock_connect(int *fd, const char *path, struct err *e) WARN_UNUSED;
/* Replaces a socket that was left behind (a file of another kind is refused). Call it only while
 * holding what makes the listener the only one. */
int sock_listen(int *fd, const char *path, mode_t mode, struct err *e) WARN_UNUSED;

struct sock_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	gid_t *groups; /* all of them (SO_PEERGROUPS), or the primary one alone on an old kernel;
			  heap */
	size_t group_count;
};

/* As of the moment the peer connected (SO_PEERCRED, socket(7)). Free groups. */
int sock_peer(struct sock_peer *out, int fd, struct err *e) WARN_UNUSED;

#endif
