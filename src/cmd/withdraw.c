#include "config.h"

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "model/request.h"

/* What the requests that move one proposal have in common. */
static int move(struct cmd *c, enum request request, struct err *e)
{
	struct doc *args = doc_new_map(), *result;

	doc_set_str(args, "id", c->args[0]);
	if (c->arg_count > 1)
		doc_set_str(args, "reason", c->args[1]);
	if (c->option[OPTION_UNDO])
		doc_set_bool(args, "undo", true);
	if (cmd_call(c, request, args, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		out_printf("%s %s%s%.12s\n", c->args[0], doc_get_str(result, "state", "done"),
			doc_get_str(result, "commit", NULL) ? ": commit " : "",
			doc_get_str(result, "commit", ""));
	doc_free(result);
	return 0;
}

int cmd_withdraw(struct cmd *c, struct err *e)
{
	return move(c, REQUEST_WITHDRAW, e);
}

int cmd_reconcile(struct cmd *c, struct err *e)
{
	return move(c, REQUEST_RECONCILE, e);
}

int cmd_commit(struct cmd *c, struct err *e)
{
	return move(c, REQUEST_COMMIT, e);
}
