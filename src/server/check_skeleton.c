#include "config.h"

#include "server/check_skeleton.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"

#define NAME "@NAME@"

struct part {
	const char *path; /* below the check's folder; NULL: the runbook */
	const char *text;
};

/* It watches something that every Linux has, so that `check run` shows a real finding at once. */
static const struct part parts[] = {
	{"check.yml",
		"# yaml-language-server: $schema=../schema.json\n"
		"title: Open files\n"
		"about: >\n"
		"  How many of the kernel's file handles are in use; without any no program opens "
		"a file or a\n"
		"  connection. The host's params: files_warn (80) and files_crit (95), in "
		"percent.\n"
		"system: Linux kernel\n"
		"applies: {tags: [linux]}\n"
		"every: 5m\n"
		"commands:\n"
		"  handles:\n"
		"    argv: [/usr/bin/cat, /proc/sys/fs/file-nr]\n"
		"    read: {kind: table, columns: [used, free, most]}\n"
		"    reads: [\"cat /proc/sys/fs/file-nr\"]\n"
		"    timeout: 5s\n"
		"facts: |\n"
		"  (.handles.value // [])[0] | (.used | num) as $used | (.most | num) as $most\n"
		"  | {used: $used, most: $most,\n"
		"     share: (if $used == null or ($most // 0) <= 0 then null else $used / $most "
		"end),\n"
		"     warn: (($params.files_warn // 80) / 100), crit: (($params.files_crit // 95) "
		"/ 100)}\n"
		"rules:\n"
		"  - when: .share == null\n"
		"    state: unknown\n"
		"    say: '\"the kernel does not say how many files are open\"'\n"
		"  - when: .share != null and .share >= .crit\n"
		"    state: crit\n"
		"    say: '\"file handles nearly gone: find the program that does not close its "
		"files\"'\n"
		"  - when: .share != null and .share >= .warn and .share < .crit\n"
		"    state: warn\n"
		"    say: '\"many file handles in use: find the program that does not close its "
		"files\"'\n"
		"ok: '\"enough file handles\"'\n"
		"metrics:\n"
		"  - {name: used, unit: ratio, value: .share}\n"},
	{"samples/ok.yml", "about: a quiet host\n"
			   "origin: written\n"
			   "samples:\n"
			   "  handles: {stdout: \"1024\\t0\\t100000\\n\"}\n"},
	{"expected/ok.yml", "state: ok\nsummary: enough file handles\nmetrics: {used: 0.01024}\n"},
	{"samples/warn.yml", "about: past the first limit\n"
			     "origin: written\n"
			     "samples:\n"
			     "  handles: {stdout: \"85000\\t0\\t100000\\n\"}\n"},
	{"expected/warn.yml", "state: warn\n"
			      "summary: \"many file handles in use: find the program that does not "
			      "close its files\"\n"},
	{"samples/crit.yml", "about: the host's own limit\n"
			     "origin: written\n"
			     "params: {files_crit: 50}\n"
			     "samples:\n"
			     "  handles: {stdout: \"60000\\t0\\t100000\\n\"}\n"},
	{"expected/crit.yml", "state: crit\n"
			      "summary: \"file handles nearly gone: find the program that does not "
			      "close its files\"\n"},
	{"samples/unreadable.yml", "about: what is printed is no figure\n"
				   "origin: written\n"
				   "samples:\n"
				   "  handles: {stdout: \"none\\n\"}\n"},
	{"expected/unreadable.yml",
		"state: unknown\nsummary: the kernel does not say how many files are open\n"},
	{"samples/denied.yml", "about: it may not be read\n"
			       "origin: written\n"
			       "samples:\n"
			       "  handles: {exit: 1, stderr: \"cat: /proc/sys/fs/file-nr: "
			       "Permission denied\\n\"}\n"},
	{"expected/denied.yml", "state: unknown\n"
				"summary: \"handles: exit status 1: cat: /proc/sys/fs/file-nr: "
				"Permission denied\"\n"},
	{NULL, "# Open files\n"
	       "\n"
	       "## What it means\n"
	       "\n"
	       "Programs hold many of the kernel's file handles. When none is left, nothing opens "
	       "a file or a\n"
	       "connection any more, logins among them.\n"
	       "\n"
	       "## How bad\n"
	       "\n"
	       "- warn: hours or days, at the rate of the last graph.\n"
	       "- crit: the next program that needs a file may fail.\n"
	       "\n"
	       "## Look first\n"
	       "\n"
	       "- [ ] How many are in use, and how many there are. As `look` on the host:\n"
	       "\n"
	       "```sh\n"
	       "cat /proc/sys/fs/file-nr\n"
	       "```\n"
	       "\n"
	       "- [ ] Who holds them. As root on the host:\n"
	       "\n"
	       "```sh\n"
	       "for p in /proc/[0-9]*; do echo \"$(ls $p/fd 2>/dev/null | wc -l) $(cat $p/comm)\"; "
	       "done | sort -n | tail\n"
	       "```\n"
	       "\n"
	       "## Fix\n"
	       "\n"
	       "- [ ] Restart the service that holds them. As root on the host:\n"
	       "\n"
	       "```sh\n"
	       "systemctl restart SERVICE\n"
	       "```\n"
	       "\n"
	       "## Verify\n"
	       "\n"
	       "- [ ] The finding turns. On the bastion:\n"
	       "\n"
	       "```sh\n"
	       "opsdeck check run " NAME " HOST\n"
	       "```\n"
	       "\n"
	       "## Undo\n"
	       "\n"
	       "- [ ] Nothing to undo: a restart leaves nothing behind.\n"
	       "\n"
	       "## Stop and wake somebody\n"
	       "\n"
	       "- When the handles fill up again within minutes of the restart.\n"},
};

static void fill_in(struct buf *out, const char *text, const char *name)
{
	const char *at;

	while ((at = strstr(text, NAME))) {
		buf_add(out, text, (size_t)(at - text));
		buf_adds(out, name);
		text = at + strlen(NAME);
	}
	buf_adds(out, text);
}

static int put(
	struct strs *made, const char *path, const char *text, const char *name, struct err *e)
{
	char *folder = path_dir(path);
	struct buf b = {0};
	int rc;

	fill_in(&b, text, name);
	rc = dir_make(folder, 0755, e);
	if (!rc && file_exists(path))
		rc = err_set(e, ERR_CONFLICT, "%s is there already", path);
	if (!rc)
		rc = file_write(path, buf_str(&b), b.len, 0644, e);
	if (!rc)
		strs_add(made, path);
	buf_finish(&b);
	free(folder);
	return rc;
}

int check_skeleton(
	struct strs *made, const char *dir, const char *runbooks, const char *name, struct err *e)
{
	char *folder = path_join(dir, name);
	int rc = 0;

	if (!name_is_valid(name))
		rc = err_set(e, ERR_INPUT,
			"\"%.64s\" cannot be a check's name: use a-z, 0-9, '.', '_' and '-'", name);
	else if (file_exists(folder))
		rc = err_set(e, ERR_CONFLICT, "%s is there already", folder);
	for (size_t i = 0; !rc && i < sizeof parts / sizeof *parts; i++) {
		char *path = parts[i].path ? path_join(folder, parts[i].path)
					   : xasprintf("%s/%s.md", runbooks, name);

		rc = put(made, path, parts[i].text, name, e);
		free(path);
	}
	free(folder);
	return rc;
}
