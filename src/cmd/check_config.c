#include "config.h"

#include <stdlib.h>

#include "base/strs.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "flow/fleet.h"

static void print_json(const struct strs *problems, const struct intent *in)
{
	struct doc *d = doc_new_map();

	doc_set_bool(d, "ok", !problems->n);
	doc_set_strs(d, "problems", problems);
	doc_set_int(d, "hosts", in ? (int64_t)in->fleet->host_count : 0);
	doc_set_int(d, "checks", in ? (int64_t)in->catalogue->check_count : 0);
	out_json(d);
	doc_free(d);
}

static void print(const struct strs *problems, const struct intent *in)
{
	for (size_t i = 0; i < problems->n; i++)
		out_printf("%s\n", problems->v[i]);
	if (!problems->n)
		out_printf("%zu hosts, %zu checks, %zu policy rules: all good\n",
			in->fleet->host_count, in->catalogue->check_count, in->policy->rule_count);
}

int cmd_check_config(struct cmd *c, struct err *e)
{
	const char *dir = c->arg_count ? c->args[0] : c->option[OPTION_REPO];
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)(dir ? dir : "."),
		.datadir = intent_datadir()};
	struct strs problems = {0};
	struct intent *in = NULL;
	int rc;

	if (intent_load(&in, &src, &problems, e)) {
		in = NULL;
		if (!problems.n)
			strs_add(&problems, e->msg);
	} else if (in->problem.code && !problems.n) {
		strs_add(&problems, in->problem.msg);
	}
	if (cmd_json(c))
		print_json(&problems, in);
	else
		print(&problems, in);
	rc = problems.n ? err_exit_status(ERR_INPUT) : 0;
	intent_free(in);
	strs_finish(&problems);
	return rc;
}
