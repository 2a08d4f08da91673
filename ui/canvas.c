#include "config.h"

#include "ui/canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ui/utf8.h"

/* Plain forms of the signs that we draw ourselves, for terminals without UTF-8. */
static const struct {
	int32_t cp;
	char plain;
} plain_forms[] = {
	{0x2500, '-'},
	{0x2501, '='},
	{0x2502, '|'},
	{0x2503, '|'},
	{0x250f, '+'},
	{0x2513, '+'},
	{0x2517, '+'},
	{0x251b, '+'},
	{0x256d, '+'},
	{0x256e, '+'},
	{0x256f, '+'},
	{0x2570, '+'},
	{0x251c, '|'},
	{0x2524, '|'},
	{0x253c, '+'},
	{0x25cf, '.'},
	{0x2260, '~'},
	{0x25b2, '!'},
	{0x2716, 'X'},
	{0x2298, '#'},
	{0x2026, '~'},
	{0x00b7, '.'},
	{0x203a, '>'},
	{0x2212, '-'},
	{0x23ce, '^'},
	{0x258f, '|'},
	{0x2595, '|'},
	{0x2581, '_'},
	{0x2611, 'x'},
	{0x2610, 'o'},
	{0x2022, '*'},
	{0x2192, '>'},
	{0x2190, '<'},
	{0x2191, '^'},
	{0x2193, 'v'},
	{0x2013, '-'},
	{0x2014, '-'},
	{0x2588, '#'},
	{0x2591, '.'},
	{0x21b3, '>'},
	{0x2713, '+'},
	{0x25b8, '>'},
	{0x2580, '-'},
	{0x25cb, 'o'},
	{0x2584, '_'},
	{0x2019, '\''},
	{0x2018, '\''},
	{0x201c, '"'},
	{0x201d, '"'},
	{0x00d7, 'x'},
};

/* What one step of a text becomes: one code point, or its spelling. */
struct step {
	size_t used;
	int32_t cp;
	int width;	/* cells of cp, or of the spelling */
	char spelt[16]; /* not empty: put this instead */
};

static char plain_form(int32_t cp)
{
	for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++) {
		if (plain_forms[i].cp == cp)
			return plain_forms[i].plain;
	}
	return 0;
}

static void step_at(struct step *st, const char *s, size_t n, enum safe_mode mode, bool ascii)
{
	st->used = safe_decode(s, n, &st->cp);
	st->spelt[0] = '\0';
	if (st->cp >= 0x20 && st->cp < 0x7f) {
		st->width = 1;
		return;
	}
	if (st->cp < 0) {
		st->width = snprintf(
			st->spelt, sizeof st->spelt, "<0x%02X>", (unsigned)(unsigned char)*s);
		return;
	}
	st->width = mode == SAFE_ASCII ? 0 : safe_width(st->cp);
	if (st->width && ascii) {
		st->cp = plain_form(st->cp);
		st->width = st->cp != 0;
		if (!st->cp)
			safe_decode(s, n, &st->cp);
	}
	if (!st->width)
		st->width = snprintf(st->spelt, sizeof st->spelt, "<U+%04X>", (unsigned)st->cp);
}

void canvas_init(struct canvas *c, int w, int h, bool ascii)
{
	*c = (struct canvas){.ascii = ascii};
	canvas_resize(c, w, h);
}

void canvas_finish(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){0};
}

void canvas_resize(struct canvas *c, int w, int h)
{
	c->w = w < 1 ? 1 : w;
	c->h = h < 1 ? 1 : h;
	c->cells = xreallocarray(c->cells, (size_t)c->w * (size_t)c->h, sizeof *c->cells);
	canvas_clear(c);
}

void canvas_clear(struct canvas *c)
{
	size_t n = (size_t)c->w * (size_t)c->h;

	for (size_t i = 0; i < n; i++)
		c->cells[i] = (struct cell){.cp = ' '};
	c->cursor_x = c->cursor_y = -1;
}

