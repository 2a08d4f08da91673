#include "config.h"

#include "flow/apply_target.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/tar.h"

bool target_needs_sudo(const struct host *h, enum identity id, const char *path, bool root)
{
	if (h->transport == TRANSPORT_LOCAL)
		return !root && !(path && host_in_sandbox(h, path));
	return !str_eq(h->user[id], "root");
}

void target_read_script(struct buf *script, const char *path, bool sudo)
{
	struct strs argv = {0};
	char *dir = path_dir(path);
	struct managed m = {.path = (char *)path};

	/* The real path goes to stderr's first line: stdout is the archive's alone. A folder that
	 * the login may not enter has no readable path; its parents have. */
	buf_adds(script, "export LC_ALL=C TZ=UTC; /usr/bin/readlink -m -- ");
	shell_quote(script, dir);
	buf_adds(script, " >&2; exec ");
	if (sudo)
		buf_adds(script, "sudo -n ");
	managed_argv(&argv, &m, MANAGED_READ);
	shell_quote_argv(script, &argv);
	strs_finish(&argv);
	free(dir);
}

/* The first line of stderr is DIR's real path. On success *rest is what followed it. */
static int check_parent(const char *path, const char *errtext, const char **rest, struct err *e)
{
	char *dir = path_dir(path);
	const char *nl = strchr(errtext, '\n');
	size_t len = nl ? (size_t)(nl - errtext) : strlen(errtext);
	int rc = 0;

	*rest = nl ? nl + 1 : errtext + len;
	if (len != strlen(dir) || memcmp(errtext, dir, len) != 0)
		rc = err_set(e, ERR_CONFLICT,
			"%s: the folder is reached through a link (it is really %.*s); name the "
			"real path",
			path, (int)(len > 200 ? 200 : len), errtext);
	free(dir);
	return rc;
}

static int take_entry(struct target *t, const struct tar_entry *entry, bool secret, struct err *e)
{
	if (!str_eq(entry->path, path_base(t->path)))
		return err_set(e, ERR_FAIL, "%s: the archive holds another file", t->path);
	t->mode = entry->mode & 07777;
	t->uid = (long)entry->uid;
	t->gid = (long)entry->gid;
	if (entry->type != TAR_FILE) {
		t->kind = TARGET_OTHER;
		t->what = entry->link
				  ? xasprintf("%s to %s", tar_type_name(entry->type), entry->link)
				  : xstrdup(tar_type_name(entry->type));
		return 0;
	}
	t->kind = TARGET_FILE;
	sha256_hex(t->hash, entry->data, entry->size);
	if (!secret) {
		t->content = xmemdup(entry->data, entry->size);
		t->content_len = entry->size;
	}
	return 0;
}

static bool says_absent(const char *text, const char *path)
{
	char *dir = path_dir(path);
	char *chdir_says = xasprintf("%s: Cannot open: No such file", dir);
	char *stat_says = xasprintf("%s: Cannot stat: No such file", path_base(path));
	bool absent = strstr(text, stat_says) != NULL || strstr(text, chdir_says) != NULL;

	free(dir);
	free(chdir_says);
	free(stat_says);
	return absent;
}

int target_parse(struct target *t, const char *host, const char *path, bool secret, int exit_status,
	const char *out, size_t out_len, const char *errtext, struct err *e)
{
	struct tar tar;
	struct tar_entry entry;
	const char *rest;
	int got, rc = -1;

	*t = (struct target){.host = xstrdup(host), .path = xstrdup(path)};
	if (check_parent(path, errtext, &rest, e))
		goto fail;
	if (exit_status == 2 && says_absent(rest, path)) {
		t->kind = TARGET_ABSENT;
		return 0;
	}
	if (exit_status != 0) {
		const char *nl = strchr(rest, '\n');
		int len = nl ? (int)(nl - rest) : (int)strlen(rest);

		err_set(e, strstr(rest, "sudo") ? ERR_REFUSED : ERR_FAIL,
			"%s: cannot be read: %.*s%s", path, len > 200 ? 200 : len, rest,
			strstr(rest, "sudo") ? " (see `opsdeck sudoers`)" : "");
		goto fail;
	}
	tar_init(&tar, out, out_len);
	got = tar_next(&tar, &entry, e);
	if (got == 0)
		err_set(e, ERR_FAIL, "%s: the archive is empty", path);
	if (got > 0)
		rc = take_entry(t, &entry, secret, e);
	tar_finish(&tar);
	if (rc == 0)
		return 0;
fail:
	target_release(t);
	return -1;
}
