#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strs.h"
#include "client/client.h"
#include "codec/doc.h"
#include "store/read.h"
#include "ui/app.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS 30000

/* A request that was sent for a page. */
struct request_wait {
	struct request_wait *next;
	struct app *app;
	int64_t page; /* serial of the page that asked */
	app_progress_fn *progress;
	app_answer_fn *answer;
};

static void open_reader(struct app *a)
{
	struct err e;

	if (a->reader)
		return;
	if (reader_open(&a->reader, a->spec->state, &e) < 0) {
		a->reader = NULL;
		if (e.code != ERR_MISSING)
			app_complain(a, "%s", e.msg);
	}
}

static void take_snapshot(struct app *a, struct snapshot *now)
{
	snapshot_free(a->snap);
	a->snap = now;
	for (size_t i = 0; i < a->place_count; i++) {
		if (a->places[i].class->news)
			a->places[i].class->news(a, a->places[i].state);
	}
	app_dirty(a);
}

void app_reload(struct app *a)
{
	struct snapshot *now = NULL;
	struct err e;

	open_reader(a);
	if (!a->reader || (a->snap->seq && reader_seq(a->reader) == a->snap->seq))
		return;
	if (reader_snapshot(a->reader, &now, &e) == 0 && now->seq >= reader_seq(a->reader)) {
		take_snapshot(a, now);
		return;
	}
	/* Unreadable, or older than what was said: it was deleted and made anew under our feet. */
	snapshot_free(now);
	now = NULL;
	reader_close(a->reader);
	a->reader = NULL;
	open_reader(a);
	if (!a->reader)
		return;
	if (reader_snapshot(a->reader, &now, &e) == 0)
		take_snapshot(a, now);
	else
		app_complain(a, "the store cannot be read: %s", e.msg);
}

/* Something happened in the store's folder: only store.seq tells of a commit. */
static void folder_changed(void *arg, int fd, short revents)
{
	struct app *a = arg;
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool news = false;
	ssize_t n;

	(void)revents;
	while ((n = read(fd, bytes, sizeof bytes)) > 0) {
		for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
			const struct inotify_event *ev = (const void *)(bytes + at);

			news = news || (ev->len && strcmp(ev->name, "store.seq") == 0);
			at += (ssize_t)(sizeof *ev + ev->len);
		}
	}
	if (news)
		app_reload(a);
}

static void watch_folder(struct app *a)
{
	a->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (a->watch < 0)
		return;
	if (inotify_add_watch(a->watch, a->spec->state,
		    IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) < 0) {
		close(a->watch);
		a->watch = -1;
		return;
	}
	a->watch_io = loop_io_add(a->loop, a->watch, POLLIN, folder_changed, a);
}

static void news(void *arg, int64_t seq)
{
	struct app *a = arg;

	if (seq != a->snap->seq)
		app_reload(a);
}

static void try_again(void *arg)
{
	struct app *a = arg;

	a->retry_timer = NULL;
	app_join(a);
}

/* Later, and later still each time. */
static void retry(struct app *a)
{
	a->retry_ms = a->retry_ms ? a->retry_ms * 2 : RETRY_FIRST_MS;
	if (a->retry_ms > RETRY_MOST_MS)
		a->retry_ms = RETRY_MOST_MS;
	loop_timer_del(a->retry_timer);
	a->retry_timer =
		a->spec->script ? NULL : loop_timer_add(a->loop, a->retry_ms, try_again, a);
}

static void gone(void *arg, const struct err *why)
{
	struct app *a = arg;

	client_close(a->client);
	a->client = NULL;
	a->joining = false;
	a->role = ROLE_VIEWER;
	app_complain(
		a, "the server is gone (%s); what stands here is the store's last word", why->msg);
	retry(a);
}

static void hello(void *arg, const struct doc *result, const struct err *error)
{
	struct app *a = arg;
	const char *role = doc_get_str(result, "role", "");

	a->joining = false;
	if (error) {
		app_complain(a, "%s", error->msg);
		return;
	}
	if (!role_parse(role, &a->role))
		a->role = ROLE_VIEWER;
	free(a->user);
	a->user = xstrdup(doc_get_str(result, "user", ""));
	app_dirty(a);
}

static void joined(struct app *a)
{
	if (a->retry_ms)
		app_say(a, "the server is back");
	a->retry_ms = 0;
	a->joining = true;
	client_attach(a->client, a->loop, news, gone, a);
	client_send(a->client, REQUEST_HELLO, NULL, NULL, hello, a);
	if (a->watch < 0) /* the server may have made the folder just now */
		watch_folder(a);
	app_reload(a);
}

