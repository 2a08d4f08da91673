#include "config.h"

#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "model/finding.h"
#include "model/request.h"

static void print(const struct doc *result)
{
	const struct doc *count = doc_get(result, "findings");

	out_printf("%lld host%s in %.1f s:", (long long)doc_get_int(result, "hosts", 0),
		doc_get_int(result, "hosts", 0) == 1 ? "" : "s",
		doc_real(doc_get(result, "seconds")));
	for (int i = 0; i < FINDING_STATE_COUNT; i++) {
		const char *name = finding_state_name((enum finding_state)i);
		long long n = doc_get_int(count, name, 0);

		if (n)
			out_printf(" %lld %s", n, name);
	}
	out_printf("\n");
}

int cmd_sweep(struct cmd *c, struct err *e)
{
	struct doc *args = doc_new_map(), *hosts = doc_new_list(), *result;

	for (int i = 0; i < c->arg_count; i++)
		doc_push_str(hosts, c->args[i]);
	doc_set(args, "hosts", hosts);
	if (cmd_call(c, REQUEST_SWEEP, args, &result, e))
		return -1;
	if (cmd_json(c))
		out_json(result);
	else
		print(result);
	doc_free(result);
	return 0;
}
