#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/strs.h"
#include "cmd/check_dir.h"
#include "cmd/cmd.h"
#include "server/check_folder.h"
#include "server/check_rows.h"
#include "server/check_test.h"

/* Whether all of the names are there; without names, whether any check is. */
static bool holds(const char *dir, const struct strs *names)
{
	struct strs all = {0};
	bool good = !check_folder_names(&all, dir, NULL, NULL) && all.n;

	for (size_t i = 0; good && i < names->n; i++)
		good = strs_has(&all, names->v[i]);
	strs_finish(&all);
	return good;
}

/* A check of one's own is tried where it is made; recorded outputs go to the whole catalogue. */
static char *folder(const struct cmd *c, const struct strs *names)
{
	char *own = check_dir_own(c), *shipped = check_dir_shipped(c);
	bool take_own = holds(own, names) && !(c->option[OPTION_SAMPLES] && holds(shipped, names));

	free(take_own ? shipped : own);
	return take_own ? own : shipped;
}

int cmd_check_test(struct cmd *c, struct err *e)
{
	struct strs names = {0};
	char *dir;
	int rc;

	(void)e;
	for (int i = 0; i < c->arg_count; i++)
		strs_add(&names, c->args[i]);
	dir = folder(c, &names);
	rc = c->option[OPTION_SAMPLES]
		     ? check_rows_main(&names, dir, c->option[OPTION_SAMPLES], stdout)
		     : check_test_main(&names, dir, stdout);
	strs_finish(&names);
	free(dir);
	return rc;
}
