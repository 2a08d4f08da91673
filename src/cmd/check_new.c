#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/check_dir.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "server/check_skeleton.h"

int cmd_check_new(struct cmd *c, struct err *e)
{
	char *dir = check_dir_own(c), *runbooks = check_dir_runbooks(dir);
	struct strs made = {0};
	int rc = check_skeleton(&made, dir, runbooks, c->args[0], e);

	for (size_t i = 0; i < made.n; i++)
		out_printf("%s\n", made.v[i]);
	if (!rc)
		out_printf("It passes as it stands:\n"
			   "  opsdeck check test --dir %s %s\n"
			   "  opsdeck check lint --dir %s %s\n",
			dir, c->args[0], dir, c->args[0]);
	strs_finish(&made);
	free(runbooks);
	free(dir);
	return rc;
}
