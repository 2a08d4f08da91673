#include "config.h"

#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/sock.h"
#include "flow/fleet.h"
#include "flow/notify.h"
#include "port/local.h"
#include "port/replay.h"
#include "port/repo/repo.h"
#include "port/ssh/ssh.h"
#include "server/accepted.h"
#include "server/adopt.h"
#include "server/agent.h"
#include "server/audit.h"
#include "server/change.h"
#include "server/serve_file.h"
#include "server/gather.h"
#include "server/requests.h"
#include "server/socket.h"
#include "server/sweep.h"
#include "server/tell.h"
#include "server/trust.h"
#include "server/worker_pool.h"
#include "store/read.h"
#include "store/write.h"

#define HOLD_RETRY_MS 1000
#define KEY_TEXT_MAX 256
#define LOCK_WAIT_MS 5000
#define LOCK_POLL_MS 20

struct server {
	struct server_core core;
	struct log log;
	struct loop_timer *linger;
	bool listening;
};

/* ---- the end, on demand ---- */

static void linger_over(void *arg)
{
	struct server *s = arg;

	s->linger = NULL;
	if (s->core.holds)
		s->linger = loop_timer_add(s->core.loop, HOLD_RETRY_MS, linger_over, s);
	else if (!socket_client_count(s->core.socket))
		core_stop(&s->core);
}

static void on_idle(void *arg, bool idle)
{
	struct server *s = arg;

	loop_timer_del(s->linger);
	s->linger = NULL;
	if (idle && s->core.on_demand)
		s->linger = loop_timer_add(s->core.loop, s->core.linger_ms, linger_over, s);
	if (!idle && s->core.sweep)
		sweep_wake(s->core.sweep);
}

/* SIGTERM while a change is applying: the change comes to its end first. */
static void on_signal(void *arg, int signo)
{
	struct server *s = arg;

	log_line(&s->log, LOG_LEVEL_INFO, "signal %d: ending%s", signo,
		s->core.holds ? " when the change has been applied" : "");
	core_stop(&s->core);
}

/* ---- where things lie ---- */

static int load_config(struct server *s, const struct serve_spec *spec, struct err *e)
{
	char *beside = path_join(spec->state, "serve.yml");
	const char *path = spec->config ? spec->config : file_exists(beside) ? beside : NULL;
	struct serve_file file = {0};
	int rc = path ? serve_file_load(&file, path, e) : 0;

	free(beside);
	if (rc)
		return -1;
	s->core.config = file.config;
	file.config = (struct server_config){0};
	s->core.paths.known_hosts = file.known_hosts ? xstrdup(file.known_hosts)
						     : path_join(spec->state, "known_hosts");
	serve_file_finish(&file);
	return 0;
}

static int make_paths(struct server *s, const struct serve_spec *spec, struct err *e)
{
	struct server_paths *p = &s->core.paths;

	p->repo = xstrdup(spec->repo);
	p->state = xstrdup(spec->state);
	p->socket = xstrdup(spec->socket);
	p->plans = path_join(spec->state, "plans");
	p->data = xstrdup(intent_datadir());
	p->self = self_path();
	if (dir_make(p->state, 0750, e) || dir_make(p->plans, 0700, e))
		return -1;
	if (chmod(p->plans, 0700))
		return err_sys(e, errno, "%s", p->plans);
	return load_config(s, spec, e);
}

/* 32 random bytes as hex, made at the first start: redaction tokens must stay the same. */
static int load_key(struct server_core *core, struct err *e)
{
	char *path = path_join(core->paths.state, "estate.key"), hex[65];
	struct buf text = {.max = KEY_TEXT_MAX};
	int rc = 0;

	if (!file_exists(path)) {
		random_hex(hex, 32);
		rc = file_write(path, hex, 64, 0600, e);
	}
	if (!rc)
		rc = file_read(&text, path, KEY_TEXT_MAX, e);
	if (!rc && text.len < 64)
		rc = err_set(e, ERR_INPUT, "%s holds no key: 64 hex digits", path);
	if (!rc)
		sha256(core->estate_key, text.data, 64);
	buf_finish(&text);
	free(path);
	return rc;
}

/* ---- transports ---- */

