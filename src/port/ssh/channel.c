#include "config.h"

#include "port/ssh/channel.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "port/ssh/shared.h"
#include "port/ssh/wire.h"

#define CHUNK 32768

static enum next wait_for(struct link *l)
{
	wire_wait(l->wire);
	return NEXT_WAIT;
}

static enum next broken(struct link *l, struct err *e, const char *what)
{
	wire_explain(l->wire, e, what);
	return NEXT_BROKEN;
}

enum next channel_open(struct link *l, struct err *e)
{
	LIBSSH2_SESSION *ssh = wire_ssh(l->wire);

	l->channel = libssh2_channel_open_session(ssh);
	if (l->channel)
		return NEXT_GO;
	if (libssh2_session_last_errno(ssh) == LIBSSH2_ERROR_EAGAIN)
		return wait_for(l);
	return broken(l, e, "the host opens no channel");
}

enum next channel_exec(struct link *l, struct err *e)
{
	struct transport_run *r = l->runs;
	int rc = libssh2_channel_process_startup(
		l->channel, "exec", 4, r->command.data, (unsigned)r->command.len);

	r->result.started = wire_sent(l->wire) != l->sent_before;
	if (!rc)
		return NEXT_GO;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return wait_for(l);
	if (rc == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) {
		r->result.started = false;
		err_set(e, ERR_REFUSED, "the host does not let %s run commands", l->user);
		return NEXT_BROKEN;
	}
	return broken(l, e, "the script could not be sent");
}

/* All that is there of one stream. Returns 0, LIBSSH2_ERROR_EAGAIN or an error. */
static int read_stream(struct link *l, int stream, struct buf *into)
{
	struct transport_run *r = l->runs;
	char chunk[CHUNK];
	ssize_t n;

	while ((n = libssh2_channel_read_ex(l->channel, stream, chunk, sizeof chunk)) > 0) {
		buf_add(into, chunk, (size_t)n);
		r->seen += (size_t)n;
		if (r->seen > r->flood_max)
			return 0;
	}
	return (int)n;
}

/* A script that does not read its input is no failure: its status tells. */
static int write_input(struct link *l)
{
	struct transport_run *r = l->runs;
	int rc;

	while (r->input_at < r->input.len) {
		ssize_t n = libssh2_channel_write(
			l->channel, r->input.data + r->input_at, r->input.len - r->input_at);

		if (n == LIBSSH2_ERROR_EAGAIN)
			return LIBSSH2_ERROR_EAGAIN;
		if (n < 0 && wire_ended(l->wire))
			return (int)n;
		if (n < 0)
			r->input_at = r->input.len;
		else
			r->input_at += (size_t)n;
	}
	if (r->input.len && !r->eof_sent) {
		rc = libssh2_channel_send_eof(l->channel);
		if (rc == LIBSSH2_ERROR_EAGAIN || (rc && wire_ended(l->wire)))
			return rc;
		r->eof_sent = true;
	}
	return 0;
}

static bool is_failure(int rc)
{
	return rc < 0 && rc != LIBSSH2_ERROR_EAGAIN;
}

enum next channel_talk(struct link *l, struct err *e)
{
	struct transport_run *r = l->runs;
	int in = write_input(l);
	int out = read_stream(l, 0, &r->result.out);
	int err = read_stream(l, SSH_EXTENDED_DATA_STDERR, &r->result.err);

	if (r->seen > r->flood_max) {
		err_set(e, ERR_LIMIT, "cut: the output never ends");
		return NEXT_BROKEN;
	}
	if (is_failure(in) || is_failure(out) || is_failure(err))
		return broken(l, e, "the connection was lost while the script ran");
	if (libssh2_channel_eof(l->channel) == 1)
		return NEXT_GO;
	if (wire_ended(l->wire))
		return broken(l, e, "the connection was lost while the script ran");
	return wait_for(l);
}

static int signal_status(const char *name)
{
	/* RFC 4254 6.10 */
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE}, {"HUP", SIGHUP},
		{"ILL", SIGILL}, {"INT", SIGINT}, {"KILL", SIGKILL}, {"PIPE", SIGPIPE},
		{"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"TERM", SIGTERM}, {"USR1", SIGUSR1},
		{"USR2", SIGUSR2}};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (!strcmp(name, signals[i].name))
			return 128 + signals[i].number;
	return 255;
}

enum next channel_end(struct link *l, struct err *e)
{
	struct transport_run *r = l->runs;
	char *name = NULL;
	size_t n = 0;
	int rc = libssh2_channel_wait_closed(l->channel);

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return wait_for(l);
	if (rc)
		return broken(l, e, "the connection was lost before the script's status came");
	r->result.exit_status = libssh2_channel_get_exit_status(l->channel);
	if (!libssh2_channel_get_exit_signal(l->channel, &name, &n, NULL, NULL, NULL, NULL) &&
		name) {
		r->result.exit_status = signal_status(name);
		libssh2_free(wire_ssh(l->wire), name);
	}
	r->result.ended = true;
	return NEXT_GO;
}

enum next channel_close(struct link *l, struct err *e)
{
	int rc = libssh2_channel_free(l->channel);

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return wait_for(l);
	if (rc)
		return broken(l, e, "the channel could not be closed");
	l->channel = NULL;
	return NEXT_GO;
}

enum next channel_listen(struct link *l, struct err *e)
{
	char byte;
	ssize_t n = libssh2_channel_read(l->channel, &byte, 1);

	if (n == LIBSSH2_ERROR_EAGAIN && !wire_ended(l->wire)) {
		wire_listen(l->wire);
		return NEXT_WAIT;
	}
	return broken(l, e, "the host closed the session");
}
