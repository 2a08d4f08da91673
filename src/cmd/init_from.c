#include "config.h"

#include "cmd/init_from.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/out.h"
#include "codec/ansible.h"
#include "codec/sshconfig.h"

#define FILE_MAX ((size_t)4 << 20)
#define INCLUDED_MAX ((size_t)8 << 20) /* bytes of all included files */
#define SHOWN_MAX 40

static char *in_home(const char *rest)
{
	const char *home = getenv("HOME");

	return path_join(str_empty(home) ? "/" : home, rest);
}

static int read_file(struct buf *out, const char *path, struct err *e)
{
	*out = (struct buf){.max = FILE_MAX};
	if (file_is_dir(path))
		return err_set(e, ERR_INPUT, "%s is a folder: name one file of it", path);
	return file_read(out, path, FILE_MAX, e);
}

static int said(const struct found_hosts *f, const char *file, struct err *e)
{
	for (size_t i = 0; i < f->left_out.n && i < SHOWN_MAX; i++)
		out_note("left out: %s", f->left_out.v[i]);
	if (f->left_out.n > SHOWN_MAX)
		out_note("left out: %zu more", f->left_out.n - SHOWN_MAX);
	if (!f->n)
		return err_set(e, ERR_MISSING, "%s names no host that fleet.yml can take", file);
	return 0;
}

/* ---- ssh_config ---- */

struct includes {
	char *folder; /* that relative names start from */
	size_t bytes;
};

static int include_one(struct includes *in, const char *path, struct strs *names,
	struct strs *texts, struct err *e)
{
	struct buf text;
	int rc = read_file(&text, path, e);

	in->bytes += text.len;
	if (!rc && in->bytes > INCLUDED_MAX)
		rc = err_set(e, ERR_LIMIT, "%s: the included files are larger than 8 MiB", path);
	if (!rc && text.len && memchr(text.data, '\0', text.len))
		rc = err_set(e, ERR_INPUT, "%s: a NUL byte: this is no text", path);
	if (!rc) {
		strs_add(names, path);
		strs_take(texts, buf_take(&text));
	}
	buf_finish(&text);
	return rc;
}

/* As ssh does: a name stands for all files it matches, sorted; none is fine. */
static int include(
	void *arg, const char *pattern, struct strs *names, struct strs *texts, struct err *e)
{
	struct includes *in = arg;
	char *full = str_starts(pattern, "~/") ? in_home(pattern + 2)
		     : *pattern == '/'	       ? xstrdup(pattern)
					       : path_join(in->folder, pattern);
	glob_t found = {0};
	int rc = glob(full, 0, NULL, &found);

	if (rc && rc != GLOB_NOMATCH)
		rc = err_set(e, ERR_FAIL, "Include %s: cannot be read", full);
	else
		rc = 0;
	for (size_t i = 0; !rc && i < found.gl_pathc; i++)
		if (!file_is_dir(found.gl_pathv[i]))
			rc = include_one(in, found.gl_pathv[i], names, texts, e);
	globfree(&found);
	free(full);
	return rc;
}

int init_from_ssh_config(struct found_hosts *out, const char *file, struct err *e)
{
	char *path = file ? xstrdup(file) : in_home(".ssh/config");
	struct includes in = {.folder = path_dir(path)};
	struct buf text;
	int rc = read_file(&text, path, e);

	if (!rc)
		rc = ssh_config_hosts(out, buf_str(&text), text.len, path, include, &in, e);
	if (!rc)
		rc = said(out, path, e);
	buf_finish(&text);
	free(in.folder);
	free(path);
	return rc;
}

int init_from_ansible(struct found_hosts *out, const char *file, struct err *e)
{
	struct buf text;
	int rc = read_file(&text, file, e);

	if (!rc)
		rc = ansible_hosts(out, buf_str(&text), text.len, file, e);
	if (!rc)
		rc = said(out, file, e);
	buf_finish(&text);
	return rc;
}
