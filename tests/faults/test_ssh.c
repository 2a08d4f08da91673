#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "port/ssh/ssh.h"
#include "tests/faults/sshd.h"

/* libssh2 leaks the key pair of a key exchange that is broken off: it lies in the session, out of
 * reach. A sanitizer asks these for what it shall pass by: whole stacks tell this one call from
 * all else that is allocated there. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libssh2_session_handshake\n";
}

/* A transport to one sshd, as most tests want it. */
struct setup {
	struct sshd sshd;
	struct loop *loop;
	struct transport *t;
	struct host host;
	struct ssh_config config;
	char key[128], known_hosts[128];
};

struct outcome {
	struct transport_result r;
	bool done;
};

static char *login_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return xstrdup(pw ? pw->pw_name : "root");
}

static void prepare(struct setup *s, int port)
{
	s->loop = loop_new(clock_system());
	s->host = (struct host){.name = xstrdup("web1"),
		.address = xstrdup("127.0.0.1"),
		.port = port,
		.user = {[IDENTITY_LOOK] = login_name(), [IDENTITY_APPLY] = login_name()}};
	s->config = (struct ssh_config){
		.loop = s->loop, .known_hosts = s->known_hosts, .key = {s->key, s->key}};
}

static void open_transport(struct setup *s)
{
	struct err e = {0};

	s->t = ssh_transport_new(&s->config, &e);
	if (!s->t)
		fail_msg("%s", e.msg);
}

static void begin(struct setup *s, const char *extra)
{
	*s = (struct setup){0};
	sshd_start(&s->sshd, extra);
	sshd_path(&s->sshd, "login", s->key, sizeof s->key);
	sshd_path(&s->sshd, "known_hosts", s->known_hosts, sizeof s->known_hosts);
	prepare(s, s->sshd.port);
	open_transport(s);
}

static void end(struct setup *s)
{
	if (s->t)
		s->t->ops->free(s->t);
	loop_free(s->loop);
	host_finish(&s->host);
	sshd_stop(&s->sshd);
}

static void on_done(void *arg, struct transport_result *r)
{
	struct outcome *o = arg;

	assert_false(o->done);
	o->r = *r;
	r->out = r->err = (struct buf){0};
	o->done = true;
}

static void finish(struct outcome *o)
{
	buf_finish(&o->r.out);
	buf_finish(&o->r.err);
	*o = (struct outcome){0};
}

static struct transport_run *start(struct setup *s, struct outcome *o, const char *script)
{
	const struct transport_spec spec = {.host = &s->host,
		.script = script,
		.out_max = 4096,
		.err_max = 4096,
		.deadline_ms = 120000};

	*o = (struct outcome){0};
	return s->t->ops->start(s->t, &spec, on_done, o);
}

static void await(struct setup *s, struct outcome *o)
{
	while (!o->done)
		if (!loop_step(s->loop, -1) && !o->done)
			fail_msg("nothing is left to wait for");
}

static void run(struct setup *s, struct outcome *o, const char *script)
{
	start(s, o, script);
	await(s, o);
}

static void run_spec(struct setup *s, struct outcome *o, struct transport_spec spec)
{
	*o = (struct outcome){0};
	spec.host = &s->host;
	if (!spec.out_max)
		spec.out_max = spec.err_max = 4096;
	s->t->ops->start(s->t, &spec, on_done, o);
	await(s, o);
}

static void assert_failed(const struct outcome *o, enum err_code code, const char *says)
{
	assert_false(o->r.ended);
	if (o->r.error.code != code || !strstr(o->r.error.msg, says))
		fail_msg("%s: %s", err_code_name(o->r.error.code), o->r.error.msg);
	assert_null(strchr(o->r.error.msg, '\n'));
}

static void assert_ran(const struct outcome *o)
{
	if (!o->r.ended)
		fail_msg("%s", o->r.error.msg);
	assert_true(o->r.connected && o->r.started);
}

/* ---- what works ---- */

