#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strs.h"
#include "cmd/check_dir.h"
#include "cmd/cmd.h"
#include "flow/fleet.h"
#include "server/check_lint.h"

int cmd_check_lint(struct cmd *c, struct err *e)
{
	char *dir = check_dir_own(c), *runbooks = check_dir_runbooks(dir),
	     *repo = check_dir_repo(c);
	const struct check_lint_spec spec = {
		.dir = dir, .runbooks = runbooks, .repo = repo, .datadir = intent_datadir()};
	struct strs names = {0};
	int rc;

	(void)e;
	for (int i = 0; i < c->arg_count; i++)
		strs_add(&names, c->args[i]);
	rc = check_lint_main(&names, &spec, stdout);
	strs_finish(&names);
	free(repo);
	free(runbooks);
	free(dir);
	return rc;
}
