#include "config.h"

#include "server/check_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/check_dir.h"
#include "cmd/cmd.h"

int cmd_check_table(struct cmd *c, struct err *e)
{
	char *dir = check_dir_shipped(c), *above = path_dir(dir);
	char *lab = path_join(above, "tests/lab/tools");
	struct strs names = {0};
	int rc;

	for (int i = 0; i < c->arg_count; i++)
		strs_add(&names, c->args[i]);
	rc = check_table(stdout, &names, dir, lab, e);
	strs_finish(&names);
	free(lab);
	free(above);
	free(dir);
	return rc;
}
