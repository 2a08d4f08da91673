#include "config.h"

#include "server/check_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "server/check_folder.h"

#define FILE_MAX ((size_t)1 << 20)
#define LISTS_MAX 5
#define CODE_MAX 120
#define TURNS "turns"

/* ---- what the lab breaks ---- */

static void add_turns(struct strs *out, const char *path)
{
	struct strs lines = {0};
	struct buf text = {0};

	if (file_read(&text, path, FILE_MAX, NULL))
		buf_reset(&text);
	strs_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; i < lines.n; i++) {
		const char *s = lines.v[i] + strspn(lines.v[i], " \t");
		size_t n = strlen(TURNS), blanks;

		if (!str_starts(s, TURNS))
			continue;
		blanks = strspn(s + n, " \t");
		if (blanks)
			strs_addn(out, s + n + blanks, strcspn(s + n + blanks, " \t"));
	}
	strs_finish(&lines);
	buf_finish(&text);
}

static void read_lab(struct strs *out, const char *folder)
{
	struct strs names = {0};

	if (!folder || dir_list(&names, folder, NULL))
		return;
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(folder, names.v[i]);

		if (str_ends(path, ".sh"))
			add_turns(out, path);
		free(path);
	}
	strs_finish(&names);
}

/* ---- samples ---- */

struct samples {
	size_t made, written;
};

static void count_samples(struct samples *out, const char *dir, const char *name)
{
	char *folder = xasprintf("%s/%s/samples", dir, name);
	struct strs names = {0};

	*out = (struct samples){0};
	if (!file_is_dir(folder) || dir_list(&names, folder, NULL)) {
		free(folder);
		return;
	}
	for (size_t i = 0; i < names.n; i++) {
		char *path = path_join(folder, names.v[i]);
		struct doc *d = NULL;

		if (str_ends(path, ".yml") && !check_folder_yaml(&d, path, NULL)) {
			if (str_eq(doc_get_str(d, "origin", "made"), "written"))
				out->written++;
			else
				out->made++;
		}
		doc_free(d);
		free(path);
	}
	strs_finish(&names);
	free(folder);
}

/* ---- cells ---- */

/* Code in a cell: a bar would end it. What is long is in check.yml. */
static void add_code(struct buf *out, const char *text)
{
	bool cut = strlen(text) > CODE_MAX;

	buf_addc(out, '`');
	for (size_t i = 0; *text && i < CODE_MAX; i++, text++) {
		if (*text == '|')
			buf_adds(out, "\\|");
		else if (*text == '`')
			buf_addc(out, '\'');
		else if (*text == '\n')
			buf_adds(out, "\\n");
		else
			buf_addc(out, *text);
	}
	buf_adds(out, cut ? " ...`" : "`");
}

static void add_command(struct buf *out, const struct check_command *cmd)
{
	char *argv = strs_join(&cmd->argv, " ");
	char *text = cmd->script ? xasprintf("(script) %s", argv) : xstrdup(argv);

	if (out->len)
		buf_adds(out, "<br>");
	add_code(out, text);
	free(text);
	free(argv);
}

static void add_kind(struct buf *out, const struct check *c, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (c->commands[i].read == c->commands[at].read)
			return;
	buf_addf(out, "%s%s", out->len ? ", " : "", read_kind_name(c->commands[at].read));
}

static void print_row(FILE *out, const struct check *c, const char *dir, const struct strs *broken)
{
	struct buf plain = {0}, sudo = {0}, kinds = {0};
	struct samples n;

	for (size_t i = 0; i < c->command_count; i++) {
		add_command(c->commands[i].sudo ? &sudo : &plain, &c->commands[i]);
		add_kind(&kinds, c, i);
	}
	count_samples(&n, dir, c->name);
	fprintf(out,
		"| %s | [%s](%s/check.yml) | %s | %s | %s | [%s](../runbooks/%s.md) | %zu, %zu | "
		"%s |\n",
		c->system ? c->system : "", c->name, c->name,
		plain.len  ? buf_str(&plain)
		: sudo.len ? ""
			   : "built in",
		sudo.len ? buf_str(&sudo) : "", buf_str(&kinds), c->runbook, c->runbook, n.made,
		n.written, strs_has(broken, c->name) ? "yes" : "");
	buf_finish(&plain);
	buf_finish(&sudo);
	buf_finish(&kinds);
}

/* ---- the table ---- */

static int by_system(const void *a, const void *b)
{
	const struct check *x = a, *y = b;
	int systems;

	if (x->list != y->list)
		return (x->list ? x->list : LISTS_MAX + 1) - (y->list ? y->list : LISTS_MAX + 1);
	systems = strcmp(x->system ? x->system : "", y->system ? y->system : "");
	return systems ? systems : strcmp(x->name, y->name);
}

static int read_checks(
	struct check **out, size_t *n, const struct strs *names, const char *dir, struct err *e)
{
	struct strs all = {0};
	int rc = check_folder_names(&all, dir, names, e);

	*n = 0;
	*out = xcalloc(all.n + 1, sizeof **out);
	for (size_t i = 0; !rc && i < all.n; i++) {
		rc = check_folder_read(&(*out)[*n], dir, all.v[i], e);
		*n += !rc;
	}
	strs_finish(&all);
	return rc;
}

int check_table(
	FILE *out, const struct strs *names, const char *dir, const char *lab, struct err *e)
{
	struct strs broken = {0};
	struct check *checks;
	size_t n;
	int rc = read_checks(&checks, &n, names, dir, e);

	read_lab(&broken, lab);
	if (n)
		qsort(checks, n, sizeof *checks, by_system);
	if (!rc)
		fputs("| system | check | command | sudo line | reading | runbook | samples: made, "
		      "written | lab |\n|---|---|---|---|---|---|---|---|\n",
			out);
	for (size_t i = 0; i < n; i++) {
		if (!rc)
			print_row(out, &checks[i], dir, &broken);
		check_finish(&checks[i]);
	}
	free(checks);
	strs_finish(&broken);
	return rc;
}
