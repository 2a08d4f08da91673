#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/strs.h"
#include "ui/app.h"

#define SMALLEST_W 40
#define SMALLEST_H 10
/* Ages on the screen are put right at most that often; news come at once. */
#define AGE_LEAST_MS 30000

static int draw_counts(struct app *a, int y, int least)
{
	static const enum finding_state order[] = {FINDING_OK, FINDING_DRIFT, FINDING_WARN,
		FINDING_CRIT, FINDING_UNREACHABLE, FINDING_UNKNOWN};
	size_t counts[FINDING_STATE_COUNT] = {0}, n = a->snap->host_count;
	struct canvas *c = &a->now;
	char text[32];
	int w, x, gap = c->w < 100 ? 1 : 2;

	for (size_t i = 0; i < n; i++)
		counts[a->snap->hosts[i].looked ? a->snap->hosts[i].state : FINDING_UNKNOWN]++;
	snprintf(text, sizeof text, "%zu host%s", n, n == 1 ? "" : "s");
	w = canvas_cells(c, text) + 3 - gap;
	for (size_t i = 0; i < FINDING_STATE_COUNT; i++) {
		char count[24];

		if (counts[order[i]])
			w += 2 + gap + snprintf(count, sizeof count, "%zu", counts[order[i]]);
	}
	x = c->w - w;
	if (x < least)
		return c->w;
	w = x;
	x = canvas_text(c, x, y, c->w, AS_DIM, text) + 2 - gap;
	for (size_t i = 0; i < FINDING_STATE_COUNT; i++) {
		enum finding_state st = order[i];

		if (!counts[st])
			continue;
		x = canvas_text(c, x + gap, y, c->w, state_role(st), finding_state_sign(st, false));
		snprintf(text, sizeof text, " %zu", counts[st]);
		x = canvas_text(c, x, y, c->w, AS_STRONG, text);
	}
	return w;
}

static void draw_repo(struct app *a, int x, int limit)
{
	const struct snapshot *s = a->snap;
	struct canvas *c = &a->now;
	char text[160];

	x = canvas_text(c, x, 0, limit, AS_STRONG, "opsdeck") + 2;
	if (!s->repo) {
		canvas_fit(c, x, 0, limit, AS_DIM, a->reader ? "" : "no store yet");
		return;
	}
	if (c->w >= 110 && s->estate)
		x = canvas_fit(c, x, 0, limit, AS_STRONG, s->estate) + 2;
	snprintf(text, sizeof text, "%s %s@%.7s", path_base(s->repo), s->branch ? s->branch : "?",
		s->accepted ? s->accepted : "");
	x = canvas_fit(c, x, 0, limit, AS_TEXT, text) + 1;
	if (s->edits) {
		snprintf(text, sizeof text, "%d edit%s not in force", s->edits,
			s->edits == 1 ? "" : "s");
		canvas_fit(c, x, 0, limit, AS_WARN, text);
	} else if (s->incoming) {
		snprintf(text, sizeof text, "%d incoming", s->incoming);
		canvas_fit(c, x, 0, limit, AS_WARN, text);
	} else {
		canvas_fit(c, x, 0, limit, AS_DIM, "clean");
	}
}

/* What stands on the right has half of the line: a piece that is too long for it is left out. */
static bool add_fitting(struct app *a, struct buf *out, const char *piece)
{
	const struct canvas *c = &a->now;

	if (canvas_cells(c, buf_str(out)) + canvas_cells(c, piece) > c->w - c->w / 2 - 1)
		return false;
	buf_adds(out, piece);
	return true;
}

static void add_sweep(struct app *a, struct draw *d, struct buf *out)
{
	const struct snap_sweep *sw = &a->snap->sweep;
	char age[16], until[16], next[48];

	if (sw->started_ms && !sw->ended_ms && !a->client && a->snap->on_demand) {
		buf_adds(out, "a sweep was cut off · no server");
		return;
	}
	if (sw->started_ms && !sw->ended_ms) {
		buf_addf(out, "sweeping %d of %d", sw->hosts_done, sw->hosts_total);
		return;
	}
	if (!sw->ended_ms) {
		buf_adds(out, "no sweep yet");
		return;
	}
	draw_age_text(d, age, sizeof age, sw->ended_ms);
	buf_addf(out, "swept %s%s", age, strcmp(age, "now") == 0 ? "" : " ago");
	if (!a->client && a->snap->on_demand) {
		buf_adds(out, " · no server");
	} else if (sw->next_ms) {
		draw_until_text(d, until, sizeof until, sw->next_ms);
		snprintf(next, sizeof next, " · next %s%s", strcmp(until, "now") == 0 ? "" : "in ",
			until);
		add_fitting(a, out, next);
	}
}

