#include "config.h"

#include "server/check_folder.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/yaml.h"

#define FILE_MAX ((size_t)4 << 20)

static int read_file_beside(void *arg, const char *file, struct buf *out, struct err *e)
{
	char *path = path_join(arg, file);
	int rc = file_read(out, path, FILE_MAX, e);

	free(path);
	return rc;
}

int check_folder_read(struct check *out, const char *dir, const char *name, struct err *e)
{
	char *folder = path_join(dir, name), *path = path_join(folder, "check.yml");
	struct buf text = {0};
	int rc;

	*out = (struct check){0};
	rc = file_read(&text, path, FILE_MAX, e);
	if (!rc)
		rc = check_read(
			out, name, buf_str(&text), text.len, path, read_file_beside, folder, e);
	buf_finish(&text);
	free(path);
	free(folder);
	return rc;
}

static bool is_check(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s/check.yml", dir, name);
	bool is = file_exists(path);

	free(path);
	return is;
}

int check_folder_names(struct strs *out, const char *dir, const struct strs *names, struct err *e)
{
	struct strs all = {0};

	if (names && names->n) {
		strs_copy(out, names);
		return 0;
	}
	if (dir_list(&all, dir, e))
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (is_check(dir, all.v[i]))
			strs_add(out, all.v[i]);
	strs_finish(&all);
	strs_sort(out);
	return 0;
}

int check_folder_yaml(struct doc **out, const char *path, struct err *e)
{
	struct buf text = {0};
	int rc = file_read(&text, path, FILE_MAX, e);

	if (!rc)
		rc = yaml_read(out, buf_str(&text), text.len, path, e);
	buf_finish(&text);
	return rc;
}
