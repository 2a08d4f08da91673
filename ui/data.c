#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strs.h"
#include "client/client.h"
#include "codec/doc.h"
#include "store/read.h"
#include "ui/app.h"

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

void app_reload(struct app *a)
{
	struct snapshot *now = NULL;
	struct err e;

	open_reader(a);
	if (!a->reader)
		return;
	if (a->snap->seq && reader_seq(a->reader) == a->snap->seq)
		return;
	if (reader_snapshot(a->reader, &now, &e) < 0) {
		app_complain(a, "the store cannot be read: %s", e.msg);
		/* It may have been deleted and made anew: open it again next time. */
		reader_close(a->reader);
		a->reader = NULL;
		return;
	}
	snapshot_free(a->snap);
	a->snap = now;
	for (size_t i = 0; i < a->place_count; i++) {
		if (a->places[i].class->news)
			a->places[i].class->news(a, a->places[i].state);
	}
	app_dirty(a);
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

static void gone(void *arg, const struct err *why)
{
	struct app *a = arg;

	client_close(a->client);
	a->client = NULL;
	a->role = ROLE_VIEWER;
	app_complain(a, "the server is gone (%s); what stands here is the store's last word", why->msg);
}

static void hello(void *arg, const struct doc *result, const struct err *error)
{
	struct app *a = arg;
	const char *role = doc_get_str(result, "role", "");

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

void app_connect(struct app *a)
{
	const struct ui_spec *spec = a->spec;
	struct err e = {0};
	int rc;

	watch_folder(a);
	app_reload(a);
	if (!spec->socket || spec->read_only)
		return;
	rc = spec->start ? client_open_or_start(&a->client, spec->start, &e)
			 : client_open(&a->client, spec->socket, &e);
	if (rc < 0) {
		a->client = NULL;
		app_complain(a, "no server: %s", e.msg);
		return;
	}
	client_attach(a->client, a->loop, news, gone, a);
	client_send(a->client, REQUEST_HELLO, NULL, NULL, hello, a);
	if (a->watch < 0) /* the server may have made the folder just now */
		watch_folder(a);
	app_reload(a);
}

void app_disconnect(struct app *a)
{
	client_close(a->client);
	a->client = NULL;
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
	*w = (struct request_wait){.next = a->waits, .app = a, .page = app_top(a)->serial,
		.progress = progress, .answer = answer};
	a->waits = w;
	client_send(a->client, request, args, progress ? progressed : NULL, answered, w);
}
