/*
 * A real sshd on loopback for tests: own port, own host key, this user's login with one key. Knows
 * nothing of what is tested.
 */
#ifndef OPSDECK_TESTS_SSHD_H
#define OPSDECK_TESTS_SSHD_H

#include <stdbool.h>
#include <sys/types.h>

struct sshd {
	char dir[64]; /* host (private host key), login (private login key), config, known_hosts */
	int port;
	pid_t pid;
};

/* False where no sshd is installed. */
bool sshd_installed(void);
/* `extra`: lines of sshd_config that come first (sshd takes the first of each), or NULL. Aborts the
 * test program when it does not come up. */
void sshd_start(struct sshd *s, const char *extra);
void sshd_stop(struct sshd *s);
/* A path below its folder; the buffer is the caller's. */
const char *sshd_path(const struct sshd *s, const char *name, char *path, size_t size);
/* Runs a program to its end; aborts when it fails. Argv ends with NULL. */
void sshd_run(const char *program, ...);
/* A bound and listening socket of 127.0.0.1, its port in *port. */
int sshd_listen(int *port);

#endif
