#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "cmd/init_files.h"
#include "cmd/init_keys.h"
#include "cmd/out.h"
#include "port/repo/repo.h"

#define NAME_MAX_LEN 63

/* This machine's short name as fleet.yml takes it; "here" when it has none that fits. */
static char *machine_name(void)
{
	char name[NAME_MAX_LEN + 1] = "";

	if (gethostname(name, sizeof name - 1))
		name[0] = '\0';
	name[strcspn(name, ".")] = '\0';
	for (char *p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return xstrdup(name_is_valid(name) ? name : "here");
}

static int make_sandbox(const char *dir, const char *name, struct err *e)
{
	char *sandbox = path_join(dir, INIT_SANDBOX), *motd = path_join(sandbox, "motd");
	char *text = xasprintf("Welcome to %s.\n", name);
	int rc = dir_make(sandbox, 0755, e);

	if (!rc && !file_exists(motd))
		rc = file_write(motd, text, strlen(text), 0644, e);
	free(text);
	free(motd);
	free(sandbox);
	return rc;
}

static int make_repo(const char *dir, bool *made, struct err *e)
{
	struct init_file files[INIT_FILES_MAX];
	struct repo_change changes[INIT_FILES_MAX];
	char *name = machine_name();
	size_t n = init_files(files, dir, name);
	int rc;

	for (size_t i = 0; i < n; i++)
		changes[i] = (struct repo_change){.path = files[i].path,
			.bytes = files[i].text,
			.len = strlen(files[i].text)};
	rc = repo_init(dir, changes, n, NULL, "init: watch this machine\n",
		clock_wall(clock_system()), made, e);
	if (!rc && *made)
		rc = make_sandbox(dir, name, e);
	init_files_free(files, n);
	free(name);
	return rc;
}

static int refuse_others(const char *dir, struct err *e)
{
	char *fleet = path_join(dir, "fleet.yml");
	int rc = 0;

	if (repo_is_at(dir) && !file_exists(fleet))
		rc = err_set(e, ERR_CONFLICT,
			"%s is a repository without a fleet.yml: an ops repo wants one of its own",
			dir);
	free(fleet);
	return rc;
}

int cmd_init(struct cmd *c, struct err *e)
{
	bool made;
	char *dir;
	int rc;

	if (refuse_others(c->args[0], e) || dir_make(c->args[0], 0755, e))
		return -1;
	dir = realpath(c->args[0], NULL);
	if (!dir)
		return err_sys(e, errno, "%s", c->args[0]);
	rc = make_repo(dir, &made, e);
	if (!rc && made)
		out_printf("made an ops repo in %s that watches this machine\n"
			   "next: cd %s && opsdeck\n",
			dir, c->args[0]);
	else if (!rc)
		out_printf("%s is an ops repo already: nothing was changed\n", dir);
	if (!rc && c->option[OPTION_KNOWN_HOSTS])
		rc = init_take_keys(c, dir, e);
	free(dir);
	return rc;
}
