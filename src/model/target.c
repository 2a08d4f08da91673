#include "config.h"

#include "model/target.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"

void target_release(struct target *t)
{
	free(t->host);
	free(t->path);
	free(t->what);
	free(t->content);
	*t = (struct target){0};
}

static bool differs(char **why, const char *path, const char *what)
{
	if (why)
		*why = xasprintf("%s: %s", path, what);
	return false;
}

bool target_same(const struct target *bound, const struct target *now, char **why)
{
	if (bound->kind != now->kind)
		return differs(why, bound->path,
			now->kind == TARGET_ABSENT     ? "it is gone"
			: bound->kind == TARGET_ABSENT ? "it is there now"
						       : "it is another kind of file now");
	if (bound->kind != TARGET_FILE)
		return true;
	if (!str_eq(bound->hash, now->hash))
		return differs(why, bound->path, "its content changed");
	if (bound->mode != now->mode)
		return differs(why, bound->path, "its mode changed");
	if (bound->uid != now->uid || bound->gid != now->gid)
		return differs(why, bound->path, "its owner changed");
	return true;
}
