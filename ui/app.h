/*
 * The cockpit as its pages see it: what is known, where we are, and how to ask for things. Draws
 * nothing of a page itself.
 */
#ifndef OPSDECK_UI_APP_H
#define OPSDECK_UI_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "model/request.h"
#include "model/snapshot.h"
#include "ui/canvas.h"
#include "ui/field.h"
#include "ui/keyin.h"
#include "ui/keymap.h"
#include "ui/page.h"
#include "ui/rows.h"
#include "ui/spec.h"
#include "ui/term.h"
#include "ui/theme.h"

struct client;
struct doc;
struct reader;
struct request_wait;

#define PAGES_MAX 24

struct place { /* one page on the way from home to here */
	const struct page_class *class;
	void *state;
	int64_t serial; /* never used again: answers to closed pages are dropped by it */
};

enum prompt { PROMPT_NONE, PROMPT_COMMAND, PROMPT_FILTER };

struct app {
	const struct ui_spec *spec;
	struct loop *loop;
	struct clock clock; /* of the ages: frozen in scripts */
	struct terminal *term;
	struct canvas now, shown; /* being drawn; on the screen */
	struct theme theme;
	struct keymap keymap;
	struct keyin keyin;

	/* What is known. */
	struct reader *reader; /* NULL: no store yet */
	struct snapshot *snap; /* never NULL */
	struct client *client; /* NULL: nobody answers */
	struct request_wait *waits;
	enum role role; /* what the server said we are; viewer without one */
	bool joining;	/* a server was asked for and has not said hello */
	char *user;	/* heap; "" before hello */
	char host[64];	/* this machine's name */
	int watch;	/* inotify on the store's folder, or -1 */
	struct loop_io *watch_io;
	pid_t start_pid; /* starts a server, while start_io is there */
	int start_fd;
	struct loop_io *start_io;
	struct loop_timer *retry_timer; /* joins the server again */
	int64_t retry_ms;

	/* Where we are. */
	struct place places[PAGES_MAX];
	size_t place_count;
	int64_t last_serial;

	/* The line below. */
	enum prompt prompt;
	struct field input;
	struct strs history; /* of commands */
	size_t history_at;
	char *filter_before; /* comes back when Esc leaves the prompt */
	char *message;	     /* stays until the next key */
	bool message_bad;

	struct doc *handover; /* an approval on its way from the dialog to the view that sends it */

	bool dirty, quit;
	int64_t frozen_ms; /* what the frozen clock says */
	struct loop_timer *age_timer, *key_timer;
	struct loop_timer *quiet_timer; /* while it runs, input is thrown away */
	struct loop_io *key_io;
	int64_t drawn_ms; /* mono */
};

/* app.c */
struct app *app_new(const struct ui_spec *spec, struct terminal *term, struct loop *loop);
/* After app_disconnect. */
void app_free(struct app *a);
void app_open(struct app *a, const struct page_class *class, const struct target *target);
/* Back to where the page on top was opened; home stays. */
void app_back(struct app *a);
void app_home(struct app *a);
struct place *app_top(struct app *a);
/* A line for the person; gone with the next key. */
void app_say(struct app *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_complain(struct app *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_dirty(struct app *a);
int64_t app_now(const struct app *a);
/* What rows are made from. */
struct rows_from app_rows_from(struct app *a, const struct target *about);
/* The state of the page that asked, or NULL when it was closed meanwhile. */
void *app_state_of(struct app *a, int64_t serial);
/* Throws away what was typed so far, and whatever comes until it is quiet. */
void app_quieten(struct app *a);
bool app_is_quiet(const struct app *a);

/* data.c */
/* Reads the store and watches it; asks nobody. */
void app_connect(struct app *a);
/* Joins the server, starting one where the spec says how; comes back at once. */
void app_join(struct app *a);
void app_reload(struct app *a);
void app_disconnect(struct app *a);
typedef void app_answer_fn(
	struct app *a, void *state, const struct doc *result, const struct err *error);
typedef void app_progress_fn(struct app *a, void *state, const struct doc *progress);
/* Asks the server for the page on top; takes args. The answer comes later, or never once the page
 * is closed. `progress` may be NULL. Without a server the answer is an error at once. */
void app_request(struct app *a, enum request request, struct doc *args, app_progress_fn *progress,
	app_answer_fn *answer);

/* app_draw.c */
void app_draw(struct app *a);
void app_resize(struct app *a);
int app_save_screen(struct app *a, const char *path, struct err *e) WARN_UNUSED;

/* app_input.c */
void app_listen(struct app *a);
void app_key(struct app *a, int32_t key);
void app_text(struct app *a, const char *text); /* typed letters, for scripts */

/* app_act.c */
unsigned app_contexts(struct app *a);
/* What `/` sets here; NULL: nothing. */
struct filter *app_filter(struct app *a);
/* NULL when it may be done now; otherwise why not. */
const char *app_forbidden(struct app *a, enum action_id action);
/* Whether it would do anything to what the cursor is on: what would not is no hint. */
bool app_offers(struct app *a, enum action_id action);
void app_act(struct app *a, enum action_id action);
void app_suspend(struct app *a);
void app_open_target(struct app *a, const struct target *t);
void app_open_host(struct app *a, const char *host);

/* command.c */
void command_run(struct app *a, const char *line);
/* Completes the word that is being typed. */
void command_complete(struct app *a, struct field *f);
/* The words it could become; nothing before a letter is typed. */
void command_offers(struct app *a, const struct field *f, struct buf *out);
/* Words that `:` knows besides the lists. */
struct command_row {
	const char *name, *aliases, *help;
};
/* The i-th; NULL behind the last. */
const struct command_row *command_row_at(size_t i);

#endif
