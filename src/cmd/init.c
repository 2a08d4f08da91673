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
#include "cmd/init_from.h"
#include "cmd/init_keys.h"
#include "cmd/init_scan.h"
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

static int make_repo(
	const char *dir, const char *name, const char *hosts, bool *made, struct err *e)
{
	struct init_file files[INIT_FILES_MAX];
	struct repo_change changes[INIT_FILES_MAX];
	size_t n = init_files(files, dir, name, hosts);
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
	return rc;
}

static bool has_fleet(const char *dir)
{
	char *fleet = path_join(dir, "fleet.yml");
	bool has = file_exists(fleet);

	free(fleet);
	return has;
}

static int refuse_others(const char *dir, struct err *e)
{
	if (repo_is_at(dir) && !has_fleet(dir))
		return err_set(e, ERR_CONFLICT,
			"%s is a repository without a fleet.yml: an ops repo wants one of its own",
			dir);
	return 0;
}

/* ---- what is asked for ---- */

/* The words of the command line, and the hosts to begin with. */
struct plan {
	const char *dir;
	const char *file; /* NULL: the default */
	char *name;	  /* this machine's */
	struct found_hosts found;
	struct buf hosts;
};

static void plan_finish(struct plan *p)
{
	free(p->name);
	found_hosts_finish(&p->found);
	buf_finish(&p->hosts);
}

static bool is_from(const struct cmd *c)
{
	return c->option[OPTION_FROM_SSH_CONFIG] || c->option[OPTION_FROM_ANSIBLE];
}

static bool is_file(const char *path)
{
	return file_exists(path) && !file_is_dir(path);
}

static int empty_here(struct err *e)
{
	struct strs names = {0};
	int rc = dir_list(&names, ".", e);

	if (!rc && names.n)
		rc = err_set(e, ERR_INPUT,
			"this folder is not empty: say which DIR the ops repo shall be made in");
	strs_finish(&names);
	return rc;
}

/* DIR and FILE may come in any order: only one of them is a file. */
static int read_words(const struct cmd *c, struct plan *p, struct err *e)
{
	const char *ssh = c->option[OPTION_FROM_SSH_CONFIG];
	bool words = ssh && !*ssh; /* the only option whose FILE may be a word of its own */
	bool file_first = c->arg_count && words && is_file(c->args[0]);

	p->file = words ? NULL : ssh;
	if (ssh && c->option[OPTION_FROM_ANSIBLE])
		return err_set(e, ERR_INPUT, "--from-ssh-config or --from-ansible, not both");
	if (c->arg_count > file_first)
		p->dir = c->args[file_first];
	if (file_first || c->arg_count > 1) {
		if (!words)
			return err_set(e, ERR_INPUT, "too many words: usage: opsdeck init DIR");
		p->file = c->args[!file_first];
	}
	if (p->dir)
		return 0;
	if (!is_from(c))
		return err_set(e, ERR_INPUT, "usage: opsdeck init DIR");
	p->dir = ".";
	return empty_here(e);
}

static int find_hosts(const struct cmd *c, struct plan *p, struct err *e)
{
	if (!is_from(c))
		return 0;
	if (has_fleet(p->dir))
		return err_set(e, ERR_CONFLICT,
			"%s is an ops repo already: hosts are taken over into a new one", p->dir);
	if (c->option[OPTION_FROM_ANSIBLE]
			? init_from_ansible(&p->found, c->option[OPTION_FROM_ANSIBLE], e)
			: init_from_ssh_config(&p->found, p->file, e))
		return -1;
	if (found_drop(&p->found, p->name))
		out_note("left out: %s is this machine", p->name);
	found_hosts_text(&p->hosts, &p->found, 2);
	return 0;
}

static void tell_hosts(const struct found_hosts *f)
{
	struct out_table table = {.columns = 3};

	for (size_t i = 0; i < f->n; i++) {
		const struct found_host *h = &f->v[i];
		char *tags = strs_join(&h->tags, ", ");

		out_row(&table, (const char *const[]){h->name, h->address, tags});
		for (size_t k = 0; k < h->notes.n; k++)
			out_note("%s: %s", h->name, h->notes.v[k]);
		free(tags);
	}
	out_table_end(&table);
}

static void tell(const struct plan *p, const char *dir, bool made)
{
	if (!made) {
		out_printf("%s is an ops repo already: nothing was changed\n", dir);
		return;
	}
	out_printf("made an ops repo in %s that watches this machine", dir);
	if (p->hosts.len) {
		out_printf(" and %zu hosts\n", p->found.n);
		tell_hosts(&p->found);
		out_printf("next: cd %s, then for each: opsdeck trust HOST, opsdeck init --scan "
			   "HOST\n",
			p->dir);
	} else {
		out_printf("\nnext: ");
		if (!str_eq(p->dir, "."))
			out_printf("cd %s && ", p->dir);
		out_printf("opsdeck\n");
	}
}

static int make(struct cmd *c, struct plan *p, struct err *e)
{
	bool made;
	char *dir;
	int rc;

	if (refuse_others(p->dir, e) || find_hosts(c, p, e) || dir_make(p->dir, 0755, e))
		return -1;
	dir = realpath(p->dir, NULL);
	if (!dir)
		return err_sys(e, errno, "%s", p->dir);
	rc = make_repo(dir, p->name, p->hosts.len ? buf_str(&p->hosts) : NULL, &made, e);
	if (!rc)
		tell(p, dir, made);
	if (!rc && c->option[OPTION_KNOWN_HOSTS])
		rc = init_take_keys(c, dir, e);
	free(dir);
	return rc;
}

int cmd_init(struct cmd *c, struct err *e)
{
	struct plan p;
	int rc;

	if (c->option[OPTION_SCAN])
		return init_scan(c, e);
	p = (struct plan){.name = machine_name()};
	rc = read_words(c, &p, e) ? -1 : make(c, &p, e);
	plan_finish(&p);
	return rc;
}