static void runs_scripts_on_one_held_session(void **state)
{
	struct setup s;
	struct outcome o;
	char *first;

	(void)state;
	begin(&s, NULL);
	run(&s, &o, "echo \"it's\"; echo oops >&2; exit 7");
	assert_ran(&o);
	assert_string_equal(buf_str(&o.r.out), "it's\n");
	assert_string_equal(buf_str(&o.r.err), "oops\n");
	assert_int_equal(o.r.exit_status, 7);
	finish(&o);
	run(&s, &o, "echo \"$SSH_CONNECTION\"; cat");
	assert_ran(&o);
	first = buf_take(&o.r.out);
	finish(&o);
	run(&s, &o, "echo \"$SSH_CONNECTION\"");
	assert_ran(&o);
	assert_string_equal(buf_str(&o.r.out), first);
	free(first);
	finish(&o);
	run(&s, &o, "kill -9 $$");
	assert_ran(&o);
	assert_int_equal(o.r.exit_status, 137);
	finish(&o);
	end(&s);
}

/* 70,000 bytes: past one packet and past what exec takes as one argument. */
static void takes_input_and_long_scripts(void **state)
{
	static const struct {
		size_t script, input;
	} cases[] = {{0, 100}, {0, 300000}, {70000, 0}, {200000, 0}, {70000, 300000}, {29990, 0}};
	struct setup s;

	(void)state;
	begin(&s, NULL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *input = xcalloc(1, cases[i].input + 1);
		struct buf script = {0}, expected = {0};
		struct outcome o;

		memset(input, 'i', cases[i].input);
		while (script.len < cases[i].script)
			buf_adds(&script, "x='a long script'\n");
		buf_adds(&script, "echo \"$x\"; wc -c");
		buf_addf(&expected, "%s\n%zu\n", cases[i].script ? "a long script" : "",
			cases[i].input);
		run_spec(&s, &o,
			(struct transport_spec){.script = script.data,
				.input = cases[i].input ? input : NULL,
				.input_len = cases[i].input});
		assert_ran(&o);
		assert_string_equal(buf_str(&o.r.out), expected.data);
		finish(&o);
		buf_finish(&script);
		buf_finish(&expected);
		free(input);
	}
	end(&s);
}

static void max_sessions_1_is_enough(void **state)
{
	struct setup s;
	struct outcome o[4];

	(void)state;
	begin(&s, "MaxSessions 1");
	for (int i = 0; i < 4; i++)
		start(&s, &o[i], "echo \"$SSH_CONNECTION\"");
	for (int i = 0; i < 4; i++) {
		await(&s, &o[i]);
		assert_ran(&o[i]);
		assert_string_equal(buf_str(&o[i].r.out), buf_str(&o[0].r.out));
	}
	for (int i = 0; i < 4; i++)
		finish(&o[i]);
	end(&s);
}

static void an_agent_signs(void **state)
{
	char socket[128], public_key[160], command[1024];
	struct setup s;
	struct outcome o;
	FILE *pid_file;
	long agent = 0;

	(void)state;
	begin(&s, NULL);
	s.t->ops->free(s.t);
	sshd_path(&s.sshd, "agent", socket, sizeof socket);
	snprintf(command, sizeof command,
		"ssh-agent -a %s | sed -n 's/.*PID=\\([0-9]*\\);.*/\\1/p' >%s.pid; "
		"SSH_AUTH_SOCK=%s ssh-add -q %s",
		socket, socket, socket, s.key);
	sshd_run("/bin/sh", "-c", command, NULL);
	snprintf(public_key, sizeof public_key, "%s.pub", s.key);
	for (int all = 0; all < 2; all++) {
		s.config.key[IDENTITY_LOOK] = all ? NULL : public_key;
		s.config.agent = socket;
		open_transport(&s);
		run(&s, &o, "echo in");
		assert_ran(&o);
		assert_string_equal(buf_str(&o.r.out), "in\n");
		finish(&o);
		s.t->ops->free(s.t);
	}
	s.config.agent = "/does/not/exist";
	open_transport(&s);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_MISSING, "cannot reach the SSH agent");
	finish(&o);
	snprintf(command, sizeof command, "%s.pid", socket);
	pid_file = fopen(command, "r");
	assert_non_null(pid_file);
	assert_int_equal(fscanf(pid_file, "%ld", &agent), 1);
	fclose(pid_file);
	kill((pid_t)agent, SIGTERM);
	end(&s);
}

/* ---- host keys ---- */

