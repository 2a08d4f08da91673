#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "ui/app.h"

static void open_list(struct app *a, const struct rows_source *source)
{
	struct target t = {.kind = xstrdup(source->name)};

	app_open(a, &page_list, &t);
	target_finish(&t);
}

static void do_quit(struct app *a, const char *arg)
{
	(void)arg;
	a->quit = true;
}

static void do_home(struct app *a, const char *arg)
{
	(void)arg;
	app_home(a);
}

static void do_help(struct app *a, const char *arg)
{
	(void)arg;
	app_open(a, &page_help, NULL);
}

static void do_incoming(struct app *a, const char *arg)
{
	(void)arg;
	app_open(a, &page_incoming, NULL);
}

static void do_sweep(struct app *a, const char *arg)
{
	(void)arg;
	app_act(a, DO_SWEEP);
}

static void do_adopt(struct app *a, const char *arg)
{
	struct target t = {.host = *arg ? xstrdup(arg) : NULL};

	if (app_forbidden(a, DO_ADOPT))
		app_complain(a, "adopt: %s", app_forbidden(a, DO_ADOPT));
	else
		app_open(a, &page_adopt, &t);
	target_finish(&t);
}

static void open_check(struct app *a, const char *name)
{
	struct target t = {.kind = xstrdup(rows_findings.name), .check = xstrdup(name)};

	app_open(a, &page_list, &t);
	target_finish(&t);
}

static void do_host(struct app *a, const char *arg)
{
	if (!snapshot_host(a->snap, arg))
		app_complain(a, "no host \"%s\" in fleet.yml", arg);
	else
		app_open_host(a, arg);
}

static void open_doc(struct app *a, const char *kind, const char *name)
{
	struct target t = {.kind = xstrdup(kind), .name = xstrdup(name)};

	app_open(a, &page_doc, &t);
	target_finish(&t);
}

static void do_policy(struct app *a, const char *arg)
{
	(void)arg;
	open_doc(a, "policy", "policy.yml");
}

static void do_fleet_file(struct app *a, const char *arg)
{
	(void)arg;
	open_doc(a, "fleet", "fleet.yml");
}

static const struct command {
	struct command_row row;
	void (*run)(struct app *a, const char *arg);
} commands[] = {
	{{"home", "h", "the six panes"}, do_home},
	{{"host", "", "NAME: one host"}, do_host},
	{{"incoming", "in", "what the branch has that is not accepted"}, do_incoming},
	{{"policy", "pol", "the cooperation agreement in force"}, do_policy},
	{{"fleet.yml", "", "the fleet file in force"}, do_fleet_file},
	{{"sweep", "", "look at all hosts now"}, do_sweep},
	{{"adopt", "", "[HOST]: take what is live as the reference"}, do_adopt},
	{{"help", "?", "keys and commands"}, do_help},
	{{"quit", "q! exit", "leave opsdeck"}, do_quit},
	{{NULL, NULL, NULL}, NULL},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static bool is_named(const char *name, const char *aliases, const char *word)
{
	struct strs all = {0};
	bool hit;

	strs_split(&all, aliases, ' ');
	hit = strcmp(name, word) == 0 || strs_has(&all, word);
	strs_finish(&all);
	return hit;
}

void command_run(struct app *a, const char *line)
{
	size_t n;
	char *word;
	const char *arg;
	const struct rows_source *source;

	line += strspn(line, " :");
	n = strcspn(line, " ");
	word = xstrndup(line, n);
	arg = line + n + strspn(line + n, " ");
	for (size_t i = 0; commands[i].run; i++) {
		if (is_named(commands[i].row.name, commands[i].row.aliases, word)) {
			commands[i].run(a, arg);
			free(word);
			return;
		}
	}
	source = rows_source_find(word);
	if (source)
		open_list(a, source);
	else if (snapshot_host(a->snap, word))
		do_host(a, word);
	else if (snapshot_check(a->snap, word))
		open_check(a, word);
	else if (*word)
		app_complain(a, "no view \"%s\"; ? lists what there is", word);
	free(word);
}

/* What the words have in common that could stand there. */
struct offers {
	const char *typed;
	char *shared; /* what they all begin with */
	size_t hits;
	struct buf *names; /* or NULL */
};

static void offer(struct offers *o, const char *name)
{
	size_t n = 0;

	if (!str_starts(name, o->typed))
		return;
	if (o->names)
		buf_addf(o->names, "%s%s", o->hits ? "  " : "", name);
	if (!o->hits++) {
		o->shared = xstrdup(name);
		return;
	}
	while (o->shared[n] && o->shared[n] == name[n])
		n++;
	o->shared[n] = '\0';
}

/* Hosts where one is wanted; otherwise commands, views, and what needs no command: checks and
 * hosts. */
static void offer_all(struct app *a, struct offers *o, bool hosts_alone)
{
	for (size_t i = 0; !hosts_alone && commands[i].run; i++)
		offer(o, commands[i].row.name);
	for (size_t i = 0; !hosts_alone && rows_sources[i]; i++)
		offer(o, rows_sources[i]->name);
	for (size_t i = 0; !hosts_alone && i < a->snap->check_count; i++) {
		if (!rows_source_find(a->snap->checks[i].name))
			offer(o, a->snap->checks[i].name);
	}
	for (size_t i = 0; i < a->snap->host_count; i++)
		offer(o, a->snap->hosts[i].name);
}

/* Where the word that is being typed begins; hosts: a command that wants one stands before it. */
static size_t word_at(const char *line, bool *hosts)
{
	*hosts = str_starts(line, "host ") || str_starts(line, "adopt ");
	return *hosts ? strcspn(line, " ") + 1 : 0;
}

void command_complete(struct app *a, struct field *f)
{
	char *line = xstrdup(field_text(f)), *whole;
	bool hosts;
	size_t at = word_at(line, &hosts);
	struct offers o = {.typed = line + at};

	offer_all(a, &o, hosts);
	if (o.hits) {
		whole = xasprintf("%.*s%s", (int)at, line, o.shared);
		field_set(f, whole);
		free(whole);
		if (o.hits == 1 && !hosts)
			field_key(f, ' ');
	}
	free(o.shared);
	free(line);
}

void command_offers(struct app *a, const struct field *f, struct buf *out)
{
	const char *line = field_text(f);
	bool hosts;
	size_t at = word_at(line, &hosts);
	struct offers o = {.typed = line + at, .names = out};

	if (line[0])
		offer_all(a, &o, hosts);
	free(o.shared);
}

const struct command_row *command_row_at(size_t i)
{
	return i + 1 < COMMAND_COUNT ? &commands[i].row : NULL;
}
