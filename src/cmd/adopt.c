#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"

static void print(const struct doc *d)
{
	const struct doc *paths = doc_get(d, "paths"), *problems = doc_get(d, "problems");

	for (size_t i = 0; i < doc_len(paths); i++) {
		const struct doc *p = doc_at(paths, i);

		out_printf(
			"--- %s %s\n", doc_get_str(p, "status", "?"), doc_get_str(p, "path", "?"));
		out_diff_doc(doc_get(p, "diff"));
	}
	for (size_t i = 0; i < doc_len(problems); i++) {
		const struct doc *p = doc_at(problems, i);

		out_printf("! %s %s: %s\n", doc_get_str(p, "host", ""), doc_get_str(p, "check", ""),
			doc_get_str(p, "problem", ""));
	}
	out_printf("%zu reference files would change\n", doc_len(paths));
}

static int adopt(struct cmd *c, struct client *client, const char *shown, const char *rationale,
	struct err *e)
{
	struct doc *args = doc_new_map(), *result;

	doc_set_str(args, "shown", shown);
	doc_set_str(args, "rationale", rationale);
	if (client_call(client, REQUEST_ADOPT, args, NULL, NULL, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		out_printf("commit %.12s\n", doc_get_str(result, "commit", "?"));
	doc_free(result);
	return 0;
}

static int ask(struct cmd *c, struct client *client, const char *shown, struct err *e)
{
	char *words = ask_line("\nwhy, in your own words (nothing leaves it):");
	int rc = 0;

	if (words && words[strspn(words, " \t")] &&
		ask_word("type adopt to commit this as the reference:", "adopt"))
		rc = adopt(c, client, shown, words, e);
	else
		out_printf("left as it is\n");
	free(words);
	return rc;
}

static int look(struct cmd *c, struct client *client, struct err *e)
{
	struct doc *args = doc_new_map(), *d;
	int rc = 0;

	doc_set_bool(args, "preview", true);
	if (c->option[OPTION_HOST])
		doc_set_str(args, "host", c->option[OPTION_HOST]);
	if (c->option[OPTION_CHECK])
		doc_set_str(args, "check", c->option[OPTION_CHECK]);
	if (client_call(client, REQUEST_ADOPT, args, NULL, NULL, &d, e))
		return -1;
	if (cmd_json(c)) {
		out_json(d);
	} else {
		print(d);
		if (doc_len(doc_get(d, "paths")) && ask_possible())
			rc = ask(c, client, doc_get_str(d, "shown", ""), e);
		else if (doc_len(doc_get(d, "paths")))
			out_printf("shown %s\n", doc_get_str(d, "shown", ""));
	}
	doc_free(d);
	return rc;
}

int cmd_adopt(struct cmd *c, struct err *e)
{
	const char *shown = c->option[OPTION_SHOWN], *rationale = c->option[OPTION_RATIONALE];
	struct client *client;
	int rc;

	if (!shown != !rationale)
		return err_set(e, ERR_INPUT,
			"--shown and --rationale go together: --shown is what looking printed");
	if (cmd_connect(c, &client, e))
		return -1;
	rc = shown ? adopt(c, client, shown, rationale, e) : look(c, client, e);
	client_close(client);
	return rc;
}
