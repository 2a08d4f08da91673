#include "config.h"

#include "base/strs.h"
#include "client/client.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/incoming.h"
#include "cmd/out.h"
#include "codec/doc.h"

static int accept_tip(
	struct cmd *c, struct client *client, const char *tip, const char *shown, struct err *e)
{
	struct doc *args = doc_new_map(), *result;

	doc_set_str(args, "tip", tip);
	doc_set_str(args, "shown", shown);
	if (client_call(client, REQUEST_ACCEPT, args, NULL, NULL, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		out_printf("accepted %.12s\n", doc_get_str(result, "accepted", "?"));
	doc_free(result);
	return 0;
}

static int show_and_ask(struct cmd *c, struct client *client, struct err *e)
{
	struct doc *in;
	int rc = 0;

	if (client_call(client, REQUEST_INCOMING, NULL, NULL, NULL, &in, e))
		return -1;
	incoming_print(in);
	if (str_eq(doc_get_str(in, "tip", ""), doc_get_str(in, "accepted", "")))
		out_printf("nothing to accept\n");
	else if (!ask_possible())
		rc = err_set(e, ERR_INPUT,
			"without a terminal accept wants --tip %s --shown %s, once you have read "
			"it",
			doc_get_str(in, "tip", ""), doc_get_str(in, "shown", ""));
	else if (ask_word("\ntype accept to work from this commit; anything else leaves it:",
			 "accept"))
		rc = accept_tip(
			c, client, doc_get_str(in, "tip", ""), doc_get_str(in, "shown", ""), e);
	else
		out_printf("left as it is\n");
	doc_free(in);
	return rc;
}

int cmd_accept(struct cmd *c, struct err *e)
{
	const char *tip = c->option[OPTION_TIP], *shown = c->option[OPTION_SHOWN];
	struct client *client;
	int rc;

	if (!tip != !shown)
		return err_set(e, ERR_INPUT, "--tip and --shown go together");
	if (cmd_connect(c, &client, e))
		return -1;
	rc = tip ? accept_tip(c, client, tip, shown, e) : show_and_ask(c, client, e);
	client_close(client);
	return rc;
}
