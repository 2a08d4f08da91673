#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "flow/fleet.h"
#include "server/check_rows.h"
#include "server/check_test.h"

int cmd_check_test(struct cmd *c, struct err *e)
{
	char *shipped = path_join(intent_datadir(), "checks");
	const char *dir = c->option[OPTION_DIR] ? c->option[OPTION_DIR] : shipped;
	struct strs names = {0};
	int rc;

	(void)e;
	for (int i = 0; i < c->arg_count; i++)
		strs_add(&names, c->args[i]);
	rc = c->option[OPTION_SAMPLES]
		     ? check_rows_main(&names, dir, c->option[OPTION_SAMPLES], stdout)
		     : check_test_main(&names, dir, stdout);
	strs_finish(&names);
	free(shipped);
	return rc;
}
