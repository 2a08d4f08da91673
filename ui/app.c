#include "config.h"

#include "ui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"

#define QUIET_MS 150 /* no input for that long: nothing is typed ahead any more */

int64_t app_now(const struct app *a)
{
	return clock_wall(&a->clock);
}

void app_dirty(struct app *a)
{
	a->dirty = true;
}

__attribute__((format(printf, 3, 0))) static void set_message(
	struct app *a, bool bad, const char *fmt, va_list ap)
{
	free(a->message);
	a->message = xvasprintf(fmt, ap);
	a->message_bad = bad;
	app_dirty(a);
}

void app_say(struct app *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(a, false, fmt, ap);
	va_end(ap);
}

void app_complain(struct app *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(a, true, fmt, ap);
	va_end(ap);
}

struct rows_from app_rows_from(struct app *a, const struct target *about)
{
	return (struct rows_from){
		.snap = a->snap, .reader = a->reader, .about = about, .now_ms = app_now(a)};
}

struct place *app_top(struct app *a)
{
	return &a->places[a->place_count - 1];
}

void app_open(struct app *a, const struct page_class *class, const struct target *target)
{
	static const struct target nothing;
	struct place *p;

	if (a->place_count == PAGES_MAX) {
		app_complain(a, "too many views are open; esc goes back");
		return;
	}
	p = &a->places[a->place_count++];
	*p = (struct place){.class = class, .serial = ++a->last_serial};
	p->state = class->open(a, target ? target : &nothing);
	app_dirty(a);
}

static void drop_top(struct app *a)
{
	struct place *p = app_top(a);

	p->class->close(a, p->state);
	a->place_count--;
}

void app_back(struct app *a)
{
	if (a->place_count > 1)
		drop_top(a);
	app_dirty(a);
}

void app_home(struct app *a)
{
	while (a->place_count > 1)
		drop_top(a);
	app_dirty(a);
}

void *app_state_of(struct app *a, int64_t serial)
{
	for (size_t i = 0; i < a->place_count; i++) {
		if (a->places[i].serial == serial)
			return a->places[i].state;
	}
	return NULL;
}

static void quiet_again(void *arg)
{
	struct app *a = arg;

	a->quiet_timer = NULL;
	app_dirty(a);
}

void app_quieten(struct app *a)
{
	if (a->term->fd < 0) /* a script types nothing ahead */
		return;
	a->term->ops->drain(a->term);
	keyin_reset(&a->keyin);
	loop_timer_del(a->quiet_timer);
	a->quiet_timer = loop_timer_add(a->loop, QUIET_MS, quiet_again, a);
	app_dirty(a);
}

bool app_is_quiet(const struct app *a)
{
	return !a->quiet_timer;
}

static void find_host(struct app *a)
{
	char *dot;

	if (a->spec->host)
		snprintf(a->host, sizeof a->host, "%s", a->spec->host);
	else if (gethostname(a->host, sizeof a->host - 1) < 0)
		a->host[0] = '\0';
	dot = strchr(a->host, '.');
	if (dot)
		*dot = '\0';
}

struct app *app_new(const struct ui_spec *spec, struct terminal *term, struct loop *loop)
{
	struct app *a = xcalloc(1, sizeof *a);
	int w, h;

	a->spec = spec;
	a->term = term;
	a->loop = loop;
	a->clock = *clock_system();
	a->frozen_ms = spec->now_ms;
	if (spec->now_ms)
		a->clock = clock_frozen(&a->frozen_ms);
	a->role = ROLE_VIEWER;
	a->user = xstrdup("");
	a->watch = -1;
	a->start_fd = -1;
	a->snap = xcalloc(1, sizeof *a->snap);
	find_host(a);
	theme_plain(&a->theme);
	keymap_defaults(&a->keymap);
	term->ops->size(term, &w, &h);
	canvas_init(&a->now, w, h, term->ascii);
	canvas_init(&a->shown, 1, 1, term->ascii);
	app_dirty(a);
	return a;
}

void app_free(struct app *a)
{
	if (!a)
		return;
	while (a->place_count)
		drop_top(a);
	doc_free(a->handover);
	snapshot_free(a->snap);
	loop_timer_del(a->age_timer);
	loop_timer_del(a->key_timer);
	loop_timer_del(a->quiet_timer);
	loop_io_del(a->key_io);
	keyin_finish(&a->keyin);
	field_finish(&a->input);
	strs_finish(&a->history);
	canvas_finish(&a->now);
	canvas_finish(&a->shown);
	free(a->filter_before);
	free(a->message);
	free(a->user);
	free(a);
}
