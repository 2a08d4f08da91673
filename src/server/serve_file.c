#include "config.h"

#include "server/serve_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"

#define FILE_MAX ((size_t)256 << 10)

void config_finish(struct server_config *c)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		strs_finish(&c->roles[i]);
	for (int i = 0; i < IDENTITY_COUNT; i++)
		free(c->key[i]);
	free(c->agent);
	strs_finish(&c->notify);
	*c = (struct server_config){0};
}

void serve_file_finish(struct serve_file *f)
{
	free(f->repo);
	free(f->state);
	free(f->socket);
	free(f->known_hosts);
	config_finish(&f->config);
	*f = (struct serve_file){0};
}

static int read_path(
	char **out, const struct doc *map, const char *key, const char *name, struct err *e)
{
	const struct doc *d = doc_get(map, key);

	if (!d)
		return 0;
	if (!doc_str(d) || !path_is_clean_absolute(doc_str(d)))
		return doc_err(e, name, d, "%s is an absolute path", key);
	*out = xstrdup(doc_str(d));
	return 0;
}

static int read_list(
	struct strs *out, const struct doc *map, const char *key, const char *name, struct err *e)
{
	const struct doc *d = doc_get(map, key);

	if (!d)
		return 0;
	if (doc_kind(d) != DOC_LIST)
		return doc_err(e, name, d, "%s is a list", key);
	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *item = doc_at(d, i);

		if (doc_kind(item) == DOC_INT && doc_int(item) >= 0)
			strs_addf(out, "%lld", (long long)doc_int(item));
		else if (str_empty(doc_str(item)))
			return doc_err(e, name, item, "%s holds words only", key);
		else
			strs_add(out, doc_str(item));
	}
	return 0;
}

static int read_roles(
	struct server_config *out, const struct doc *d, const char *name, struct err *e)
{
	static const char *const known[] = {"operators", "viewers", "agents", NULL};

	if (!d)
		return 0;
	if (doc_only_keys(d, name, "roles", known, e) ||
		read_list(&out->roles[ROLE_OPERATOR], d, "operators", name, e) ||
		read_list(&out->roles[ROLE_VIEWER], d, "viewers", name, e))
		return -1;
	return read_list(&out->roles[ROLE_AGENT], d, "agents", name, e);
}

static int read_keys(
	struct server_config *out, const struct doc *d, const char *name, struct err *e)
{
	static const char *const known[] = {"look", "apply", "agent", NULL};

	if (!d)
		return 0;
	if (doc_only_keys(d, name, "keys", known, e) ||
		read_path(&out->key[IDENTITY_LOOK], d, "look", name, e) ||
		read_path(&out->key[IDENTITY_APPLY], d, "apply", name, e))
		return -1;
	return read_path(&out->agent, d, "agent", name, e);
}

static int read_notify(
	struct server_config *out, const struct doc *d, const char *name, struct err *e)
{
	if (read_list(&out->notify, d, "notify", name, e))
		return -1;
	if (out->notify.n && !path_is_clean_absolute(out->notify.v[0]))
		return doc_err(e, name, doc_get(d, "notify"),
			"notify begins with the absolute path of a program");
	return 0;
}

static int read_all(struct serve_file *out, const struct doc *d, const char *name, struct err *e)
{
	static const char *const known[] = {
		"repo", "state", "socket", "roles", "keys", "known_hosts", "notify", NULL};

	if (doc_kind(d) == DOC_NULL)
		return 0;
	if (doc_only_keys(d, name, "serve.yml", known, e) ||
		read_path(&out->repo, d, "repo", name, e) ||
		read_path(&out->state, d, "state", name, e) ||
		read_path(&out->socket, d, "socket", name, e) ||
		read_path(&out->known_hosts, d, "known_hosts", name, e) ||
		read_roles(&out->config, doc_get(d, "roles"), name, e) ||
		read_keys(&out->config, doc_get(d, "keys"), name, e))
		return -1;
	return read_notify(&out->config, d, name, e);
}

int serve_file_read(
	struct serve_file *out, const char *text, size_t n, const char *name, struct err *e)
{
	struct doc *d;
	int rc;

	*out = (struct serve_file){0};
	if (yaml_read(&d, text, n, name, e))
		return -1;
	rc = read_all(out, d, name, e);
	doc_free(d);
	if (rc)
		serve_file_finish(out);
	return rc;
}

int serve_file_load(struct serve_file *out, const char *path, struct err *e)
{
	struct buf text = {.max = FILE_MAX};
	struct stat st;
	int rc;

	*out = (struct serve_file){0};
	if (stat(path, &st))
		return err_sys(e, errno, "%s", path);
	if ((st.st_uid != getuid() && st.st_uid != 0) || (st.st_mode & 022))
		return err_set(e, ERR_REFUSED,
			"%s gives roles: it must be yours or root's, and writable by nobody else",
			path);
	rc = file_read(&text, path, FILE_MAX, e);
	if (!rc)
		rc = serve_file_read(out, buf_str(&text), text.len, path, e);
	buf_finish(&text);
	return rc;
}
