#include "config.h"

#include "ui/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "ui/app.h"
#include "ui/key.h"

#define WAIT_MS 20000
#define SCRIPT_MAX ((size_t)1 << 20)

/* Lets what has come happen, without waiting for more. */
static void settle(struct app *a)
{
	do {
		if (a->dirty)
			app_draw(a);
		loop_step(a->loop, 0);
	} while (a->dirty);
}

static int wait_for(struct app *a, const char *text, struct err *e)
{
	int64_t end = clock_mono(clock_system()) + WAIT_MS;

	for (;;) {
		int64_t left = end - clock_mono(clock_system());

		if (a->dirty)
			app_draw(a);
		if (canvas_has(&a->shown, text))
			return 0;
		if (left <= 0)
			break;
		if (!loop_step(a->loop, left) && !a->client && a->watch < 0)
			break; /* nothing is left that could bring it */
	}
	return err_set(e, ERR_TIMEOUT, "\"%s\" did not come to stand on the screen", text);
}

static int resize(struct app *a, const char *size, struct err *e)
{
	struct strs parts = {0};
	long long w, h;
	int rc = 0;

	strs_split(&parts, size, 'x');
	if (parts.n != 2 || !str_int(parts.v[0], 1, 1000, &w) || !str_int(parts.v[1], 1, 1000, &h))
		rc = err_set(e, ERR_INPUT, "\"%s\" is no size: write 80x24", size);
	else
		term_memory_resize(a->term, (int)w, (int)h);
	strs_finish(&parts);
	if (rc == 0)
		app_resize(a);
	return rc;
}

static int press(struct app *a, const char *word, struct err *e)
{
	int32_t key;

	if (!key_parse(word, strlen(word), &key))
		return err_set(e, ERR_INPUT, "\"%s\" is no key", word);
	app_key(a, key);
	return 0;
}

static int act_named(struct app *a, const char *name, struct err *e)
{
	enum action_id action = action_parse_name(name);

	if (action == DO_COUNT)
		return err_set(e, ERR_INPUT, "there is no action \"%s\"", name);
	free(a->message);
	a->message = NULL;
	app_act(a, action);
	return 0;
}

static void paste(struct app *a, const char *text)
{
	struct place *top = app_top(a);

	if (a->prompt != PROMPT_NONE)
		field_paste(&a->input, text, strlen(text));
	else if (top->class->paste)
		top->class->paste(a, top->state, text, strlen(text));
	app_dirty(a);
}

static int run_line(struct app *a, char *line, struct err *e)
{
	char *arg = line + strcspn(line, " ");

	if (*arg)
		*arg++ = '\0';
	if (strcmp(line, "wait-for") == 0)
		return wait_for(a, arg, e);
	if (strcmp(line, "resize") == 0)
		return resize(a, arg, e);
	if (strcmp(line, "key") == 0)
		return press(a, arg, e);
	if (strcmp(line, "type") == 0)
		app_text(a, arg);
	else if (strcmp(line, "paste") == 0)
		paste(a, arg);
	else if (strcmp(line, "save-screen") == 0)
		return app_save_screen(a, arg, e);
	else
		return act_named(a, line, e);
	return 0;
}

int script_run(struct app *a, const char *path, struct err *e)
{
	struct buf text = {0};
	struct strs lines = {0};
	int rc = file_read(&text, path, SCRIPT_MAX, e);

	strs_split(&lines, buf_str(&text), '\n');
	app_draw(a);
	for (size_t i = 0; rc == 0 && i < lines.n && !a->quit; i++) {
		if (!lines.v[i][0] || lines.v[i][0] == '#')
			continue;
		rc = run_line(a, lines.v[i], e);
		if (rc < 0)
			err_prefix(e, "%s:%zu", path, i + 1);
		else
			settle(a);
	}
	strs_finish(&lines);
	buf_finish(&text);
	return rc;
}
