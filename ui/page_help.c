#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/textpage.h"

#define FILTER_TITLE 240
#define KEYS_COLUMN 3
#define NAME_COLUMN 24
#define HELP_COLUMN 40

struct help {
	unsigned contexts; /* of the view that was asked about */
	struct filter filter;
	struct text text;
};

static void *open_help(struct app *a, const struct target *target)
{
	struct help *h = xcalloc(1, sizeof *h);

	(void)target;
	text_init(&h->text, &a->now, 0);
	a->place_count--; /* what works below this view, not in it */
	h->contexts = app_contexts(a);
	a->place_count++;
	return h;
}

static void close_help(struct app *a, void *state)
{
	struct help *h = state;

	(void)a;
	text_finish(&h->text);
	filter_finish(&h->filter);
	free(h);
}

static bool is_wanted(
	const struct filter *only, const char *left, const char *name, const char *help)
{
	char *all = xasprintf("%s %s %s", left, name, help);
	bool wanted = filter_matches(only, all);

	free(all);
	return wanted;
}

static void add_action(struct app *a, struct text *t, enum action_id i, const struct filter *only)
{
	const char *why = app_forbidden(a, i);
	char keys[96];

	keymap_keys(&a->keymap, i, keys, sizeof keys);
	if (!is_wanted(only, keys, action_table[i].name, action_table[i].help))
		return;
	text_to(t, KEYS_COLUMN);
	text_add(t, why ? AS_DIM : AS_KEY, keys);
	text_to(t, t->column + 1 > NAME_COLUMN ? t->column + 1 : NAME_COLUMN);
	text_add(t, AS_DIM, action_table[i].name);
	text_to(t, t->column + 1 > HELP_COLUMN ? t->column + 1 : HELP_COLUMN);
	t->indent = HELP_COLUMN;
	text_words(t, why ? AS_DIM : AS_TEXT, action_table[i].help);
	if (why) {
		text_add(t, AS_TEXT, " ");
		text_add(t, AS_WARN, "(");
		text_words(t, AS_WARN, why);
		text_add(t, AS_WARN, ")");
	}
	text_break(t);
	t->indent = 0;
}

static void heading(struct text *t, const char *s)
{
	if (t->line_count)
		text_break(t);
	text_last(t)->mark = true;
	text_addf(t, AS_HEADING, " %s", s);
	text_break(t);
}

static void add_command(struct text *t, const char *name, const char *aliases, const char *help,
	const struct filter *only)
{
	if (!is_wanted(only, name, aliases, help))
		return;
	text_to(t, KEYS_COLUMN);
	text_addf(t, AS_KEY, ":%s", name);
	text_to(t, NAME_COLUMN);
	text_add(t, AS_DIM, aliases);
	text_to(t, t->column + 1 > HELP_COLUMN ? t->column + 1 : HELP_COLUMN);
	t->indent = HELP_COLUMN;
	text_words(t, AS_TEXT, help);
	text_break(t);
	t->indent = 0;
}

static void add_actions(struct app *a, struct help *h, bool here)
{
	for (int i = 0; i < DO_COUNT; i++) {
		if (((action_table[i].contexts & h->contexts) != 0) == here)
			add_action(a, &h->text, (enum action_id)i, &h->filter);
	}
}

static void add_conflicts(struct app *a, struct text *t)
{
	struct strs conflicts = {0};

	keymap_conflicts(&a->keymap, &conflicts);
	if (conflicts.n)
		heading(t, "Keys that two actions want");
	for (size_t i = 0; i < conflicts.n; i++) {
		text_addf(t, AS_WARN, "   %s", conflicts.v[i]);
		text_break(t);
	}
	strs_finish(&conflicts);
}

static void draw_help(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct help *h = state;
	char title[FILTER_TITLE];
	struct frame f = {.title = title, .focus = true};
	struct text *t = &h->text;

	snprintf(title, sizeof title, "Help%s%s", h->filter.text ? "  /" : "",
		h->filter.text ? h->filter.text : "");
	text_clear(t);
	t->wrap = textpage_wrap(at);
	heading(t, "Keys that work here");
	add_actions(a, h, true);
	add_conflicts(a, t);
	heading(t, "Commands");
	for (size_t i = 0; command_row_at(i); i++)
		add_command(t, command_row_at(i)->name, command_row_at(i)->aliases,
			command_row_at(i)->help, &h->filter);
	for (size_t i = 0; rows_sources[i]; i++)
		add_command(t, rows_sources[i]->name, rows_sources[i]->aliases,
			rows_sources[i]->help, &h->filter);
	heading(t, "Keys that work elsewhere");
	add_actions(a, h, false);
	textpage_draw(t, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct help *h = state;

	if (action == DO_HELP) {
		app_back(a);
		return true;
	}
	if (action == DO_BACK && h->filter.text) {
		filter_finish(&h->filter);
		return true;
	}
	return textpage_act(&h->text, action);
}

static struct filter *filter(void *state)
{
	return &((struct help *)state)->filter;
}

static void crumb(void *state, struct buf *out)
{
	(void)state;
	buf_adds(out, "help");
}

static void say(struct app *a, void *state, struct buf *out)
{
	(void)a;
	(void)state;
	buf_adds(out, "keys.yml in ~/.config/opsdeck changes them: `action: key` or `action: [key, "
		      "key]`");
}

const struct page_class page_help = {
	.name = "help",
	.contexts = IN_TEXT | IN_HELP,
	.open = open_help,
	.close = close_help,
	.draw = draw_help,
	.act = act,
	.filter = filter,
	.crumb = crumb,
	.say = say,
};
