#include "config.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/mem.h"
#include "codec/knownhosts.h"
#include "port/ssh/negotiate.h"
#include "port/ssh/ssh.h"
#include "port/ssh/wire.h"

#define DEADLINE_DEFAULT_MS 10000
#define RECEIVED_MAX ((uint64_t)256 << 10)

static const char algorithms[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
				 "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa";

struct ssh_fetch {
	struct wire *wire;
	struct loop_timer *deadline;
	bool preferred;
	ssh_key_fn *fn;
	void *arg;
};

void ssh_fetch_cancel(struct ssh_fetch *f)
{
	if (!f)
		return;
	wire_free(f->wire, false);
	loop_timer_del(f->deadline);
	free(f);
	libssh2_exit();
}

static void tell_failure(struct ssh_fetch *f, const struct err *e)
{
	f->fn(f->arg, NULL, e);
	ssh_fetch_cancel(f);
}

static void tell_key(struct ssh_fetch *f)
{
	struct ssh_host_key key = {0};
	struct buf fingerprint = {0};
	struct err none = {0};
	int kind;
	const char *blob = libssh2_session_hostkey(wire_ssh(f->wire), &key.n, &kind);

	if (blob)
		key_type(key.type, sizeof key.type, blob, key.n);
	if (!key.type[0]) {
		err_set(&none, ERR_FAIL, "the host's key cannot be read");
		tell_failure(f, &none);
		return;
	}
	key.key = xmemdup(blob, key.n);
	buf_init(&fingerprint, sizeof key.fingerprint - 1);
	key_fingerprint(&fingerprint, key.key, key.n);
	memcpy(key.fingerprint, buf_str(&fingerprint), fingerprint.len);
	f->fn(f->arg, &key, &none);
	buf_finish(&fingerprint);
	free(key.key);
	ssh_fetch_cancel(f);
}

static void step(void *arg)
{
	struct ssh_fetch *f = arg;
	struct err e = {0};
	int rc;

	if (wire_state(f->wire) == WIRE_FAILED) {
		e = *wire_error(f->wire);
		tell_failure(f, &e);
		return;
	}
	if (wire_state(f->wire) != WIRE_OPEN)
		return;
	wire_round(f->wire);
	if (!f->preferred && negotiate_prefer(f->wire, algorithms, &e)) {
		tell_failure(f, &e);
		return;
	}
	f->preferred = true;
	rc = libssh2_session_handshake(wire_ssh(f->wire), wire_fd(f->wire));
	if (!rc) {
		tell_key(f);
	} else if (rc != LIBSSH2_ERROR_EAGAIN) {
		negotiate_explain(f->wire, rc, algorithms, &e);
		tell_failure(f, &e);
	} else if (wire_received(f->wire) > RECEIVED_MAX) {
		err_set(&e, ERR_LIMIT, "what answers there talks without end");
		tell_failure(f, &e);
	} else {
		wire_wait(f->wire);
	}
}

static void on_deadline(void *arg)
{
	struct ssh_fetch *f = arg;
	struct err e;

	f->deadline = NULL;
	err_set(&e, ERR_TIMEOUT, "no host key came in time");
	tell_failure(f, &e);
}

struct ssh_fetch *ssh_fetch_key(
	struct loop *loop, const struct host *host, int64_t deadline_ms, ssh_key_fn *fn, void *arg)
{
	struct ssh_fetch *f = xcalloc(1, sizeof *f);

	libssh2_init(0);
	*f = (struct ssh_fetch){.fn = fn, .arg = arg};
	f->wire = wire_new(
		loop, host->address ? host->address : "", host->port ? host->port : 22, step, f);
	f->deadline = loop_timer_add(
		loop, deadline_ms > 0 ? deadline_ms : DEADLINE_DEFAULT_MS, on_deadline, f);
	return f;
}
