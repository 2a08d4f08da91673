#include "config.h"

#include "port/ssh/login.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/knownhosts.h"
#include "port/ssh/agent.h"
#include "port/ssh/keys.h"
#include "port/ssh/negotiate.h"
#include "port/ssh/wire.h"

#define OFFERS_MAX 3 /* keys of the agent: sshd's MaxAuthTries is 6, fail2ban counts too */

enum phase { PHASE_PREPARE, PHASE_HANDSHAKE, PHASE_CHOOSE, PHASE_LIST, PHASE_OFFER, PHASE_DONE };

struct login {
	struct login_spec spec;
	char *host, *address, *user, *key, *agent;
	enum phase phase;
	char *algorithms;
	struct key_choice choice;
	struct agent_keys keys; /* what the agent offers */
	size_t at;		/* the one being offered */
	struct agent_call *call;
	struct buf answer; /* the agent's, while it is not used up */
	bool answered;
	struct err agent_error;
	bool offered, refused;
};

struct login *login_new(const struct login_spec *spec)
{
	struct login *l = xcalloc(1, sizeof *l);

	l->spec = *spec;
	l->host = xstrdup(spec->host);
	l->address = xstrdup(spec->address);
	l->user = xstrdup(spec->user ? spec->user : "");
	l->key = xstrdup(spec->key);
	l->agent = xstrdup(spec->agent);
	return l;
}

void login_free(struct login *l)
{
	if (!l)
		return;
	agent_cancel(l->call);
	buf_finish(&l->answer);
	agent_keys_finish(&l->keys);
	key_choice_finish(&l->choice);
	free(l->algorithms);
	free(l->host);
	free(l->address);
	free(l->user);
	free(l->key);
	free(l->agent);
	free(l);
}

bool login_offered(const struct login *l)
{
	return l->offered;
}

bool login_refused(const struct login *l)
{
	return l->refused;
}

/* ---- handshake ---- */

static enum login_result prepare(struct login *l, const struct known_hosts *known, struct err *e)
{
	struct strs algorithms = {0};
	struct known_place place;

	known_hosts_algorithms(&algorithms, known, l->address, l->spec.port);
	if (!algorithms.n) {
		known_hosts_look(known, l->address, l->spec.port, "", 0, &place);
		err_set(e, ERR_REFUSED,
			"no host key is known for %s port %d: look at it with `opsdeck trust %s`%s",
			l->address, l->spec.port, l->host,
			place.line ? " (host certificates are not supported)" : "");
		strs_finish(&algorithms);
		return LOGIN_FAILED;
	}
	l->algorithms = strs_join(&algorithms, ",");
	strs_finish(&algorithms);
	if (negotiate_prefer(l->spec.wire, l->algorithms, e))
		return LOGIN_FAILED;
	l->phase = PHASE_HANDSHAKE;
	return LOGIN_DONE;
}

static enum login_result judge_host_key(
	struct login *l, const struct known_hosts *known, struct err *e)
{
	struct buf fingerprint = {0};
	struct known_place place;
	char type[64];
	size_t n = 0;
	int kind;
	const char *key = libssh2_session_hostkey(wire_ssh(l->spec.wire), &n, &kind);
	enum known_verdict v;

	key_fingerprint(&fingerprint, key ? key : "", n);
	key_type(type, sizeof type, key ? key : "", n);
	v = known_hosts_look(known, l->address, l->spec.port, key ? key : "", n, &place);
	switch (v) {
	case KNOWN_MATCH:
		l->phase = PHASE_CHOOSE;
		break;
	case KNOWN_CHANGED:
		err_set(e, ERR_REFUSED,
			"THE HOST KEY CHANGED: it offers %s %s, %s:%d says otherwise; if that is "
			"right, `opsdeck trust %s`",
			type, buf_str(&fingerprint), place.name, place.line, l->host);
		break;
	case KNOWN_REVOKED:
		err_set(e, ERR_REFUSED, "THE HOST KEY IS REVOKED: %s %s by %s:%d", type,
			buf_str(&fingerprint), place.name, place.line);
		break;
	case KNOWN_UNKNOWN:
	case KNOWN_VERDICT_COUNT:
		err_set(e, ERR_REFUSED, "the host key %s %s is not known: `opsdeck trust %s`", type,
			buf_str(&fingerprint), l->host);
		break;
	}
	buf_finish(&fingerprint);
	return v == KNOWN_MATCH ? LOGIN_DONE : LOGIN_FAILED;
}

static enum login_result handshake(struct login *l, const struct known_hosts *known, struct err *e)
{
	struct wire *w = l->spec.wire;
	int rc = libssh2_session_handshake(wire_ssh(w), wire_fd(w));

	if (rc == LIBSSH2_ERROR_EAGAIN) {
		wire_wait(w);
		return LOGIN_WAIT;
	}
	if (!rc)
		return judge_host_key(l, known, e);
	negotiate_explain(w, rc, l->algorithms, e);
	return LOGIN_FAILED;
}

/* ---- the agent ---- */

static void on_agent(void *arg, const struct buf *answer, const struct err *e)
{
	struct login *l = arg;

	l->call = NULL;
	l->answered = true;
	buf_reset(&l->answer);
	if (answer)
		buf_add(&l->answer, answer->data, answer->len);
	else
		l->agent_error = *e;
	l->spec.step(l->spec.arg);
}

static enum login_result list_keys(struct login *l, struct err *e)
{
	struct buf request = {0};

