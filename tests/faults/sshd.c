#include "config.h"

#include "tests/faults/sshd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"

#define SSHD "/usr/sbin/sshd"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

bool sshd_installed(void)
{
	return !access(SSHD, X_OK) && !access("/usr/bin/ssh-keygen", X_OK);
}

void sshd_run(const char *program, ...)
{
	struct strs argv = {0};
	struct child_result r;
	struct child_spec spec = {.deadline_ms = 20000};
	struct err e = {0};
	const char *word;
	va_list ap;

	strs_add(&argv, program);
	va_start(ap, program);
	while ((word = va_arg(ap, const char *)))
		strs_add(&argv, word);
	va_end(ap);
	spec.argv = (const char *const *)argv.v;
	if (child_run(&r, &spec, &e) || r.exit_status) {
		fprintf(stderr, "%s: %s%s\n", program, e.msg, buf_str(&r.err));
		abort();
	}
	child_result_finish(&r);
	strs_finish(&argv);
}

const char *sshd_path(const struct sshd *s, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", s->dir, name);
	return path;
}

int sshd_listen(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	must(!bind(fd, (const struct sockaddr *)&at, sizeof at), "bind");
	must(!listen(fd, 64), "listen");
	must(!getsockname(fd, (struct sockaddr *)&at, &n), "getsockname");
	*port = ntohs(at.sin_port);
	return fd;
}

static void write_text(const struct sshd *s, const char *name, const char *text)
{
	char path[128];
	struct err e;

	must(!file_write(sshd_path(s, name, path, sizeof path), text, strlen(text), 0600, &e),
		"write");
}

static void make_key(const struct sshd *s, const char *name)
{
	char path[128];

	sshd_run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f",
		sshd_path(s, name, path, sizeof path), NULL);
}

static void write_config(const struct sshd *s, const char *extra)
{
	struct buf text = {0};

	buf_addf(&text,
		"%s\nListenAddress 127.0.0.1:%d\nHostKey %s/host\nPidFile none\n"
		"AuthorizedKeysFile %s/login.pub\nStrictModes no\nUsePAM no\n"
		"PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
		"PermitRootLogin prohibit-password\nPrintMotd no\nUseDNS no\n"
		"MaxStartups 100\nLogLevel ERROR\n",
		extra ? extra : "", s->port, s->dir, s->dir);
	write_text(s, "config", buf_str(&text));
	buf_finish(&text);
}

static void write_known_hosts(const struct sshd *s)
{
	char path[128];
	struct buf line = {0};
	struct err e;

	buf_addf(&line, "[127.0.0.1]:%d ", s->port);
	must(!file_read(&line, sshd_path(s, "host.pub", path, sizeof path), 4096, &e), "read");
	write_text(s, "known_hosts", buf_str(&line));
	buf_finish(&line);
}

/* Comes up within some 50 ms; a connection that is taken says so. */
static void await_listening(const struct sshd *s)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (int i = 0; i < 500; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool up = !connect(fd, (const struct sockaddr *)&to, sizeof to);

		close(fd);
		if (up)
			return;
		poll(NULL, 0, 10);
	}
	must(false, "sshd does not listen");
}

void sshd_start(struct sshd *s, const char *extra)
{
	char config[128], log[128];

	*s = (struct sshd){.dir = "/tmp/opsdeck-sshd.XXXXXX"};
	must(mkdtemp(s->dir) != NULL, "mkdtemp");
	must(geteuid() || !mkdir("/run/sshd", 0755) || !access("/run/sshd", X_OK), "/run/sshd");
	close(sshd_listen(&s->port));
	make_key(s, "host");
	make_key(s, "login");
	write_config(s, extra);
	write_known_hosts(s);
	sshd_path(s, "config", config, sizeof config);
	sshd_path(s, "log", log, sizeof log);
	s->pid = fork();
	must(s->pid >= 0, "fork");
	if (!s->pid) {
		/* A test that fails leaves nothing behind. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		close(STDIN_FILENO);
		must(open("/dev/null", O_RDWR) == STDIN_FILENO, "/dev/null");
		dup2(STDIN_FILENO, STDOUT_FILENO);
		dup2(STDIN_FILENO, STDERR_FILENO);
		execl(SSHD, SSHD, "-D", "-f", config, "-E", log, (char *)NULL);
		_exit(127);
	}
	await_listening(s);
}

void sshd_stop(struct sshd *s)
{
	if (!s->pid)
		return;
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	/* Its sessions and an agent may still be clearing up there. */
	sshd_run("/bin/sh", "-c", "rm -rf \"$0\" || { sleep 0.5; rm -rf \"$0\"; }", s->dir, NULL);
	s->pid = 0;
}
