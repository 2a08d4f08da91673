#include "config.h"

#include "client/client.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "flow/fleet.h"

static struct doc *local_info(const struct cmd *c)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "version", PACKAGE_VERSION);
	doc_set_str(d, "program", c->self);
	doc_set_str(d, "data", intent_datadir());
	doc_set_str(d, "repo", c->place.repo);
	doc_set_str(d, "state", c->place.state);
	doc_set_str(d, "socket", c->place.socket);
	doc_set_str(d, "config", c->place.config);
	doc_set_bool(d, "system", c->place.system);
	return d;
}

/* Asks the server that runs; starts none. */
static void ask(const struct cmd *c, struct doc *out)
{
	struct client *client;
	struct doc *info, *hello;
	struct err e;

	if (client_open(&client, c->place.socket, &e)) {
		doc_set_str(out, "server", NULL);
		doc_set_str(out, "why", e.msg);
		return;
	}
	if (client_call(client, REQUEST_HELLO, NULL, NULL, NULL, &hello, &e)) {
		doc_set_str(out, "why", e.msg);
	} else {
		doc_set_str(out, "user", doc_get_str(hello, "user", NULL));
		doc_set_str(out, "role", doc_get_str(hello, "role", NULL));
		doc_free(hello);
		if (!client_call(client, REQUEST_INFO, NULL, NULL, NULL, &info, &e))
			doc_set(out, "server", info);
	}
	client_close(client);
}

static void print_map(const struct doc *d, const char *indent)
{
	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *v = doc_value(d, i);

		switch (doc_kind(v)) {
		case DOC_STRING:
			out_printf("%s%-12s %s\n", indent, doc_key(d, i), doc_str(v));
			break;
		case DOC_INT:
			out_printf("%s%-12s %lld\n", indent, doc_key(d, i), (long long)doc_int(v));
			break;
		case DOC_BOOL:
			out_printf(
				"%s%-12s %s\n", indent, doc_key(d, i), doc_bool(v) ? "yes" : "no");
			break;
		case DOC_NULL:
			out_printf("%s%-12s none\n", indent, doc_key(d, i));
			break;
		case DOC_MAP:
			out_printf("%s%s\n", indent, doc_key(d, i));
			print_map(v, "  ");
			break;
		case DOC_REAL:
		case DOC_LIST:
			break;
		}
	}
}

int cmd_info(struct cmd *c, struct err *e)
{
	struct doc *d = local_info(c);

	(void)e;
	ask(c, d);
	if (cmd_json(c))
		out_json(d);
	else
		print_map(d, "");
	doc_free(d);
	return 0;
}
