#include "config.h"

#include "cmd/incoming.h"

#include "base/strs.h"
#include "client/client.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"

void incoming_print(const struct doc *in)
{
	const struct doc *paths = doc_get(in, "paths"), *edits = doc_get(in, "edits");

	if (doc_get_bool(in, "rewritten", false))
		out_printf("! the branch was rewritten: its tip does not descend from what is "
			   "accepted\n");
	out_printf("%s is at %.12s, accepted is %.12s: %zu paths differ\n",
		doc_get_str(in, "branch", "?"), doc_get_str(in, "tip", "?"),
		doc_get_str(in, "accepted", "?"), doc_len(paths));
	for (size_t i = 0; i < doc_len(paths); i++) {
		const struct doc *p = doc_at(paths, i);

		out_printf("\n--- %s %s\n", doc_get_str(p, "status", "?"),
			doc_get_str(p, "path", "?"));
		if (doc_get(p, "new_mode"))
			out_printf("# mode %06o becomes %06o\n",
				(unsigned)doc_get_int(p, "old_mode", 0),
				(unsigned)doc_get_int(p, "new_mode", 0));
		out_diff_doc(doc_get(p, "diff"));
	}
	for (size_t i = 0; i < doc_len(edits); i++)
		out_printf(
			"%sedited, not in force: %s\n", i ? "" : "\n", doc_str(doc_at(edits, i)));
}

int cmd_incoming(struct cmd *c, struct err *e)
{
	struct doc *in;

	if (cmd_call(c, REQUEST_INCOMING, NULL, &in, e))
		return -1;
	if (cmd_json(c)) {
		out_json(in);
	} else {
		incoming_print(in);
		/* A tip that differs in no file has to be accepted too. */
		if (!str_eq(doc_get_str(in, "tip", ""), doc_get_str(in, "accepted", "")))
			out_printf("\nshown %s\n`opsdeck accept` shows it again and asks\n",
				doc_get_str(in, "shown", ""));
	}
	doc_free(in);
	return 0;
}
