#include "config.h"

#include "cmd/init_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/init_fit.h"
#include "codec/json.h"

/* %1$s: the machine's name, %2$s: the sandbox as a quoted string, %3$s: what it goes without, %4$s:
 * what follows. */
static const char fleet_yml[] =
	"# The hosts. `opsdeck check-config` says what is wrong with it; opsdeck(1) says all "
	"keys.\n"
	"estate: %1$s\n"
	"sweep: {every: 60s, width: 32, deadline: 30s}\n"
	"hosts:\n"
	"  %1$s:\n"
	"    transport: local\n"
	"    tags: [linux, sandbox]\n"
	"    sandbox: %2$s          # files in here may be changed without sudo\n"
	"%3$s%4$s";

static const char example[] =
	"#  web1:\n"
	"#    address: 192.0.2.11\n"
	"#    tags: [linux]\n"
	"#    managed:\n"
	"#      - {path: /etc/motd, owner: root, group: root, mode: \"0644\"}\n";

static const char policy_yml[] =
	"# How operator and agent work together: the first rule that matches a step decides.\n"
	"# approve: one operator; typed: and types the host's name; two-person; forbid.\n"
	"# Whatever no rule names is typed.\n"
	"freeze: false\n"
	"expires: 1h\n"
	"rules:\n"
	"  - {name: sandbox, hosts: [%s], kinds: [file], action: approve}\n"
	"  - {name: references, kinds: [reference], action: approve}\n";

static const char gitignore[] = "/" INIT_SANDBOX "/\n";

static void add(struct init_file *out, size_t *n, const char *path, char *text)
{
	out[(*n)++] = (struct init_file){.path = path, .text = text};
}

/* Tags as fleet_yml has them. */
static char *without_text(void)
{
	struct strs tags = {0}, unfit = {0};
	char *names, *text;

	strs_add(&tags, "linux");
	strs_add(&tags, "sandbox");
	init_unfit(&unfit, &tags);
	names = strs_join(&unfit, ", ");
	text = unfit.n ? xasprintf("    without: [%s]          # what they look at is not here\n",
				 names)
		       : xstrdup("");
	free(names);
	strs_finish(&unfit);
	strs_finish(&tags);
	return text;
}

static char *fleet_text(const char *dir, const char *name, const char *hosts)
{
	char *path = xasprintf("%s/" INIT_SANDBOX, dir), *without = without_text(), *text;
	struct buf quoted = {0};

	json_write_str(&quoted, path, strlen(path));
	text = xasprintf(fleet_yml, name, buf_str(&quoted), without, hosts ? hosts : example);
	buf_finish(&quoted);
	free(without);
	free(path);
	return text;
}

size_t init_files(struct init_file *out, const char *dir, const char *name, const char *hosts)
{
	static const char *const kept[] = {"checks/.gitkeep", "refs/.gitkeep", "runbooks/.gitkeep",
		"memory/.gitkeep", "changes/.gitkeep"};
	size_t n = 0;

	add(out, &n, "fleet.yml", fleet_text(dir, name, hosts));
	add(out, &n, "policy.yml", xasprintf(policy_yml, name));
	add(out, &n, ".gitignore", xstrdup(gitignore));
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		add(out, &n, kept[i], xstrdup(""));
	return n;
}

void init_files_free(struct init_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(files[i].text);
}