static int draw_badge(struct app *a, int x, int limit, enum role_id role, const char *text)
{
	char badge[64];

	snprintf(badge, sizeof badge, " %s ", text);
	return canvas_fit(&a->now, x, 1, limit, role, badge) + 1;
}

static void add_crumbs(struct app *a, struct buf *out)
{
	if (a->place_count == 1 && a->joining) {
		buf_adds(out, "joining the server ...");
		return;
	}
	if (a->place_count == 1) {
		buf_addf(out, "%s %s%s%s", a->spec->read_only ? "viewer" : role_name(a->role),
			a->user, a->user[0] ? "@" : "", a->host);
		return;
	}
	for (size_t i = 1; i < a->place_count; i++) {
		if (i > 1)
			buf_adds(out, " › ");
		a->places[i].class->crumb(a->places[i].state, out);
	}
}

static void draw_header(struct app *a, struct draw *d)
{
	struct canvas *c = &a->now;
	struct buf left = {0}, right = {0};
	int x, limit;

	draw_repo(a, 1, draw_counts(a, 0, c->w / 2 - 8) - 1);
	if (a->place_count > 1 && c->w >= 110)
		buf_addf(&right, "%s %s%s%s · ", a->spec->read_only ? "viewer" : role_name(a->role),
			a->user, a->user[0] ? "@" : "", a->host);
	add_sweep(a, d, &right);
	if (a->snap->on_demand && a->client && a->place_count == 1 &&
		!add_fitting(a, &right, " · sweeps run only while this is open"))
		add_fitting(a, &right, " · only while this is open");
	limit = canvas_right(c, c->w / 2, 1, c->w - 1, AS_DIM, buf_str(&right)) - 1;
	add_crumbs(a, &left);
	x = 1;
	if (a->spec->read_only || (a->role == ROLE_VIEWER && !a->joining))
		x = draw_badge(a, x, limit, AS_BADGE, "READ-ONLY");
	if (a->snap->agent_seen && !a->snap->agent_separated)
		x = draw_badge(a, x, limit, AS_ALARM, "AGENT NOT SEPARATED");
	canvas_fit(c, x, 1, limit, a->place_count == 1 ? AS_DIM : AS_TEXT, buf_str(&left));
	buf_finish(&left);
	buf_finish(&right);
}

/* The sign for Enter has no ASCII twin that anybody would know. */
static void hint_key(struct app *a, enum action_id action, char *out, size_t size)
{
	keymap_key(&a->keymap, action, out, size);
	if (a->term->ascii && strcmp(out, "⏎") == 0)
		snprintf(out, size, "enter");
}

/* One key with its word; what the role may not do is dimmed. Returns the column behind it, x when
 * it does not fit. */
static int draw_hint(struct app *a, enum action_id action, int x, int y, int limit)
{
	const struct action_row *row = &action_table[action];
	struct canvas *c = &a->now;
	bool off = app_forbidden(a, action) != NULL;
	char key[32];

	hint_key(a, action, key, sizeof key);
	if (!key[0] || x + canvas_cells(c, key) + 1 + canvas_cells(c, row->hint) > limit)
		return x;
	x = canvas_text(c, x, y, limit, off ? AS_DIM : AS_KEY, key);
	return canvas_text(c, x + 1, y, limit, off ? AS_DIM : AS_HINT, row->hint) + 2;
}

/* The keys that work here, from the live map: help and the way out always on the right. */
static void draw_hints(struct app *a, int y)
{
	static const enum action_id always[] = {DO_HELP, DO_BACK, DO_QUIT, DO_LEAVE};
	unsigned contexts = app_contexts(a);
	int x = 1, limit = a->now.w - 1;

	for (size_t i = sizeof always / sizeof *always; i-- > 0;) {
		const struct action_row *row = &action_table[always[i]];
		char key[32];
		int w;

		if (!(row->contexts & contexts) || (always[i] == DO_BACK && a->place_count == 1))
			continue;
		hint_key(a, always[i], key, sizeof key);
		w = canvas_cells(&a->now, key) + 1 + canvas_cells(&a->now, row->hint);
		draw_hint(a, always[i], limit - w, y, limit);
		limit -= w + 2;
	}
	for (int i = 0; i < DO_COUNT; i++) {
		if (i == DO_HELP || i == DO_BACK || i == DO_QUIT || i == DO_LEAVE)
			continue;
		if (action_table[i].hint && (action_table[i].contexts & contexts) &&
			app_offers(a, (enum action_id)i))
			x = draw_hint(a, (enum action_id)i, x, y, limit);
	}
}

