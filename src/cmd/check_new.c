#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/check_dir.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/fleet.h"
#include "server/check_skeleton.h"

#define SCHEMA "schema.json"
#define SCHEMA_MAX ((size_t)1 << 20)

/* What the first line of a check.yml tells an editor to read. It is opsdeck's own, so an older one
 * is replaced. */
static int put_schema(struct strs *made, const char *dir, struct err *e)
{
	char *from = xasprintf("%s/checks/" SCHEMA, intent_datadir()), *to = path_join(dir, SCHEMA);
	struct buf new = {0}, old = {0};
	int rc = 0;

	if (!file_read(&new, from, SCHEMA_MAX, NULL) &&
		(file_read(&old, to, SCHEMA_MAX, NULL) || !str_eq(buf_str(&new), buf_str(&old)))) {
		rc = file_write(to, buf_str(&new), new.len, 0644, e);
		if (!rc)
			strs_add(made, to);
	}
	buf_finish(&new);
	buf_finish(&old);
	free(from);
	free(to);
	return rc;
}

static void tell(const struct cmd *c, const char *dir)
{
	char *option = c->option[OPTION_DIR] ? xasprintf("--dir %s ", dir) : xstrdup("");
	const char *name = c->args[0];

	out_printf("It passes as it stands:\n"
		   "  opsdeck check test %s%s\n"
		   "  opsdeck check lint %s%s\n"
		   "Change it to what you want to know, and try it on a host:\n"
		   "  opsdeck check run --worktree --explain %s HOST\n",
		option, name, option, name, name);
	free(option);
}

int cmd_check_new(struct cmd *c, struct err *e)
{
	char *dir = check_dir_own(c), *runbooks = check_dir_runbooks(dir);
	struct strs made = {0};
	int rc = check_skeleton(&made, dir, runbooks, c->args[0], e);

	if (!rc)
		rc = put_schema(&made, dir, e);
	for (size_t i = 0; i < made.n; i++)
		out_printf("%s\n", made.v[i]);
	if (!rc)
		tell(c, dir);
	strs_finish(&made);
	free(runbooks);
	free(dir);
	return rc;
}
