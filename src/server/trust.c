#include "config.h"

#include "server/trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/knownhosts.h"
#include "flow/fleet.h"
#include "port/ssh/ssh.h"

#define FETCH_MS 15000
#define FILE_MAX ((size_t)8 << 20)

/* The key that was shown last: only that one can be accepted. */
struct trust {
	char *host, *fingerprint;
	char *line; /* for known_hosts, with its newline */
};

struct fetch {
	struct server_core *core;
	struct req *r;
	char *host, *address;
	int port;
};

void trust_free(struct trust *t)
{
	if (!t)
		return;
	free(t->host);
	free(t->fingerprint);
	free(t->line);
	free(t);
}

/* ---- fetching ---- */

static const char *verdict_text(enum known_verdict v)
{
	switch (v) {
	case KNOWN_MATCH:
		return "known";
	case KNOWN_CHANGED:
		return "changed";
	case KNOWN_UNKNOWN:
		return "unknown";
	case KNOWN_REVOKED:
		return "revoked";
	case KNOWN_VERDICT_COUNT:
		break;
	}
	return "unknown";
}

static enum known_verdict look_up(const struct fetch *f, const struct ssh_host_key *key)
{
	struct known_hosts *known = known_hosts_new();
	struct buf text = {.max = FILE_MAX};
	struct known_place place;
	enum known_verdict v;
	struct err e;

	if (!file_read(&text, f->core->paths.known_hosts, FILE_MAX, &e))
		known_hosts_read(known, buf_str(&text), text.len, f->core->paths.known_hosts, NULL);
	v = known_hosts_look(known, f->address, f->port, key->key, key->n, &place);
	known_hosts_free(known);
	buf_finish(&text);
	return v;
}

static void answer(struct fetch *f, const struct ssh_host_key *key)
{
	struct trust *t = xcalloc(1, sizeof *t);
	struct doc *d = doc_new_map();
	struct buf line = {0};

	known_hosts_line(&line, f->address, f->port, key->key, key->n);
	*t = (struct trust){.host = xstrdup(f->host),
		.fingerprint = xstrdup(key->fingerprint),
		.line = buf_take(&line)};
	doc_set_str(d, "host", f->host);
	doc_set_str(d, "address", f->address);
	doc_set_int(d, "port", f->port);
	doc_set_str(d, "fingerprint", t->fingerprint);
	doc_set_str(d, "algorithm", key->type);
	doc_set_str(d, "line", t->line);
	doc_set_str(d, "known", verdict_text(look_up(f, key)));
	trust_free(f->core->trust);
	f->core->trust = t;
	req_answer(f->r, d);
}

static void on_key(void *arg, const struct ssh_host_key *key, const struct err *error)
{
	struct fetch *f = arg;

	if (key)
		answer(f, key);
	else
		req_fail(f->r, error);
	core_return(f->core);
	free(f->host);
	free(f->address);
	free(f);
}

static void start_fetch(struct server_core *core, struct req *r, const struct host *h)
{
	struct fetch *f = xcalloc(1, sizeof *f);

	*f = (struct fetch){.core = core,
		.r = r,
		.host = xstrdup(h->name),
		.address = xstrdup(h->address),
		.port = h->port};
	core_borrow(core);
	ssh_fetch_key(core->loop, h, FETCH_MS, on_key, f);
}

/* ---- accepting ---- */

/* The lines of the file but those that name exactly this host: its old keys. */
static void without_host(struct buf *out, const struct buf *text, const char *line)
{
	size_t name = strcspn(line, " ") + 1; /* the blank too */

	for (const char *at = buf_str(text); *at;) {
		size_t n = strcspn(at, "\n");

		if (strncmp(at, line, name))
			buf_add(out, at, n), buf_addc(out, '\n');
		at += n + (at[n] == '\n');
	}
}

static int remember(struct server_core *core, const struct trust *t, struct err *e)
{
	struct buf text = {.max = FILE_MAX}, out = {.max = FILE_MAX};
	const char *path = core->paths.known_hosts;
	int rc = 0;

	if (file_exists(path))
		rc = file_read(&text, path, FILE_MAX, e);
	if (!rc) {
		without_host(&out, &text, t->line);
		buf_adds(&out, t->line);
		rc = out.overflow ? err_set(e, ERR_LIMIT, "%s would become too large", path)
				  : file_write(path, out.data, out.len, 0600, e);
	}
	buf_finish(&text);
	buf_finish(&out);
	return rc;
}

static void forget_sessions(struct server_core *core, const char *host)
{
	for (int i = 0; i < TRANSPORT_KIND_COUNT; i++)
		if (core->transports[i])
			core->transports[i]->ops->forget(core->transports[i], host);
}

static int accept_key(struct server_core *core, struct req *r, const char *host,
	const char *fingerprint, struct err *e)
{
	struct trust *t = core->trust;
	struct doc *d;

	if (!t || !str_eq(t->host, host) || !str_eq(t->fingerprint, fingerprint))
		return err_set(e, ERR_CONFLICT,
			"this is not the key that %s showed last: fetch it again", host);
	d = doc_new_map();
	doc_set_str(d, "fingerprint", fingerprint);
	if (req_audit(r, "trusted", host, d, e) || remember(core, t, e))
		return -1;
	forget_sessions(core, host);
	d = doc_new_map();
	doc_set_str(d, "line", t->line);
	core->trust = NULL;
	trust_free(t);
	req_answer(r, d);
	return 0;
}

static int trust(struct server_core *core, struct req *r, struct err *e)
{
	const char *host = req_str(r, "host", e);
	const char *fingerprint = doc_get_str(r->args, "fingerprint", NULL);
	const struct host *h;

	if (!host)
		return -1;
	h = core->intent ? fleet_host(core->intent->fleet, host) : NULL;
	if (!h)
		return err_set(e, ERR_MISSING, "there is no host %s in fleet.yml", host);
	if (h->transport != TRANSPORT_LIBSSH2)
		return err_set(
			e, ERR_INPUT, "%s is not reached over SSH: it has no host key", host);
	if (fingerprint)
		return accept_key(core, r, host, fingerprint, e);
	start_fetch(core, r, h);
	return 0;
}

void trust_request(struct server_core *core, struct req *r)
{
	struct err e;

	if (trust(core, r, &e))
		req_fail(r, &e);
}
