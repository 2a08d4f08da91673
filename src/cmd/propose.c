#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "model/request.h"

#define FILE_MAX ((size_t)900 << 10) /* with its quoting it has to fit into a message */

static int read_stdin(struct buf *out, struct err *e)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "standard input");
		buf_add(out, chunk, (size_t)n);
	}
	return out->overflow ? err_set(e, ERR_LIMIT, "a proposal has at most %zu bytes", FILE_MAX)
			     : 0;
}

int cmd_propose(struct cmd *c, struct err *e)
{
	bool from_stdin = str_eq(c->args[0], "-");
	struct doc *args, *result;
	struct buf text = {.max = FILE_MAX};
	int rc = from_stdin ? read_stdin(&text, e) : file_read(&text, c->args[0], FILE_MAX, e);

	if (rc) {
		buf_finish(&text);
		return -1;
	}
	args = doc_new_map();
	doc_set(args, "proposal", doc_new_strn(buf_str(&text), text.len));
	doc_set_str(args, "name", from_stdin ? "-" : path_base(c->args[0]));
	if (c->option[OPTION_AGENT])
		doc_set_str(args, "agent", c->option[OPTION_AGENT]);
	buf_finish(&text);
	if (cmd_call(c, REQUEST_PROPOSE, args, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		out_printf("%s %s, plan %.12s: `opsdeck review %s`\n",
			doc_get_str(result, "id", "?"), doc_get_str(result, "state", "?"),
			doc_get_str(result, "plan", ""), doc_get_str(result, "id", ""));
	doc_free(result);
	return 0;
}