	if (!l->answered && !l->call) {
		agent_write_list(&request);
		l->call = agent_ask(l->spec.loop, l->agent, &request, on_agent, l);
		buf_finish(&request);
	}
	if (!l->answered) {
		wire_pause(l->spec.wire);
		return LOGIN_WAIT;
	}
	l->answered = false;
	if (l->agent_error.code) {
		*e = l->agent_error;
		return LOGIN_FAILED;
	}
	if (agent_read_list(&l->keys, &l->answer, e))
		return LOGIN_FAILED;
	if (!l->keys.count) {
		err_set(e, ERR_MISSING, "the SSH agent has no key that can be used");
		return LOGIN_FAILED;
	}
	l->phase = PHASE_OFFER;
	return LOGIN_DONE;
}

/* libssh2 asks again after EAGAIN; the signature it is given is freed with free(3). */
static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign)
{
	struct login *l = *abstract;
	struct buf request = {0}, bare = {0};
	int rc;

	(void)session;
	if (l->agent_error.code)
		return -1;
	if (l->answered) {
		l->answered = false;
		rc = agent_read_sign(&bare, &l->answer, data, data_len, &l->agent_error);
		*sig_len = bare.len;
		*sig = rc ? NULL : (unsigned char *)buf_take(&bare);
		buf_finish(&bare);
		return rc;
	}
	if (!l->call) {
		if (agent_write_sign(
			    &request, &l->keys.blobs[l->at], data, data_len, &l->agent_error))
			return -1;
		l->call = agent_ask(l->spec.loop, l->agent, &request, on_agent, l);
		buf_finish(&request);
	}
	return LIBSSH2_ERROR_EAGAIN;
}

/* ---- offering ---- */

static enum login_result choose(struct login *l, struct err *e)
{
	if (key_choose(&l->choice, l->key, l->agent, e))
		return LOGIN_FAILED;
	l->phase = PHASE_OFFER;
	switch (l->choice.source) {
	case KEY_FILE:
		if (key_file_check(l->choice.path, e))
			return LOGIN_FAILED;
		break;
	case KEY_AGENT_ONE:
		l->keys.blobs[l->keys.count++] = l->choice.blob;
		l->choice.blob = (struct buf){0};
		break;
	case KEY_AGENT_ALL:
		l->phase = PHASE_LIST;
		break;
	}
	return LOGIN_DONE;
}

static int offer_key(struct login *l)
{
	LIBSSH2_SESSION *ssh = wire_ssh(l->spec.wire);
	unsigned user_len = (unsigned)strlen(l->user);
	void *self = l;

	l->offered = true;
	if (l->choice.source == KEY_FILE)
		return libssh2_userauth_publickey_fromfile_ex(
			ssh, l->user, user_len, NULL, l->choice.path, NULL);
	return libssh2_userauth_publickey(ssh, l->user,
		(const unsigned char *)l->keys.blobs[l->at].data, l->keys.blobs[l->at].len, sign,
		&self);
}

static bool is_rsa(const struct login *l)
{
	char type[64] = "";

	if (l->choice.source == KEY_FILE)
		return key_file_is_rsa(l->choice.path);
	key_type(type, sizeof type, l->keys.blobs[l->at].data, l->keys.blobs[l->at].len);
	return str_eq(type, "ssh-rsa");
}

static void explain_refusal(struct login *l, struct err *e)
{
	bool old = !libssh2_version(0x010b00);

	l->refused = true;
	err_set(e, ERR_REFUSED, "the host refuses the login of %s with %s%s%s", l->user,
		l->choice.source == KEY_FILE ? l->choice.path : "the agent's keys",
		old && is_rsa(l) ? ": RSA login keys need libssh2 1.11, this is " : "",
		old && is_rsa(l) ? libssh2_version(0) : "");
}

static enum login_result offer(struct login *l, struct err *e)
{
	struct wire *w = l->spec.wire;
	int rc = offer_key(l);

	if (!rc) {
		l->phase = PHASE_DONE;
		return LOGIN_DONE;
	}
	if (rc == LIBSSH2_ERROR_EAGAIN) {
		if (l->call)
			wire_pause(w);
		else
			wire_wait(w);
		return LOGIN_WAIT;
	}
	if (l->agent_error.code) {
		*e = l->agent_error;
		return LOGIN_FAILED;
	}
	if (rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED && rc != LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED) {
		wire_explain(w, e, "the login failed");
		return LOGIN_FAILED;
	}
	if (l->choice.source == KEY_FILE || l->at + 1 >= l->keys.count || l->at + 1 >= OFFERS_MAX) {
		explain_refusal(l, e);
		return LOGIN_FAILED;
	}
	l->at++;
	return LOGIN_DONE;
}

enum login_result login_step(struct login *l, const struct known_hosts *known, struct err *e)
{
	enum login_result r = LOGIN_DONE;

	while (r == LOGIN_DONE && l->phase != PHASE_DONE) {
		switch (l->phase) {
		case PHASE_PREPARE:
			r = prepare(l, known, e);
			break;
		case PHASE_HANDSHAKE:
			r = handshake(l, known, e);
			break;
		case PHASE_CHOOSE:
			r = choose(l, e);
			break;
		case PHASE_LIST:
			r = list_keys(l, e);
			break;
		case PHASE_OFFER:
			r = offer(l, e);
			break;
		case PHASE_DONE:
			break;
		}
	}
	return r;
}
