#include "config.h"

#include "cmd/check_dir.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/place.h"
#include "flow/fleet.h"

#define CHECKS "checks"

char *check_dir_repo(const struct cmd *c)
{
	return c->option[OPTION_REPO] ? xstrdup(c->option[OPTION_REPO]) : place_around();
}

char *check_dir_own(const struct cmd *c)
{
	char *repo, *dir;

	if (c->option[OPTION_DIR])
		return xstrdup(c->option[OPTION_DIR]);
	repo = check_dir_repo(c);
	dir = repo ? path_join(repo, CHECKS) : xstrdup(CHECKS);
	free(repo);
	return dir;
}

char *check_dir_shipped(const struct cmd *c)
{
	return c->option[OPTION_DIR] ? xstrdup(c->option[OPTION_DIR])
				     : path_join(intent_datadir(), CHECKS);
}

char *check_dir_runbooks(const char *dir)
{
	char *above = path_dir(dir), *runbooks = path_join(above, "runbooks");

	free(above);
	return runbooks;
}
