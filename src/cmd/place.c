#include "config.h"

#include "cmd/place.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/strs.h"
#include "server/serve_file.h"

#define REPO_ID_DIGITS 12

void place_finish(struct place *p)
{
	free(p->repo);
	free(p->state);
	free(p->socket);
	free(p->config);
	*p = (struct place){0};
}

static char *home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw;

	if (!str_empty(dir))
		return xstrdup(dir);
	pw = getpwuid(getuid());
	return xstrdup(pw ? pw->pw_dir : "/");
}

char *place_state(const char *repo)
{
	const char *base = getenv("XDG_STATE_HOME");
	char *real = realpath(repo, NULL), *of_home = home(), *out;
	char hex[SHA256_HEX];

	sha256_hex(hex, real ? real : repo, strlen(real ? real : repo));
	hex[REPO_ID_DIGITS] = '\0';
	if (!str_empty(base) && *base == '/')
		out = xasprintf("%s/opsdeck/%s", base, hex);
	else
		out = xasprintf("%s/.local/state/opsdeck/%s", of_home, hex);
	free(of_home);
	free(real);
	return out;
}

char *place_around(void)
{
	char *dir = getcwd(NULL, 0);

	while (dir) {
		char *git = path_join(dir, ".git"), *fleet = path_join(dir, "fleet.yml");
		bool found = file_exists(git) && file_exists(fleet);
		char *up;

		free(git);
		free(fleet);
		if (found)
			return dir;
		up = path_dir(dir);
		if (str_eq(up, dir)) {
			free(up);
			break;
		}
		free(dir);
		dir = up;
	}
	free(dir);
	return NULL;
}

/* Absolute, with what is there resolved: a socket or folder may not exist yet. */
static char *absolute(const char *path)
{
	char *real = realpath(path, NULL), *dir, *out;

	if (real)
		return real;
	if (*path == '/')
		return xstrdup(path);
	dir = getcwd(NULL, 0);
	out = path_join(dir ? dir : "/", path);
	free(dir);
	return out;
}

static int from_file(struct place *out, const char *path, struct err *e)
{
	struct serve_file file;

	if (serve_file_load(&file, path, e))
		return -1;
	out->config = xstrdup(path);
	out->repo = xstrdup(file.repo);
	out->state = xstrdup(file.state);
	out->socket = xstrdup(file.socket);
	serve_file_finish(&file);
	return 0;
}

static int find_repo(struct place *out, const char *hint, struct err *e)
{
	const char *env = getenv("OPSDECK_REPO");
	char *around;

	if (!hint && !out->repo) {
		around = place_around();
		if (around) {
			out->repo = around;
			return 0;
		}
		hint = str_empty(env) ? NULL : env;
	}
	if (hint) {
		free(out->repo);
		out->repo = realpath(hint, NULL);
		if (!out->repo)
			return err_sys(e, errno, "%s", hint);
	}
	if (!out->repo)
		return err_set(e, ERR_MISSING,
			"there is no ops repo here: go to one, name it with --repo or "
			"$OPSDECK_REPO, "
			"or make one with `opsdeck init DIR`");
	return 0;
}

static void take(char **field, const char *hint)
{
	if (!hint)
		return;
	free(*field);
	*field = absolute(hint);
}

int place_find(struct place *out, const struct place_hints *hints, struct err *e)
{
	const char *env_state = getenv("OPSDECK_STATE");
	bool own = hints->repo || hints->state || getenv("OPSDECK_REPO");

	*out = (struct place){0};
	if (hints->config ? from_file(out, hints->config, e)
			  : !own && file_exists(SERVE_FILE_SYSTEM) &&
				    from_file(out, SERVE_FILE_SYSTEM, e)) {
		place_finish(out);
		return -1;
	}
	out->system = !hints->config && out->config;
	/* With a state or a socket named, everything else can be asked of the server. */
	if (find_repo(out, hints->repo, e) && !hints->state) {
		place_finish(out);
		return -1;
	}
	take(&out->state, hints->state);
	if (!out->state && !str_empty(env_state))
		take(&out->state, env_state);
	if (!out->state)
		out->state = place_state(out->repo);
	take(&out->socket, hints->socket);
	if (!out->socket)
		out->socket = path_join(out->state, "sock");
	return 0;
}
