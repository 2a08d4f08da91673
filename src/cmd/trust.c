#include "config.h"

#include "base/strs.h"
#include "client/client.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"

static int accept_key(struct cmd *c, struct client *client, const char *fingerprint, struct err *e)
{
	struct doc *args = doc_new_map(), *result;

	doc_set_str(args, "host", c->args[0]);
	doc_set_str(args, "fingerprint", fingerprint);
	if (client_call(client, REQUEST_TRUST, args, NULL, NULL, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		out_printf("%s is trusted\n", c->args[0]);
	doc_free(result);
	return 0;
}

static void print(const struct doc *d)
{
	const char *known = doc_get_str(d, "known", "?");

	out_printf("%s (%s port %lld)\n  %s\n  %s\n", doc_get_str(d, "host", "?"),
		doc_get_str(d, "address", "?"), (long long)doc_get_int(d, "port", 0),
		doc_get_str(d, "algorithm", "?"), doc_get_str(d, "fingerprint", "?"));
	if (str_eq(known, "known"))
		out_printf("this key is trusted already\n");
	else if (str_eq(known, "changed"))
		out_printf(
			"! ANOTHER key is trusted for this host: find out why it changed first\n");
	else if (str_eq(known, "revoked"))
		out_printf("! this key was revoked\n");
}

static int fetch(struct cmd *c, struct client *client, struct err *e)
{
	struct doc *args = doc_new_map(), *d;
	const char *known;
	int rc = 0;

	doc_set_str(args, "host", c->args[0]);
	if (client_call(client, REQUEST_TRUST, args, NULL, NULL, &d, e))
		return -1;
	known = doc_get_str(d, "known", "?");
	if (c->option[OPTION_FINGERPRINT]) {
		rc = str_eq(doc_get_str(d, "fingerprint", ""), c->option[OPTION_FINGERPRINT])
			     ? accept_key(c, client, c->option[OPTION_FINGERPRINT], e)
			     : err_set(e, ERR_CONFLICT, "%s shows %s", c->args[0],
				       doc_get_str(d, "fingerprint", "?"));
	} else if (cmd_json(c)) {
		out_json(d);
	} else {
		print(d);
		if (!str_eq(known, "known") && !str_eq(known, "revoked") && ask_possible() &&
			ask_word("compare it with what the host's console says; type its name to "
				 "trust it:",
				c->args[0]))
			rc = accept_key(c, client, doc_get_str(d, "fingerprint", ""), e);
	}
	doc_free(d);
	return rc;
}

int cmd_trust(struct cmd *c, struct err *e)
{
	struct client *client;
	int rc;

	if (cmd_connect(c, &client, e))
		return -1;
	rc = fetch(c, client, e);
	client_close(client);
	return rc;
}
