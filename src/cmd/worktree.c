#include "config.h"

#include "cmd/worktree.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/place.h"
#include "flow/fleet.h"

char *worktree_dir(const struct cmd *c)
{
	char *fleet, *dir = NULL;

	if (!c->place.repo)
		return place_around();
	fleet = path_join(c->place.repo, "fleet.yml");
	dir = file_exists(fleet) ? xstrdup(c->place.repo) : place_around();
	free(fleet);
	return dir;
}

int worktree_load(const char *dir, struct intent **out, struct err *e)
{
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)dir,
		.datadir = intent_datadir()};

	return intent_load(out, &src, NULL, e);
}