static void only_known_keys_are_logged_in_to(void **state)
{
	static const char other[] =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/HzvE6D7u0Tessod3AxxHkZ0lvKaK63BZ4KMIr3kXb";
	static const struct {
		const char *format; /* port, other key, the right line */
		const char *says;
	} cases[] = {
		{"# %1$d %2$s\n", "opsdeck trust web1"},
		{"127.0.0.1 %2$s\n#%1$d\n", "no host key is known"},
		{"[127.0.0.1]:%1$d %2$s\n", "THE HOST KEY CHANGED"},
		{"%3$s@revoked %3$s# %1$d %2$s\n", "no host key is known"},
		{"[127.0.0.1]:%1$d %2$s\n@revoked %3$s", "REVOKED"},
		{"@cert-authority %3$s# %1$d %2$s\n", "certificates are not supported"},
		{"[127.0.0.1]:%1$d ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAy"
		 "NTYAAABBBIxO+4Tf8Y3Lf+nB7oGGzx6Hm0lbWT/mJVrfoPTzWIU++z7lpjkISZ7QMUn38ZAPSw9WhShT"
		 "c7BqaGUcjDQv7/Y=\n# %2$s\n",
			"no common host key algorithm"},
	};
	struct setup s;
	struct outcome o;
	struct buf right = {0};
	struct err e;

	(void)state;
	begin(&s, NULL);
	assert_int_equal(file_read(&right, s.known_hosts, 4096, &e), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf text = {0};

		/* The format's arguments stand in the table's comment. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_addf(&text, cases[i].format, s.sshd.port, other, right.data);
#pragma GCC diagnostic pop
		assert_int_equal(file_write(s.known_hosts, text.data, text.len, 0600, &e), 0);
		run(&s, &o, "echo in");
		assert_failed(&o, ERR_REFUSED, cases[i].says);
		assert_false(o.r.connected || o.r.started);
		finish(&o);
		buf_finish(&text);
	}
	/* Trusted again: the file is read anew. */
	assert_int_equal(file_write(s.known_hosts, right.data, right.len, 0600, &e), 0);
	run(&s, &o, "echo in");
	assert_ran(&o);
	finish(&o);
	buf_finish(&right);
	end(&s);
}

static void keep_key(void *arg, const struct ssh_host_key *key, const struct err *e)
{
	struct ssh_host_key *out = arg;

	if (!key)
		fail_msg("%s", e->msg);
	*out = *key;
	out->key = xmemdup(key->key, key->n);
}

static void a_key_is_fetched_without_a_login(void **state)
{
	struct ssh_host_key key = {0};
	char path[128], command[256];
	struct setup s;

	(void)state;
	begin(&s, NULL);
	ssh_fetch_key(s.loop, &s.host, 10000, keep_key, &key);
	loop_run(s.loop);
	assert_string_equal(key.type, "ssh-ed25519");
	snprintf(command, sizeof command, "ssh-keygen -lf %s | grep -qF ' %s '",
		sshd_path(&s.sshd, "host.pub", path, sizeof path), key.fingerprint);
	sshd_run("/bin/sh", "-c", command, NULL);
	free(key.key);
	end(&s);
}

/* What libssh2 1.10 cannot do is told in one line; 1.11 may do it. */
static void a_failed_negotiation_is_told_in_one_line(void **state)
{
	static const struct {
		const char *extra, *says;
	} cases[] = {
		{"Ciphers chacha20-poly1305@openssh.com", "no common cipher"},
		{"MACs hmac-sha2-256-etm@openssh.com\nCiphers aes256-ctr", "no common MAC"},
		{"KexAlgorithms sntrup761x25519-sha512@openssh.com", "no common key exchange"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct setup s;
		struct outcome o;

		begin(&s, cases[i].extra);
		run(&s, &o, "echo in");
		if (!o.r.ended)
			assert_failed(&o, ERR_UNREACHABLE, cases[i].says);
		finish(&o);
		end(&s);
	}
}

/* ---- hosts that misbehave ---- */

static void a_refused_key_is_not_offered_again(void **state)
{
	char path[128];
	struct setup s;
	struct outcome o;
	struct err e;

	(void)state;
	begin(&s, NULL);
	sshd_path(&s.sshd, "login.pub", path, sizeof path);
	assert_int_equal(file_write(path, "", 0, 0600, &e), 0);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_REFUSED, "refuses the login of");
	finish(&o);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_REFUSED, "not tried again for 300 s");
	finish(&o);
	s.t->ops->forget(s.t, "web1");
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_REFUSED, "the host refuses the login of");
	assert_null(strstr(o.r.error.msg, "not tried again"));
	finish(&o);
	end(&s);
}

