#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "cmd/cmd.h"

/* Matches "check run" against two words; 0 = another command, else how many words it took. */
static int match_name(const char *name, int argc, char **argv)
{
	const char *blank = strchr(name, ' ');
	size_t first = blank ? (size_t)(blank - name) : strlen(name);

	if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first))
		return 0;
	if (!blank)
		return 1;
	return argc > 1 && str_eq(argv[1], blank + 1) ? 2 : 0;
}

static const struct cmd_row *find_row(int argc, char **argv, int *words)
{
	for (int i = 0; i < cmd_count; i++) {
		*words = match_name(cmd_table[i].name, argc, argv);
		if (*words)
			return &cmd_table[i];
	}
	return NULL;
}

/* Among the options of `mask`: two commands may give one name another meaning. */
static int find_option(const char *text, size_t n, uint64_t mask)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if ((mask & ((uint64_t)1 << i)) && strlen(option_table[i].name) == n &&
			!strncmp(option_table[i].name, text, n))
			return i;
	return OPTION_COUNT;
}

static uint64_t taken_by(const struct cmd_row *row)
{
	return OPTIONS_COMMON | (row ? row->options : OPTIONS_COCKPIT);
}

/* Its value is the next word where none is behind "=". */
static bool wants_word(int o)
{
	return option_table[o].arg && *option_table[o].arg != '[';
}

/* One option at argv[*at]; moves *at past it. */
static int take_option(struct cmd *c, int argc, char **argv, int *at, struct err *e)
{
	const char *text = argv[*at] + 2, *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);
	int o = find_option(text, n, taken_by(c->row));
	bool wants_value;

	if (o == OPTION_COUNT)
		return err_set(e, ERR_INPUT,
			"%s%s takes no option --%.*s; see `opsdeck%s%s --help`",
			c->row ? "opsdeck " : "opsdeck", c->row ? c->row->name : "", (int)n, text,
			c->row ? " " : "", c->row ? c->row->name : "");
	wants_value = wants_word(o);
	if (!option_table[o].arg && equals)
		return err_set(e, ERR_INPUT, "--%s takes no value", option_table[o].name);
	if (wants_value && !equals && *at + 1 >= argc)
		return err_set(e, ERR_INPUT, "--%s wants a value: %s", option_table[o].name,
			option_table[o].arg);
	if (c->option[o])
		return err_set(e, ERR_INPUT, "--%s is given twice", option_table[o].name);
	c->option[o] = equals ? equals + 1 : wants_value ? argv[++*at] : "";
	++*at;
	return 0;
}

static int count_args(const struct cmd *c, struct err *e)
{
	const struct cmd_row *row = c->row;

	if (!row || c->option[OPTION_HELP])
		return 0;
	if (c->arg_count < row->min_args)
		return err_set(e, ERR_INPUT, "usage: opsdeck %s %s", row->name, row->args);
	if (c->arg_count > row->max_args)
		return err_set(
			e, ERR_INPUT, "too many words: usage: opsdeck %s %s", row->name, row->args);
	return 0;
}

/* The first word that is no option, after options that all commands take. */
static int first_word(int argc, char **argv)
{
	int i = 1;

	while (i < argc && str_starts(argv[i], "--")) {
		const char *text = argv[i] + 2, *equals = strchr(text, '=');
		int o = find_option(text, equals ? (size_t)(equals - text) : strlen(text), ~0ULL);

		i += o < OPTION_COUNT && wants_word(o) && !equals ? 2 : 1;
	}
	return i;
}

int cmd_parse(struct cmd *out, int argc, char **argv, struct err *e)
{
	int word = first_word(argc, argv), words = 0;
	bool plain = false; /* behind "--" */

	*out = (struct cmd){.args = xcalloc((size_t)argc + 1, sizeof(char *))};
	if (word < argc) {
		out->row = find_row(argc - word, argv + word, &words);
		if (!out->row) {
			err_set(e, ERR_INPUT, "there is no command `%s`; see `opsdeck --help`",
				argv[word]);
			cmd_finish(out);
			return -1;
		}
	}
	for (int i = 1; i < argc;) {
		if (i == word && words) {
			i += words;
		} else if (!plain && str_eq(argv[i], "--")) {
			plain = true;
			i++;
		} else if (!plain && str_starts(argv[i], "--")) {
			if (take_option(out, argc, argv, &i, e)) {
				cmd_finish(out);
				return -1;
			}
		} else {
			out->args[out->arg_count++] = argv[i++];
		}
	}
	if (count_args(out, e)) {
		cmd_finish(out);
		return -1;
	}
	return 0;
}

void cmd_finish(struct cmd *c)
{
	free(c->args);
	free(c->self);
	place_finish(&c->place);
	*c = (struct cmd){0};
}
