#include "config.h"

#include "cmd/init_fit.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/detect.h"
#include "codec/doc.h"
#include "flow/fleet.h"
#include "server/check_folder.h"

static bool fits(const struct check *c)
{
	struct doc *detect = detect_of(c);
	struct strs paths = {0};
	bool found;

	detect_paths(&paths, detect);
	found = !paths.n;
	for (size_t i = 0; i < paths.n && !found; i++)
		found = file_exists(paths.v[i]);
	strs_finish(&paths);
	doc_free(detect);
	return found;
}

static bool has_tag(const struct check *c, const struct strs *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		if (strs_has(&c->tags, tags->v[i]))
			return true;
	return false;
}

void init_unfit(struct strs *out, const struct strs *tags)
{
	char *dir = path_join(intent_datadir(), "checks");
	struct strs names = {0};
	struct check c;

	if (check_folder_names(&names, dir, NULL, NULL))
		strs_finish(&names);
	for (size_t i = 0; i < names.n; i++) {
		if (!check_folder_read(&c, dir, names.v[i], NULL) && has_tag(&c, tags) && !fits(&c))
			strs_add(out, c.name);
		check_finish(&c);
	}
	strs_finish(&names);
	free(dir);
}
