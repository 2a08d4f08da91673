#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/strs.h"
#include "client/client.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "store/read.h"

/* ---- help ---- */

static const char *const group_title[GROUP_COUNT] = {
	[GROUP_LOOK] = "Look",
	[GROUP_CHANGE] = "Change",
	[GROUP_ESTATE] = "Estate",
	[GROUP_SERVER] = "Server",
	[GROUP_HIDDEN] = NULL,
};

#define HELP_COLUMNS 70

static void help_group(enum cmd_group group)
{
	size_t column = 0;

	printf("%-7s", group_title[group]);
	for (int i = 0; i < cmd_count; i++) {
		const struct cmd_row *row = &cmd_table[i];
		size_t n = strlen(row->name) + strlen(row->args) + 3;

		if (row->group != group)
			continue;
		if (column && column + n > HELP_COLUMNS) {
			printf(",\n%-7s", "");
			column = 0;
		}
		printf("%s%s%s%s", column ? ", " : " ", row->name, *row->args ? " " : "",
			row->args);
		column += n;
	}
	putchar('\n');
}

#define OPTION_WIDTH 18

static void help_options(uint64_t mask)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *o = &option_table[i];
		char left[40];

		if (!(mask & ((uint64_t)1 << i)))
			continue;
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg ? " " : "",
			o->arg ? o->arg : "");
		if (strlen(left) > OPTION_WIDTH)
			printf("  %s\n  %-*s %s\n", left, OPTION_WIDTH, "", o->help);
		else
			printf("  %-*s %s\n", OPTION_WIDTH, left, o->help);
	}
}

static void help_all(void)
{
	printf("usage: opsdeck [OPTION...] [COMMAND]     without a command: the cockpit\n\n");
	for (int g = 0; g < GROUP_HIDDEN; g++)
		help_group((enum cmd_group)g);
	putchar('\n');
	help_options(OPTIONS_COMMON | OPT(THEME) | OPT(VERSION));
	printf("\n`opsdeck COMMAND --help` says more; opsdeck(1) says all.\n");
}

static void help_row(const struct cmd_row *row)
{
	printf("usage: opsdeck %s%s%s [OPTION...]\n%s\n\n", row->name, *row->args ? " " : "",
		row->args, row->help);
	help_options(OPTIONS_COMMON | row->options);
}

/* ---- the server ---- */

bool cmd_json(const struct cmd *c)
{
	return c->option[OPTION_JSON];
}

struct client_start cmd_start(const struct cmd *c)
{
	return (struct client_start){.program = c->self,
		.repo = c->place.repo,
		.state = c->place.state,
		.socket = c->place.socket,
		.linger = getenv("OPSDECK_LINGER")};
}

int cmd_connect(struct cmd *c, struct client **out, struct err *e)
{
	const struct client_start how = cmd_start(c);

	if (c->option[OPTION_READ_ONLY])
		return err_set(e, ERR_REFUSED, "--read-only asks the server for nothing");
	if (!c->place.system && c->place.repo)
		return client_open_or_start(out, &how, e);
	if (client_open(out, c->place.socket, e))
		return c->place.system ? err_prefix(e, "opsdeck.service") : -1;
	return 0;
}

int cmd_call(struct cmd *c, int request, struct doc *args, struct doc **result, struct err *e)
{
	struct client *client;
	int rc;

	if (cmd_connect(c, &client, e)) {
		doc_free(args);
		return -1;
	}
	rc = client_call(client, (enum request)request, args, NULL, NULL, result, e);
	client_close(client);
	return rc;
}

int cmd_reader(struct cmd *c, struct reader **out, struct err *e)
{
	if (!reader_open(out, c->place.state, e))
		return 0;
	if (e->code == ERR_MISSING)
		err_set(e, ERR_MISSING, "nothing has been looked at yet: run `opsdeck sweep`");
	return -1;
}

/* ---- one run ---- */

int cmd_place(struct cmd *c, struct err *e)
{
	const struct place_hints hints = {.repo = c->option[OPTION_REPO],
		.state = c->option[OPTION_STATE],
		.socket = c->option[OPTION_SOCKET],
		.config = c->option[OPTION_CONFIG]};

	return place_find(&c->place, &hints, e);
}

static int run(struct cmd *c, cockpit_fn *cockpit, struct err *e)
{
	if (c->option[OPTION_HELP]) {
		if (c->row)
			help_row(c->row);
		else
			help_all();
		return 0;
	}
	if (c->option[OPTION_VERSION]) {
		printf("%s\n", PACKAGE_STRING);
		return 0;
	}
	c->self = self_path();
	if ((!c->row || c->row->needs_place) && cmd_place(c, e))
		return -1;
	return c->row ? c->row->run(c, e) : cockpit(c, e);
}

int cmd_main(int argc, char **argv, cockpit_fn *cockpit)
{
	struct cmd c;
	struct err e = {0};
	int rc;

	setlocale(LC_CTYPE, "");
	if (cmd_parse(&c, argc, argv, &e)) {
		out_error("%s", e.msg);
		return err_exit_status(e.code);
	}
	rc = run(&c, cockpit, &e);
	cmd_finish(&c);
	if (rc < 0) {
		out_error("%s", e.msg);
		rc = err_exit_status(e.code);
	}
	if (fflush(stdout) || ferror(stdout))
		rc = rc ? rc : 1;
	return rc;
}