static void keys_that_cannot_be_used_are_named(void **state)
{
	char path[128];
	struct setup s;
	struct outcome o;
	struct err e;

	(void)state;
	begin(&s, NULL);
	chmod(s.key, 0644);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_REFUSED, "open to others");
	finish(&o);
	s.t->ops->free(s.t);
	sshd_path(&s.sshd, "locked", path, sizeof path);
	sshd_run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", path, NULL);
	s.config.key[IDENTITY_LOOK] = path;
	open_transport(&s);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_REFUSED, "has a passphrase");
	finish(&o);
	assert_int_equal(file_write(path, "junk", 4, 0600, &e), 0);
	run(&s, &o, "echo in");
	assert_failed(&o, ERR_INPUT, "is no private key");
	finish(&o);
	unlink(path);
	snprintf(path + strlen(path), 5, ".not");
	run(&s, &o, "echo in");
	assert_false(o.r.ended);
	finish(&o);
	end(&s);
}

static void endless_output_is_cut(void **state)
{
	struct setup s;
	struct outcome o;

	(void)state;
	begin(&s, NULL);
	run(&s, &o, "yes");
	assert_failed(&o, ERR_LIMIT, "never ends");
	assert_true(o.r.started);
	assert_int_equal(o.r.out.len, 4096);
	finish(&o);
	run(&s, &o, "echo again");
	assert_ran(&o);
	finish(&o);
	end(&s);
}

static void what_came_before_the_deadline_counts(void **state)
{
	struct setup s;
	struct outcome o;

	(void)state;
	begin(&s, NULL);
	/* Logged in already: on a busy machine that alone may take a deadline's time. */
	run(&s, &o, "true");
	assert_ran(&o);
	finish(&o);
	run_spec(&s, &o,
		(struct transport_spec){.script = "echo first; sleep 60", .deadline_ms = 8000});
	assert_failed(&o, ERR_TIMEOUT, "not done within its deadline");
	assert_true(o.r.connected && o.r.started);
	assert_string_equal(buf_str(&o.r.out), "first\n");
	finish(&o);
	end(&s);
}

/* The connection ends under a held session, and under a script. $PPID is sshd's process for it. */
static void a_dead_session_is_made_anew_but_no_script_runs_twice(void **state)
{
	char script[256], path[128];
	struct buf text = {0};
	struct setup s;
	struct outcome o;
	struct err e;
	pid_t session;

	(void)state;
	begin(&s, NULL);
	run(&s, &o, "(sleep 0.2; kill $PPID) >/dev/null 2>&1 & echo $PPID");
	assert_ran(&o);
	session = (pid_t)strtol(buf_str(&o.r.out), NULL, 10);
	assert_true(session > 1);
	finish(&o);
	/* The loop does not see the end before the next run is asked for. */
	while (!kill(session, 0))
		poll(NULL, 0, 10);
	poll(NULL, 0, 200);
	run(&s, &o, "echo again");
	assert_ran(&o);
	assert_string_equal(buf_str(&o.r.out), "again\n");
	finish(&o);
	sshd_path(&s.sshd, "count", path, sizeof path);
	snprintf(script, sizeof script, "echo once >>%s; kill $PPID; sleep 5", path);
	run(&s, &o, script);
	assert_failed(&o, ERR_UNREACHABLE, "while the script ran");
	assert_true(o.r.started);
	finish(&o);
	assert_int_equal(file_read(&text, path, 100, &e), 0);
	assert_string_equal(text.data, "once\n");
	buf_finish(&text);
	end(&s);
}

static void a_forced_command_is_what_runs(void **state)
{
	struct setup s;
	struct outcome o;

	(void)state;
	begin(&s, "ForceCommand echo forced");
	run(&s, &o, "echo mine");
	assert_ran(&o);
	assert_string_equal(buf_str(&o.r.out), "forced\n");
	finish(&o);
	end(&s);
}

/* sshd with one slot for logins: the others are dropped and come again. */
static void dropped_connections_are_tried_again(void **state)
{
	enum { N = 6 };
	struct setup s;
	struct outcome o[N];
	struct host hosts[N];
	int ended = 0;

	(void)state;
	begin(&s, "MaxStartups 2:100:2");
	for (int i = 0; i < N; i++) {
		struct transport_spec spec = {
			.host = &hosts[i], .script = "echo in", .out_max = 100, .err_max = 100};

		hosts[i] = s.host;
		hosts[i].name = xasprintf("web%d", i);
		o[i] = (struct outcome){0};
		s.t->ops->start(s.t, &spec, on_done, &o[i]);
	}
	for (int i = 0; i < N; i++) {
		await(&s, &o[i]);
		ended += o[i].r.ended;
		finish(&o[i]);
		free(hosts[i].name);
	}
	assert_int_equal(ended, N);
	end(&s);
}

