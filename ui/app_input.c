#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strs.h"
#include "ui/app.h"
#include "ui/key.h"

static void end_prompt(struct app *a)
{
	a->prompt = PROMPT_NONE;
	field_set(&a->input, "");
	free(a->filter_before);
	a->filter_before = NULL;
	app_dirty(a);
}

static void apply_filter(struct app *a, const char *text)
{
	struct filter *f = app_filter(a);
	struct place *top = app_top(a);
	struct err e;

	if (!f)
		return;
	if (filter_set(f, text, &e) < 0) {
		app_complain(a, "%s", e.msg);
		return;
	}
	if (top->class->news)
		top->class->news(a, top->state);
	app_dirty(a);
}

static void run_command(struct app *a)
{
	char *line = xstrdup(field_text(&a->input));

	end_prompt(a);
	if (line[0]) {
		strs_add(&a->history, line);
		command_run(a, line);
	}
	free(line);
}

/* Older or newer commands. */
static void recall(struct app *a, bool older)
{
	if (older && a->history_at > 0)
		a->history_at--;
	else if (!older && a->history_at < a->history.n)
		a->history_at++;
	field_set(&a->input, a->history_at < a->history.n ? a->history.v[a->history_at] : "");
}

static void prompt_key(struct app *a, int32_t key)
{
	switch (key) {
	case KEYCODE_ESC:
	case KEY_MOD_CTRL | 'g':
	case KEY_MOD_CTRL | 'c':
		if (a->prompt == PROMPT_FILTER)
			apply_filter(a, a->filter_before ? a->filter_before : "");
		end_prompt(a);
		return;
	case KEYCODE_ENTER:
		if (a->prompt == PROMPT_COMMAND)
			run_command(a);
		else
			end_prompt(a);
		return;
	case KEYCODE_TAB:
		if (a->prompt == PROMPT_COMMAND)
			command_complete(a, &a->input);
		break;
	case KEYCODE_UP:
	case KEYCODE_DOWN:
		if (a->prompt == PROMPT_COMMAND)
			recall(a, key == KEYCODE_UP);
		break;
	case KEYCODE_BACKSPACE:
		if (!field_text(&a->input)[0]) {
			prompt_key(a, KEYCODE_ESC);
			return;
		}
		field_key(&a->input, key);
		break;
	default:
		field_key(&a->input, key);
		break;
	}
	if (a->prompt == PROMPT_FILTER)
		apply_filter(a, field_text(&a->input));
	app_dirty(a);
}

void app_key(struct app *a, int32_t key)
{
	struct place *top = app_top(a);
	enum action_id action;

	free(a->message);
	a->message = NULL;
	app_dirty(a);
	if (a->prompt != PROMPT_NONE) {
		prompt_key(a, key);
		return;
	}
	if (key == (KEY_MOD_CTRL | 'c')) {
		a->quit = true;
		return;
	}
	action = keymap_find(&a->keymap, key, app_contexts(a));
	if (action != DO_COUNT)
		app_act(a, action);
	else if (top->class->key)
		top->class->key(a, top->state, key);
}

void app_text(struct app *a, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		int32_t cp;
		size_t used = safe_decode(text, n, &cp);

		app_key(a, cp == ' ' ? KEYCODE_SPACE : cp == '\n' ? KEYCODE_ENTER : cp);
		text += used;
		n -= used;
	}
}

static void typed(void *arg, int32_t key)
{
	struct app *a = arg;

	if (a->quiet_timer) {
		app_quieten(a); /* still typing ahead: wait on */
		return;
	}
	app_key(a, key);
}

/* Pasted text is text where text is wanted, and nothing elsewhere. */
static void pasted(void *arg, const char *text, size_t n)
{
	struct app *a = arg;
	struct place *top = app_top(a);

	if (a->quiet_timer) {
		app_quieten(a);
		return;
	}
	if (a->prompt != PROMPT_NONE)
		field_paste(&a->input, text, n);
	else if (top->class->paste)
		top->class->paste(a, top->state, text, n);
	else
		app_say(a, "pasted text is not run as keys");
	app_dirty(a);
}

static struct keyin_handlers handlers(struct app *a)
{
	return (struct keyin_handlers){.key = typed, .paste = pasted, .arg = a};
}

static void key_timeout(void *arg)
{
	struct app *a = arg;
	struct keyin_handlers to = handlers(a);

	a->key_timer = NULL;
	keyin_timeout(&a->keyin, &to);
}

static void readable(void *arg, int fd, short revents)
{
	struct app *a = arg;
	struct keyin_handlers to = handlers(a);
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof bytes);
	int wait;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
		(n < 0 && (revents & (POLLHUP | POLLERR)))) {
		a->quit = true; /* the terminal is gone */
		return;
	}
	if (n > 0)
		keyin_bytes(&a->keyin, bytes, (size_t)n, &to);
	loop_timer_del(a->key_timer);
	a->key_timer = NULL;
	wait = keyin_wait_ms(&a->keyin);
	if (wait)
		a->key_timer = loop_timer_add(a->loop, wait, key_timeout, a);
}

void app_listen(struct app *a)
{
	if (a->term->fd >= 0)
		a->key_io = loop_io_add(a->loop, a->term->fd, POLLIN, readable, a);
}
