#include "config.h"

#include "ui/ui.h"

#include <signal.h>

#include "ui/app.h"
#include "ui/key.h"
#include "ui/script.h"
#include "ui/settings.h"

static void on_signal(void *arg, int signo)
{
	struct app *a = arg;

	switch (signo) {
	case SIGWINCH:
		app_resize(a);
		break;
	case SIGTSTP:
		app_suspend(a);
		break;
	case SIGCONT: /* stopped by SIGSTOP: the terminal may be in any state */
		a->term->ops->resume(a->term);
		app_act(a, DO_REDRAW);
		break;
	case SIGINT:
		app_key(a, KEY_MOD_CTRL | 'c');
		break;
	default:
		a->quit = true;
		break;
	}
}

static void catch_signals(struct app *a)
{
	static const int signals[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP, SIGQUIT};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		loop_signal(a->loop, signals[i], on_signal, a);
	signal(SIGPIPE, SIG_IGN); /* a server that went away is an error of the write */
}

static void read_settings(struct app *a)
{
	struct strs conflicts = {0};
	struct err e;

	if (settings_theme(&a->theme, a->spec->theme, &e) < 0)
		app_complain(a, "theme: %s", e.msg);
	a->term->ops->theme(a->term, &a->theme);
	if (a->spec->script) /* whoever runs a test has keys of their own */
		return;
	if (settings_keys(&a->keymap, &e) < 0)
		app_complain(a, "keys: %s", e.msg);
	keymap_conflicts(&a->keymap, &conflicts);
	if (conflicts.n)
		app_complain(a, "%s", conflicts.v[0]);
	strs_finish(&conflicts);
}

static void run_person(struct app *a)
{
	catch_signals(a);
	app_listen(a);
	app_draw(a); /* what is known stands there before anybody is asked */
	app_join(a);
	while (!a->quit) {
		if (a->dirty)
			app_draw(a);
		if (!a->quit && !loop_step(a->loop, -1))
			break;
	}
}

static int run(const struct ui_spec *spec, struct terminal *term, struct err *e)
{
	struct loop *loop = loop_new(clock_system());
	struct app *a = app_new(spec, term, loop);
	int rc = 0;

	app_connect(a);
	read_settings(a);
	app_open(a, &page_home, NULL);
	if (spec->script) {
		app_join(a);
		rc = script_run(a, spec->script, e);
	} else {
		run_person(a);
	}
	app_disconnect(a);
	app_free(a);
	loop_free(loop);
	return rc;
}

int ui_main(const struct ui_spec *spec, struct err *e)
{
	struct terminal *term = NULL;
	int rc;

	if (spec->script)
		term = term_memory_new(spec->width, spec->height, false);
	else if (term_ncurses_new(&term, e) < 0)
		return -1;
	rc = run(spec, term, e);
	term->ops->free(term);
	return rc;
}

int ui_version(void)
{
	return 0;
}