/* A peer that is no sshd: what it does with each connection. */
struct peer {
	enum { PEER_SILENT, PEER_DROPS, PEER_BABBLES, PEER_BANNER_ONLY, PEER_GARBAGE } kind;
	int fd, taken;
	int held[64];
};

static void babble(void *arg, int fd, short revents)
{
	char line[1024];

	(void)arg;
	(void)revents;
	memset(line, 'x', sizeof line);
	line[sizeof line - 1] = '\n';
	send(fd, line, sizeof line, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static struct loop *peer_loop;

static void on_peer(void *arg, int fd, short revents)
{
	static const char banner[] = "SSH-2.0-nothing\r\n";
	static const char garbage[] =
		"SSH-2.0-x\r\n\377\377\377\377\377\377\377\377\377\377\377\377";
	struct peer *p = arg;
	int c = accept(fd, NULL, NULL);

	(void)revents;
	assert_true(c >= 0 && p->taken < 64);
	p->held[p->taken++] = c;
	switch (p->kind) {
	case PEER_SILENT:
		break;
	case PEER_DROPS:
		shutdown(c, SHUT_RDWR);
		break;
	case PEER_BABBLES:
		loop_io_add(peer_loop, c, POLLOUT, babble, p);
		break;
	case PEER_BANNER_ONLY:
		assert_true(send(c, banner, sizeof banner - 1, 0) > 0);
		break;
	case PEER_GARBAGE:
		assert_true(send(c, garbage, sizeof garbage - 1, 0) > 0);
		break;
	}
}

static void peers_that_are_no_sshd_cost_their_deadline_at_most(void **state)
{
	static const struct {
		int kind, taken;
		enum err_code code;
		const char *says;
	} cases[] = {
		{PEER_SILENT, 1, ERR_TIMEOUT, "no SSH banner"},
		{PEER_BANNER_ONLY, 1, ERR_TIMEOUT, "handshake hangs"},
		{PEER_DROPS, 4, ERR_UNREACHABLE, "closed the connection"},
		{PEER_BABBLES, 1, ERR_LIMIT, "talks without end"},
		{PEER_GARBAGE, 1, ERR_UNREACHABLE, "handshake failed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct peer p = {.kind = cases[i].kind};
		struct setup s = {0};
		struct outcome o;
		struct buf line = {0};
		struct err e;
		int port;

		p.fd = sshd_listen(&port);
		snprintf(s.known_hosts, sizeof s.known_hosts, "/tmp/opsdeck-known.%d", getpid());
		buf_addf(&line,
			"[127.0.0.1]:%d ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/"
			"HzvE6D7u0Tessod3AxxHkZ0lvKaK63BZ4KMIr3kXb\n",
			port);
		assert_int_equal(file_write(s.known_hosts, line.data, line.len, 0600, &e), 0);
		prepare(&s, port);
		open_transport(&s);
		peer_loop = s.loop;
		loop_io_add(s.loop, p.fd, POLLIN, on_peer, &p);
		run_spec(&s, &o,
			(struct transport_spec){.script = "true",
				.deadline_ms = cases[i].code == ERR_TIMEOUT ? 300 : 120000});
		assert_failed(&o, cases[i].code, cases[i].says);
		assert_false(o.r.connected || o.r.started);
		assert_int_equal(p.taken, cases[i].taken);
		finish(&o);
		s.t->ops->free(s.t);
		loop_free(s.loop);
		host_finish(&s.host);
		for (int k = 0; k < p.taken; k++)
			close(p.held[k]);
		close(p.fd);
		unlink(s.known_hosts);
		buf_finish(&line);
	}
}

static void nobody_waits_for_dead_hosts(void **state)
{
	enum { N = 30 };
	struct peer p = {.kind = PEER_SILENT};
	struct setup s;
	struct outcome o[N];
	struct host hosts[N];
	struct buf known = {0};
	struct err e;
	int silent, closed, good = 0;

	(void)state;
	begin(&s, NULL);
	p.fd = sshd_listen(&silent);
	close(sshd_listen(&closed));
	loop_io_add(s.loop, p.fd, POLLIN, on_peer, &p);
	assert_int_equal(file_read(&known, s.known_hosts, 4096, &e), 0);
	buf_addf(&known,
		"[127.0.0.1]:%d,[127.0.0.1]:%d ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/"
		"HzvE6D7u0Tessod3AxxHkZ0lvKaK63BZ4KMIr3kXb\n",
		silent, closed);
	assert_int_equal(file_write(s.known_hosts, known.data, known.len, 0600, &e), 0);
	for (int i = 0; i < N; i++) {
		struct transport_spec spec = {.host = &hosts[i],
			.script = "echo in",
			.out_max = 100,
			.err_max = 100,
			.deadline_ms = i % 3 == 1 ? 300000 : 120000};

		hosts[i] = s.host;
		hosts[i].name = xasprintf("web%d", i);
		hosts[i].port = i % 3 == 0 ? s.sshd.port : i % 3 == 1 ? silent : closed;
		o[i] = (struct outcome){0};
		s.t->ops->start(s.t, &spec, on_done, &o[i]);
	}
	/* All good hosts are done while the silent ones still hang. */
	for (int i = 0; i < N; i += 3) {
		await(&s, &o[i]);
		good += o[i].r.ended;
	}
	assert_int_equal(good, N / 3);
	for (int i = 1; i < N; i += 3)
		assert_false(o[i].done);
	for (int i = 2; i < N; i += 3) {
		await(&s, &o[i]);
		assert_failed(&o[i], ERR_UNREACHABLE, "refused");
	}
	s.t->ops->free(s.t);
	s.t = NULL;
	for (int i = 0; i < N; i++) {
		finish(&o[i]);
		free(hosts[i].name);
	}
	for (int k = 0; k < p.taken; k++)
		close(p.held[k]);
	close(p.fd);
	buf_finish(&known);
	end(&s);
}

static void runs_can_be_cancelled_at_any_time(void **state)
{
	struct setup s;
	struct outcome o, other;

	(void)state;
	begin(&s, NULL);
	for (int steps = 0; steps < 60; steps += 3) {
		struct transport_run *r = start(&s, &o, "sleep 60");

		for (int i = 0; i < steps && !o.done; i++)
			loop_step(s.loop, 20);
		if (o.done)
			fail_msg("after %d steps: %s", steps, o.r.error.msg);
		s.t->ops->cancel(r);
	}
	run(&s, &other, "echo fine");
	assert_ran(&other);
	finish(&other);
	end(&s);
}

static void names_are_resolved_without_blocking(void **state)
{
	struct setup s;
	struct outcome o;

	(void)state;
	begin(&s, NULL);
	free(s.host.address);
	s.host.address = xstrdup("no-such-host.invalid");
	run(&s, &o, "true");
	assert_failed(&o, ERR_UNREACHABLE, "has no address");
	finish(&o);
	free(s.host.address);
	s.host.address = xstrdup("--help");
	run(&s, &o, "true");
	assert_failed(&o, ERR_UNREACHABLE, "has no address");
	finish(&o);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_scripts_on_one_held_session),
		cmocka_unit_test(takes_input_and_long_scripts),
		cmocka_unit_test(max_sessions_1_is_enough),
		cmocka_unit_test(an_agent_signs),
		cmocka_unit_test(only_known_keys_are_logged_in_to),
		cmocka_unit_test(a_key_is_fetched_without_a_login),
		cmocka_unit_test(a_failed_negotiation_is_told_in_one_line),
		cmocka_unit_test(a_refused_key_is_not_offered_again),
		cmocka_unit_test(keys_that_cannot_be_used_are_named),
		cmocka_unit_test(endless_output_is_cut),
		cmocka_unit_test(what_came_before_the_deadline_counts),
		cmocka_unit_test(a_dead_session_is_made_anew_but_no_script_runs_twice),
		cmocka_unit_test(a_forced_command_is_what_runs),
		cmocka_unit_test(dropped_connections_are_tried_again),
		cmocka_unit_test(peers_that_are_no_sshd_cost_their_deadline_at_most),
		cmocka_unit_test(nobody_waits_for_dead_hosts),
		cmocka_unit_test(runs_can_be_cancelled_at_any_time),
		cmocka_unit_test(names_are_resolved_without_blocking),
	};

	if (!sshd_installed()) {
		puts("test_ssh: skipped, no sshd is installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