static void draw_prompt(struct app *a, int y)
{
	struct canvas *c = &a->now;
	int x = canvas_text(c, 1, y, c->w, AS_KEY, a->prompt == PROMPT_COMMAND ? ":" : "/");

	field_draw(&a->input, c, (struct rect){x, y, c->w - x - 1, 1}, true);
}

/* Which words it could become, or which keys work. */
static void draw_prompt_hint(struct app *a, int y)
{
	struct canvas *c = &a->now;
	struct buf offers = {0};
	const char *hint = "⏎ keep   ! inverts   -f fuzzy   esc leaves";

	if (a->prompt == PROMPT_COMMAND) {
		command_offers(a, &a->input, &offers);
		hint = offers.len ? buf_str(&offers)
				  : "⏎ go   tab completes   ↑ ↓ history   esc leaves";
	}
	canvas_fit(c, 1, y, c->w - 1, AS_HINT, hint);
	buf_finish(&offers);
}

static void draw_footer(struct app *a)
{
	struct canvas *c = &a->now;
	struct place *top = app_top(a);
	struct buf say = {0};
	int y = c->h - 2;

	if (a->prompt != PROMPT_NONE) {
		draw_prompt(a, y);
	} else if (a->message) {
		canvas_fit(c, 1, y, c->w - 1, a->message_bad ? AS_CRIT : AS_STRONG, a->message);
	} else if (a->snap->server_error) {
		canvas_fit(c, 1, y, c->w - 1, AS_CRIT, a->snap->server_error);
	} else if (top->class->say) {
		top->class->say(a, top->state, &say);
		canvas_fit(c, 1, y, c->w - 1, AS_DIM, buf_str(&say));
	}
	if (a->prompt == PROMPT_NONE)
		draw_hints(a, y + 1);
	else
		draw_prompt_hint(a, y + 1);
	buf_finish(&say);
}

static void draw_too_small(struct app *a)
{
	struct canvas *c = &a->now;
	char size[32];

	snprintf(size, sizeof size, "%d×%d", c->w, c->h);
	canvas_fit(c, 0, 0, c->w, AS_STRONG, "opsdeck");
	canvas_fit(c, 0, 1, c->w, AS_TEXT, size);
	canvas_fit(c, 0, 2, c->w, AS_TEXT, "is too small:");
	snprintf(size, sizeof size, "%d×%d at least", SMALLEST_W, SMALLEST_H);
	canvas_fit(c, 0, 3, c->w, AS_TEXT, size);
}

static void age_changed(void *arg)
{
	struct app *a = arg;

	a->age_timer = NULL;
	app_dirty(a);
}

static void plan_redraw(struct app *a, const struct draw *d)
{
	loop_timer_del(a->age_timer);
	a->age_timer = NULL;
	if (d->change_ms == INT64_MAX || a->spec->now_ms)
		return;
	a->age_timer = loop_timer_add(
		a->loop, d->change_ms > AGE_LEAST_MS ? d->change_ms : AGE_LEAST_MS, age_changed, a);
}

static void run_out(void *arg, int x, int y, const struct cell *cells, int n)
{
	struct terminal *t = arg;

	t->ops->run(t, x, y, cells, n);
}

static void show(struct app *a)
{
	canvas_diff(&a->shown, &a->now, run_out, a->term);
	a->term->ops->flush(a->term, a->now.cursor_x, a->now.cursor_y);
	canvas_copy(&a->shown, &a->now);
}

void app_draw(struct app *a)
{
	struct draw d = {.c = &a->now, .now_ms = app_now(a), .change_ms = INT64_MAX};
	struct place *top = app_top(a);

	a->dirty = false;
	canvas_clear(&a->now);
	if (a->now.w < SMALLEST_W || a->now.h < SMALLEST_H) {
		draw_too_small(a);
	} else {
		top->class->draw(a, top->state, &d, (struct rect){0, 2, a->now.w, a->now.h - 4});
		draw_header(a, &d);
		draw_footer(a);
	}
	show(a);
	plan_redraw(a, &d);
}

void app_resize(struct app *a)
{
	int w, h;

	a->term->ops->size(a->term, &w, &h);
	if (w == a->now.w && h == a->now.h)
		return;
	canvas_resize(&a->now, w, h);
	canvas_resize(&a->shown, 1, 1);
	a->term->ops->redraw(a->term);
	for (size_t i = 0; i < a->place_count; i++) {
		if (a->places[i].class->news)
			a->places[i].class->news(a, a->places[i].state);
	}
	app_dirty(a);
}

int app_save_screen(struct app *a, const char *path, struct err *e)
{
	struct buf text = {0};
	int rc;

	if (a->dirty)
		app_draw(a);
	canvas_dump(&a->shown, &text);
	rc = file_write(path, buf_str(&text), text.len, 0600, e);
	buf_finish(&text);
	return rc;
}
