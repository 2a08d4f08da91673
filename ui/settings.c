#include "config.h"

#include "ui/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/yaml.h"

#define FILE_MAX ((size_t)256 << 10)

/* XDG Base Directory Specification: an unset or empty variable means ~/.config. NULL: no home. */
static char *config_path(const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (!str_empty(xdg) && xdg[0] == '/')
		return xasprintf("%s/opsdeck/%s", xdg, name);
	return str_empty(home) ? NULL : xasprintf("%s/.config/opsdeck/%s", home, name);
}

/* Reads a file that may be missing: then *out is empty. */
static int read_optional(struct buf *out, const char *path, struct err *e)
{
	if (!path || !file_exists(path))
		return 0;
	return file_read(out, path, FILE_MAX, e);
}

int settings_keys(struct keymap *m, struct err *e)
{
	char *path = config_path("keys.yml");
	struct buf text = {0};
	int rc = read_optional(&text, path, e);

	if (rc == 0 && text.len)
		rc = keymap_read(m, buf_str(&text), text.len, path, e);
	buf_finish(&text);
	free(path);
	return rc;
}

/* The theme that config.yml names, heap; NULL when it names none. */
static int configured_theme(char **out, struct err *e)
{
	static const char *const keys[] = {"theme", NULL};
	char *path = config_path("config.yml");
	struct buf text = {0};
	struct doc *d = NULL;
	int rc = read_optional(&text, path, e);

	*out = NULL;
	if (rc == 0 && text.len)
		rc = yaml_read(&d, buf_str(&text), text.len, path, e);
	if (rc == 0 && d && doc_kind(d) != DOC_NULL)
		rc = doc_only_keys(d, path, "the configuration", keys, e);
	if (rc == 0)
		*out = xstrdup(doc_get_str(d, "theme", NULL));
	doc_free(d);
	buf_finish(&text);
	free(path);
	return rc;
}

static char *shipped_path(const char *name)
{
	const char *dir = getenv("OPSDECK_DATADIR"); /* uninstalled, and tests */

	return xasprintf("%s/themes/%s.yml", str_empty(dir) ? PKGDATADIR : dir, name);
}

static int load_theme(struct theme *t, const char *name, struct err *e)
{
	char *file, *own, *shipped, *path;
	struct buf text = {0};
	int rc;

	if (!name_is_valid(name))
		return err_set(e, ERR_INPUT, "\"%s\" is no name of a theme", name);
	file = xasprintf("themes/%s.yml", name);
	own = config_path(file);
	shipped = shipped_path(name);
	path = own && file_exists(own) ? own : shipped;
	rc = file_read(&text, path, FILE_MAX, e);
	if (rc == 0)
		rc = theme_read(t, buf_str(&text), text.len, path, e);
	buf_finish(&text);
	free(file);
	free(own);
	free(shipped);
	return rc;
}

int settings_theme(struct theme *t, const char *name, struct err *e)
{
	char *configured = NULL;
	int rc = 0;

	if (str_empty(name))
		rc = configured_theme(&configured, e);
	if (rc == 0)
		rc = load_theme(t, !str_empty(name) ? name : configured ? configured : "dark", e);
	free(configured);
	return rc;
}