static struct cell *cell_at(const struct canvas *c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return NULL;
	return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

/* Before a cell is overwritten: the other half of a wide character must not stay behind. */
static void break_wide(struct canvas *c, int x, int y)
{
	struct cell *at = cell_at(c, x, y), *other;

	if (!at)
		return;
	other = at->wide ? cell_at(c, x + 1, y) : !at->cp ? cell_at(c, x - 1, y) : NULL;
	if (other) {
		other->cp = ' ';
		other->wide = 0;
	}
}

static void put_one(struct canvas *c, int x, int y, enum role_id role, int32_t cp, int width)
{
	struct cell *at = cell_at(c, x, y), *right = cell_at(c, x + 1, y);

	if (!at)
		return;
	break_wide(c, x, y);
	if (width == 2 && !right) {
		cp = ' ';
		width = 1;
	}
	*at = (struct cell){
		.cp = cp, .role = (uint8_t)role, .ground = at->ground, .wide = width == 2};
	if (width == 2) {
		break_wide(c, x + 1, y);
		*right = (struct cell){.cp = 0, .role = (uint8_t)role, .ground = right->ground};
	}
}

int canvas_textn(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text,
	size_t n, enum safe_mode mode)
{
	struct step st;

	if (limit > c->w)
		limit = c->w;
	while (n && x < limit) {
		step_at(&st, text, n, mode, c->ascii);
		if (st.spelt[0]) {
			for (const char *p = st.spelt; *p && x < limit; p++)
				put_one(c, x++, y, role, *p, 1);
		} else if (x + st.width > limit) {
			put_one(c, x++, y, role, ' ', 1);
		} else {
			put_one(c, x, y, role, st.cp, st.width);
			x += st.width;
		}
		text += st.used;
		n -= st.used;
	}
	return x;
}

int canvas_text(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text)
{
	return canvas_textn(c, x, y, limit, role, text, strlen(text), SAFE_TEXT);
}

int canvas_cellsn(const struct canvas *c, const char *text, size_t n, enum safe_mode mode)
{
	int cells = 0;

	while (n && cells < 1 << 20) {
		struct step st;

		step_at(&st, text, n, mode, c->ascii);
		cells += st.width;
		text += st.used;
		n -= st.used;
	}
	return cells;
}

int canvas_cells(const struct canvas *c, const char *text)
{
	return canvas_cellsn(c, text, strlen(text), SAFE_TEXT);
}

size_t canvas_take(const struct canvas *c, const char *s, size_t n, int cells, int *used)
{
	size_t taken = 0;

	*used = 0;
	while (taken < n) {
		struct step st;

		step_at(&st, s + taken, n - taken, SAFE_TEXT, c->ascii);
		if (taken && *used + st.width > cells)
			break;
		*used += st.width;
		taken += st.used;
	}
	return taken;
}

int canvas_fit(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text)
{
	if (limit > c->w)
		limit = c->w;
	if (x >= limit)
		return x;
	if (canvas_cells(c, text) <= limit - x)
		return canvas_text(c, x, y, limit, role, text);
	canvas_text(c, x, y, limit - 1, role, text);
	return canvas_text(c, limit - 1, y, limit, role, "…");
}

int canvas_right(struct canvas *c, int x, int y, int limit, enum role_id role, const char *text)
{
	int start = limit - canvas_cells(c, text);

	if (start < x)
		start = x;
	canvas_text(c, start, y, limit, role, text);
	return start;
}

void canvas_repeat(struct canvas *c, int x, int y, int n, enum role_id role, const char *sign)
{
	struct step st;

	step_at(&st, sign, strlen(sign), SAFE_TEXT, c->ascii);
	for (int i = 0; i < n && x + i < c->w; i++)
		put_one(c, x + i, y, role, st.cp, 1);
}

void canvas_ground(struct canvas *c, int x, int y, int w, enum role_id ground)
{
	for (int i = 0; i < w; i++) {
		struct cell *at = cell_at(c, x + i, y);

		if (at)
			at->ground = (uint8_t)ground;
	}
}

void canvas_cursor(struct canvas *c, int x, int y)
{
	if (!cell_at(c, x, y))
		return;
	c->cursor_x = x;
	c->cursor_y = y;
}

static bool same(const struct cell *a, const struct cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* Runs that lie at most this far apart are sent as one: moving the cursor costs more bytes. */
#define GAP 3

void canvas_diff(const struct canvas *old, const struct canvas *now, canvas_run_fn *fn, void *arg)
{
	bool all = old->w != now->w || old->h != now->h;

	for (int y = 0; y < now->h; y++) {
		const struct cell *row = &now->cells[(size_t)y * (size_t)now->w];
		const struct cell *was = all ? NULL : &old->cells[(size_t)y * (size_t)old->w];
		int start = -1, end = -1;

		for (int x = 0; x < now->w; x++) {
			if (was && same(&row[x], &was[x]))
				continue;
			if (start >= 0 && x - end > GAP) {
				fn(arg, start, y, row + start, end - start);
				start = -1;
			}
			if (start < 0)
				start = x && !row[x].cp ? x - 1 : x;
			end = x + (row[x].wide ? 2 : 1);
		}
		if (start >= 0)
			fn(arg, start, y, row + start, (end > now->w ? now->w : end) - start);
	}
}

void canvas_copy(struct canvas *to, const struct canvas *from)
{
	if (to->w != from->w || to->h != from->h)
		canvas_resize(to, from->w, from->h);
	memcpy(to->cells, from->cells, (size_t)to->w * (size_t)to->h * sizeof *to->cells);
	to->cursor_x = from->cursor_x;
	to->cursor_y = from->cursor_y;
}

static void dump_row(const struct canvas *c, int y, struct buf *out)
{
	const struct cell *row = &c->cells[(size_t)y * (size_t)c->w];
	int end = c->w;

	while (end > 0 && row[end - 1].cp == ' ')
		end--;
	for (int x = 0; x < end; x++) {
		char utf8[4];

		if (row[x].cp)
			buf_add(out, utf8, utf8_put(utf8, row[x].cp));
	}
}

void canvas_dump(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->h; y++) {
		dump_row(c, y, out);
		buf_addc(out, '\n');
	}
}

bool canvas_has(const struct canvas *c, const char *text)
{
	struct buf row = {0};
	bool found = false;

	for (int y = 0; y < c->h && !found; y++) {
		buf_reset(&row);
		dump_row(c, y, &row);
		found = strstr(buf_str(&row), text) != NULL;
	}
	buf_finish(&row);
	return found;
}
