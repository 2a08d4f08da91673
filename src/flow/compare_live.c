#include "config.h"

#include "flow/compare_live.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/compare_parts.h"

const char *live_root(const struct compare_input *in)
{
	const char *root = doc_get_str(doc_get(in->check, "baseline"), "root", "/");
	size_t n = strlen(root);
	const char *value;
	char *name;

	if (n < 3 || root[0] != '{' || root[n - 1] != '}')
		return root;
	name = xstrndup(root + 1, n - 2);
	value = doc_get_str(in->params, name, NULL);
	free(name);
	return value;
}

/* "/etc" and "sudoers.d" give "etc/sudoers.d"; "." is the root itself. Heap, or NULL. */
static char *host_path(const char *root, const char *path)
{
	char *joined;

	while (*root == '/')
		root++;
	if (str_eq(path, "."))
		joined = xstrdup(*root ? root : ".");
	else
		joined = *root ? path_join(root, path) : xstrdup(path);
	while (strlen(joined) > 1 && str_ends(joined, "/"))
		joined[strlen(joined) - 1] = '\0';
	if (manifest_path_ok(joined))
		return joined;
	free(joined);
	return NULL;
}

static void put_entry(struct live *live, const char *path, const struct doc *at)
{
	const struct manifest_entry entry = {.path = (char *)path,
		.mode = (unsigned)strtoul(doc_get_str(at, "mode", "0"), NULL, 8),
		.uid = doc_get_int(at, "uid", 0),
		.gid = doc_get_int(at, "gid", 0),
		.type = (char *)doc_get_str(at, "type", "file"),
		.link = (char *)doc_get_str(at, "link", NULL)};

	manifest_put(&live->entries, &entry);
}

/* The entries first, then contents by their final places. */
void live_read(struct live *live, const struct doc *raw, const char *root)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < doc_len(raw); i++) {
			const struct doc *at = doc_at(raw, i);
			char *path = host_path(root, doc_get_str(at, "path", "."));
			const struct manifest_entry *entry;

			if (path && pass == 0) {
				put_entry(live, path, at);
			} else if (path) {
				entry = manifest_get(&live->entries, path);
				live->content[entry - live->entries.entries] = doc_get(at, "data");
			}
			free(path);
		}
		if (pass == 0)
			live->content = xcalloc(live->entries.count + 1, sizeof *live->content);
	}
}

void live_finish(struct live *live)
{
	manifest_finish(&live->entries);
	free(live->content);
}
