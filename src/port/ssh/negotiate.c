#include "config.h"

#include "port/ssh/negotiate.h"

#include <libssh2.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/ssh/kex.h"
#include "port/ssh/wire.h"

/* Those of `only` (NULL: all) that this libssh2 has, in the order of `only`. */
static void supported(struct strs *out, LIBSSH2_SESSION *ssh, int method, const char *only)
{
	struct strs wanted = {0}, all = {0};
	const char **list = NULL;
	int n = libssh2_session_supported_algs(ssh, method, &list);

	for (int i = 0; i < n; i++)
		strs_add(&all, list[i]);
	if (n > 0)
		libssh2_free(ssh, list);
	strs_split(&wanted, only ? only : "", ',');
	for (size_t i = 0; i < wanted.n; i++)
		if (strs_has(&all, wanted.v[i]))
			strs_add(out, wanted.v[i]);
	if (!only)
		strs_copy(out, &all);
	strs_finish(&wanted);
	strs_finish(&all);
}

/* libssh2 1.10 drops what it cannot do by itself, but copies over itself as it does. */
int negotiate_prefer(struct wire *w, const char *algorithms, struct err *e)
{
	struct strs can = {0};
	char *list;
	int rc;

	supported(&can, wire_ssh(w), LIBSSH2_METHOD_HOSTKEY, algorithms);
	list = strs_join(&can, ",");
	rc = can.n ? libssh2_session_method_pref(wire_ssh(w), LIBSSH2_METHOD_HOSTKEY, list) : -1;
	if (rc)
		err_set(e, ERR_REFUSED, "libssh2 %s cannot use the host keys known (%s)",
			libssh2_version(0), algorithms);
	free(list);
	strs_finish(&can);
	return rc ? -1 : 0;
}

void negotiate_explain(struct wire *w, int rc, const char *algorithms, struct err *e)
{
	static const int methods[KEX_CLASS_COUNT] = {[KEX_METHOD] = LIBSSH2_METHOD_KEX,
		[KEX_HOST_KEY] = LIBSSH2_METHOD_HOSTKEY,
		[KEX_CIPHER_OUT] = LIBSSH2_METHOD_CRYPT_CS,
		[KEX_CIPHER_IN] = LIBSSH2_METHOD_CRYPT_SC,
		[KEX_MAC_OUT] = LIBSSH2_METHOD_MAC_CS,
		[KEX_MAC_IN] = LIBSSH2_METHOD_MAC_SC};
	const struct buf *greeting = wire_greeting(w);
	struct kex_offer offer, can = {0};
	char *library = xasprintf("libssh2 %s", libssh2_version(0));

	for (int i = 0; i < KEX_CLASS_COUNT; i++)
		supported(&can.lists[i], wire_ssh(w), methods[i],
			i == KEX_HOST_KEY ? algorithms : NULL);
	/* A peer that hung up by itself while there is nothing in common did so for that reason. */
	if (!kex_read(&offer, buf_str(greeting), greeting->len) ||
		!kex_explain(e, &offer, &can, library)) {
		if (rc == LIBSSH2_ERROR_BANNER_RECV && !wire_ended(w))
			err_set(e, ERR_UNREACHABLE, "what answers there is no SSH server");
		else
			wire_explain(w, e, "the SSH handshake failed");
	}
	kex_offer_finish(&offer);
	kex_offer_finish(&can);
	free(library);
}