/* The child that starts a server has ended: what it says is why it could not. */
static void started(void *arg, int fd, short revents)
{
	struct app *a = arg;
	char why[ERR_MSG_MAX];
	ssize_t n = read(fd, why, sizeof why - 1);
	struct err e = {0};

	(void)revents;
	loop_io_del(a->start_io);
	a->start_io = NULL;
	close(fd);
	a->start_fd = -1;
	waitpid(a->start_pid, NULL, 0);
	if (n <= 0 && client_open(&a->client, a->spec->socket, &e) == 0) {
		joined(a);
		return;
	}
	a->client = NULL;
	a->joining = false;
	if (n > 0)
		why[n] = '\0';
	app_complain(a, "no server: %s", n > 0 ? why : e.msg);
	retry(a);
}

/* Starting a server can take seconds: a child waits for it, the screen does not. */
static void start_server(struct app *a)
{
	struct client *client = NULL;
	struct err e = {0};
	int ends[2];

	if (a->start_io || pipe2(ends, O_CLOEXEC) < 0)
		return;
	a->start_pid = fork();
	if (a->start_pid == 0) {
		sigset_t none;

		sigemptyset(&none); /* ours are for the loop; a server must not inherit that */
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (client_open_or_start(&client, a->spec->start, &e) < 0 &&
			write(ends[1], e.msg, strlen(e.msg)) < 0)
			_exit(2);
		_exit(0);
	}
	close(ends[1]);
	if (a->start_pid < 0) {
		close(ends[0]);
		return;
	}
	a->start_fd = ends[0];
	a->start_io = loop_io_add(a->loop, ends[0], POLLIN, started, a);
	a->joining = true;
	app_dirty(a);
}

void app_join(struct app *a)
{
	struct err e = {0};

	if (!a->spec->socket || a->spec->read_only || a->client)
		return;
	if (client_open(&a->client, a->spec->socket, &e) == 0) {
		joined(a);
		return;
	}
	a->client = NULL;
	if (a->spec->start) {
		start_server(a);
		return;
	}
	app_complain(a, "no server: %s", e.msg);
	retry(a);
}

void app_connect(struct app *a)
{
	watch_folder(a);
	app_reload(a);
}

void app_disconnect(struct app *a)
{
	client_close(a->client);
	a->client = NULL;
	loop_timer_del(a->retry_timer);
	loop_io_del(a->start_io);
	if (a->start_fd >= 0)
		close(a->start_fd); /* the child ends by itself */
	while (a->waits) {
		struct request_wait *w = a->waits;

		a->waits = w->next;
		free(w);
	}
	loop_io_del(a->watch_io);
	a->watch_io = NULL;
	if (a->watch >= 0)
		close(a->watch);
	a->watch = -1;
	reader_close(a->reader);
	a->reader = NULL;
}

static void forget(struct request_wait *w)
{
	struct request_wait **at = &w->app->waits;

	while (*at && *at != w)
		at = &(*at)->next;
	if (*at)
		*at = w->next;
	free(w);
}

static void answered(void *arg, const struct doc *result, const struct err *error)
{
	struct request_wait *w = arg;
	struct app *a = w->app;
	void *state = app_state_of(a, w->page);
	app_answer_fn *answer = w->answer;

	forget(w);
	if (state)
		answer(a, state, result, error);
	else if (error)
		app_complain(a, "%s", error->msg);
	app_dirty(a);
}

static void progressed(void *arg, const struct doc *progress)
{
	struct request_wait *w = arg;
	void *state = app_state_of(w->app, w->page);

	if (state && w->progress)
		w->progress(w->app, state, progress);
	app_dirty(w->app);
}

void app_request(struct app *a, enum request request, struct doc *args, app_progress_fn *progress,
	app_answer_fn *answer)
{
	struct request_wait *w;
	struct err e;

	if (!a->client) {
		doc_free(args);
		err_set(&e, a->spec->read_only ? ERR_REFUSED : ERR_UNREACHABLE, "%s",
			a->spec->read_only ? "this cockpit is read-only" : "no server answers");
		answer(a, app_top(a)->state, NULL, &e);
		return;
	}
	w = xcalloc(1, sizeof *w);
	*w = (struct request_wait){.next = a->waits,
		.app = a,
		.page = app_top(a)->serial,
		.progress = progress,
		.answer = answer};
	a->waits = w;
	client_send(a->client, request, args, progress ? progressed : NULL, answered, w);
}