static char *default_key(void)
{
	static const char *const names[] = {"id_ed25519", "id_ecdsa", "id_rsa", NULL};
	const char *home = getenv("HOME");

	for (size_t i = 0; home && names[i]; i++) {
		char *path = xasprintf("%s/.ssh/%s", home, names[i]);

		if (file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

static int make_ssh(struct server_core *core, struct err *e)
{
	const char *agent = core->config.agent ? core->config.agent : getenv("SSH_AUTH_SOCK");
	char *key = core->on_demand && !agent ? default_key() : NULL;
	struct ssh_config config = {.loop = core->loop,
		.log = core->log,
		.known_hosts = core->paths.known_hosts,
		.agent = agent};
	int rc;

	for (int i = 0; i < IDENTITY_COUNT; i++)
		config.key[i] = core->config.key[i] ? core->config.key[i] : key;
	core->transports[TRANSPORT_LIBSSH2] = ssh_transport_new(&config, e);
	rc = core->transports[TRANSPORT_LIBSSH2] ? 0 : -1;
	free(key);
	return rc;
}

/* Under the unit, checks of this machine do not run as the uid that holds the keys. */
static void make_local(struct server_core *core)
{
	static const char *const as_look[] = {
		"/usr/bin/sudo", "-n", "-u", "opsdeck-look", "--", NULL};
	bool other_user = !core->on_demand && getpwnam("opsdeck-look");
	const struct local_config config = {
		.loop = core->loop, .look_prefix = other_user ? as_look : NULL};

	core->transports[TRANSPORT_LOCAL] = local_transport_new(&config);
	core->transports[TRANSPORT_REPLAY] = replay_transport_new(core->loop);
}

/* ---- up ---- */

static int put_facts(struct server_core *core, struct err *e)
{
	if (store_set(core->store, "on_demand", core->on_demand ? "1" : "0", e))
		return -1;
	return agent_start(core, e);
}

/* A server that has just been told to end, or ended by itself, may still hold the store. */
static int open_store(struct server_core *core, struct err *e)
{
	const struct timespec nap = {.tv_nsec = LOCK_POLL_MS * 1000000L};
	int64_t until = clock_mono(core->clock) + (core->on_demand ? LOCK_WAIT_MS : 0);

	while (store_open(&core->store, core->paths.state, core->clock, e)) {
		if (e->code != ERR_BUSY || clock_mono(core->clock) >= until)
			return -1;
		nanosleep(&nap, NULL);
	}
	return 0;
}

static int open_ports(struct server *s, struct err *e)
{
	struct server_core *core = &s->core;

	core->loop = loop_new(core->clock);
	loop_signal(core->loop, SIGTERM, on_signal, s);
	loop_signal(core->loop, SIGINT, on_signal, s);
	loop_signal(core->loop, SIGHUP, on_signal, s);
	if (open_store(core, e) || load_key(core, e) ||
		reader_open(&core->reader, core->paths.state, e) ||
		repo_open(&core->repo, core->paths.repo, e) || make_ssh(core, e))
		return -1;
	make_local(core);
	core->pool = pool_new(&(struct pool_spec){.loop = core->loop,
		.log = core->log,
		.self = core->paths.self,
		.key = core->estate_key,
		.key_len = sizeof core->estate_key});
	core->sweep = sweep_new(core);
	return 0;
}

static int listen_on(struct server *s, struct err *e)
{
	struct server_core *core = &s->core;
	struct socket_spec spec = {.core = core,
		.handlers = request_handlers,
		.audit = audit_append,
		.idle = on_idle,
		.arg = s};

	/* Under the unit the folder says who may come near, and the roles who may do what. */
	if (sock_listen(&spec.listen_fd, core->paths.socket, core->on_demand ? 0600 : 0666, e))
		return -1;
	core->socket = socket_server_new(&spec);
	s->listening = true;
	on_idle(s, true);
	return 0;
}

static int start(struct server *s, const struct serve_spec *spec, struct err *e)
{
	struct server_core *core = &s->core;

	umask(027);
	signal(SIGPIPE, SIG_IGN);
	s->log = (struct log){.fd = STDERR_FILENO, .level = LOG_LEVEL_INFO};
	core->log = &s->log;
	core->clock = clock_system();
	core->on_demand = spec->on_demand;
	core->linger_ms = spec->linger_ms > 0 ? spec->linger_ms : SERVER_LINGER_MS;
	if (make_paths(s, spec, e) || open_ports(s, e) || put_facts(core, e) ||
		accepted_start(core, e))
		return -1;
	if (listen_on(s, e))
		return -1;
	change_resume(core);
	tell_start(core);
	return 0;
}

/* ---- down ---- */

static void stop(struct server *s)
{
	struct server_core *core = &s->core;

	if (s->listening)
		unlink(core->paths.socket);
	socket_server_close(core->socket);
	change_finish(core);
	pool_free(core->pool);
	gather_cancel_all(core);
	sweep_free(core->sweep);
	notify_free(core->notify);
	adopt_free(core->adopt);
	trust_free(core->trust);
	for (int i = 0; i < TRANSPORT_KIND_COUNT; i++)
		if (core->transports[i])
			core->transports[i]->ops->free(core->transports[i]);
	accepted_finish(core);
	repo_close(core->repo);
	reader_close(core->reader);
	store_close(core->store); /* gives the lock back: last of what others could touch */
	if (core->loop)
		loop_free(core->loop);
	socket_server_free(core->socket); /* nobody is left who could answer */
	config_finish(&core->config);
	free(core->retired);
	free(core->paths.repo);
	free(core->paths.state);
	free(core->paths.socket);
	free(core->paths.plans);
	free(core->paths.known_hosts);
	free(core->paths.data);
	free(core->paths.self);
}

static void tell_ready(const struct serve_spec *spec, const char *text)
{
	char *line;

	if (spec->ready_fd < 0)
		return;
	line = xasprintf("%s\n", text);
	if (write(spec->ready_fd, line, strlen(line)) < 0)
		errno = 0; /* whoever waited is gone: nothing is lost */
	free(line);
	close(spec->ready_fd);
}

int server_run(const struct serve_spec *spec, struct err *e)
{
	struct server s = {0};
	struct server_core *core = &s.core;

	if (start(&s, spec, e)) {
		tell_ready(spec, e->msg);
		stop(&s);
		return -1;
	}
	log_line(&s.log, LOG_LEVEL_INFO, "%s listens on %s", PACKAGE_STRING, core->paths.socket);
	tell_ready(spec, "ready");
	/* What a turn wrote into the store is told when the turn is over. */
	while (loop_step(core->loop, -1)) {
		tell_news(core);
		socket_news(core->socket, store_seq(core->store));
		if (core->stopping && !core->holds)
			break;
	}
	stop(&s);
	return 0;
}
