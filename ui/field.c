#include "config.h"

#include "ui/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"
#include "ui/key.h"
#include "ui/utf8.h"

void field_finish(struct field *f)
{
	free(f->text);
	*f = (struct field){0};
}

const char *field_text(const struct field *f)
{
	return f->text ? f->text : "";
}

static void insert(struct field *f, const char *s, size_t n)
{
	if (f->len + n > FIELD_MAX)
		return;
	if (f->len + n + 1 > f->cap) {
		f->cap = (f->len + n + 1) * 2;
		f->text = xrealloc(f->text, f->cap);
	}
	memmove(f->text + f->cursor + n, f->text + f->cursor, f->len - f->cursor);
	memcpy(f->text + f->cursor, s, n);
	f->len += n;
	f->cursor += n;
	f->text[f->len] = '\0';
}

void field_set(struct field *f, const char *text)
{
	f->len = f->cursor = f->top = 0;
	if (f->text)
		f->text[0] = '\0';
	field_paste(f, text ? text : "", text ? strlen(text) : 0);
}

static void erase(struct field *f, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(f->text + from, f->text + to, f->len - to);
	f->len -= to - from;
	f->text[f->len] = '\0';
	f->cursor = from;
}

static size_t before(const struct field *f, size_t at)
{
	if (at)
		at--;
	while (at && ((unsigned char)f->text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static size_t after(const struct field *f, size_t at)
{
	if (at < f->len)
		at++;
	while (at < f->len && ((unsigned char)f->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t line_start(const struct field *f, size_t at)
{
	while (at && f->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct field *f, size_t at)
{
	while (at < f->len && f->text[at] != '\n')
		at++;
	return at;
}

static size_t word_start(const struct field *f, size_t at)
{
	while (at && f->text[at - 1] == ' ')
		at--;
	while (at && f->text[at - 1] != ' ' && f->text[at - 1] != '\n')
		at--;
	return at;
}

/* The same column on the line above or below. */
static size_t other_line(const struct field *f, bool up)
{
	size_t start = line_start(f, f->cursor), column = f->cursor - start, at, end;

	if (up) {
		if (!start)
			return f->cursor;
		at = line_start(f, start - 1);
	} else {
		at = line_end(f, f->cursor);
		if (at == f->len)
			return f->cursor;
		at++;
	}
	end = line_end(f, at);
	at = at + column < end ? at + column : end;
	while (at && at < f->len && ((unsigned char)f->text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static bool move_key(struct field *f, int32_t key)
{
	switch (key) {
	case KEYCODE_LEFT:
		f->cursor = before(f, f->cursor);
		return true;
	case KEYCODE_RIGHT:
		f->cursor = after(f, f->cursor);
		return true;
	case KEYCODE_HOME:
	case KEY_MOD_CTRL | 'a':
		f->cursor = line_start(f, f->cursor);
		return true;
	case KEYCODE_END:
	case KEY_MOD_CTRL | 'e':
		f->cursor = line_end(f, f->cursor);
		return true;
	case KEYCODE_UP:
	case KEYCODE_DOWN:
		if (!f->many)
			return false;
		f->cursor = other_line(f, key == KEYCODE_UP);
		return true;
	default:
		return false;
	}
}

static bool erase_key(struct field *f, int32_t key)
{
	switch (key) {
	case KEYCODE_BACKSPACE:
		erase(f, before(f, f->cursor), f->cursor);
		return true;
	case KEYCODE_DELETE:
	case KEY_MOD_CTRL | 'd':
		erase(f, f->cursor, after(f, f->cursor));
		return true;
	case KEY_MOD_CTRL | 'w':
		erase(f, word_start(f, f->cursor), f->cursor);
		return true;
	case KEY_MOD_CTRL | 'u':
		erase(f, line_start(f, f->cursor), f->cursor);
		return true;
	case KEY_MOD_CTRL | 'k':
		erase(f, f->cursor, line_end(f, f->cursor));
		return true;
	default:
		return false;
	}
}

bool field_key(struct field *f, int32_t key)
{
	char utf8[4];

	if (key == KEYCODE_SPACE)
		key = ' ';
	if (key == KEYCODE_ENTER && f->many) {
		insert(f, "\n", 1);
		return true;
	}
	if (key >= 0x20 && key < 0x110000) {
		insert(f, utf8, utf8_put(utf8, key));
		return true;
	}
	if (!f->text)
		return false;
	return move_key(f, key) || erase_key(f, key);
}

void field_paste(struct field *f, const char *text, size_t n)
{
	while (n) {
		int32_t cp;
		size_t used = safe_decode(text, n, &cp);

		if (cp == '\n' || cp == '\r' || cp == '\t')
			insert(f, cp == '\t' || !f->many ? " " : "\n", 1);
		else if (cp >= 0 && safe_width(cp))
			insert(f, text, used);
		if (cp == '\r' && n > 1 && text[1] == '\n')
			used++;
		text += used;
		n -= used;
	}
}

/* A word that begins here does not fit what is left of the row, but would fit the next one. */
static bool word_is_too_long(
	const struct field *f, const struct canvas *c, size_t i, int left, int row)
{
	const char *s = field_text(f);
	size_t n;
	int cells;

	if (i >= f->len || s[i] == ' ' || s[i] == '\n' || !i || s[i - 1] != ' ')
		return false;
	n = strcspn(s + i, " \n");
	cells = canvas_cellsn(c, s + i, n, SAFE_TEXT);
	return cells > left && cells <= row;
}

/* Walks the rows as they are wrapped at `w`; draws those that are in sight when c is given. */
static void walk(const struct field *f, struct canvas *c, struct rect at, size_t *row, int *column,
	size_t want_top, bool draw)
{
	const char *s = field_text(f);
	size_t i = 0, y = 0;
	int x = 0;

	*row = 0;
	*column = 0;
	for (;;) {
		size_t used;
		int cells = 0;

		if (f->many && x && word_is_too_long(f, c, i, at.w - x, at.w)) {
			x = 0;
			y++;
		}
		if (i == f->cursor) {
			*row = y;
			*column = x;
		}
		if (i >= f->len)
			return;
		if (s[i] == '\n') {
			i++;
			y++;
			x = 0;
			continue;
		}
		used = canvas_take(c, s + i, f->len - i, 1, &cells);
		if (draw && y >= want_top && y - want_top < (size_t)at.h)
			canvas_textn(c, at.x + x, at.y + (int)(y - want_top), at.x + at.w, AS_FIELD,
				s + i, used, SAFE_TEXT);
		i += used;
		x += cells;
		if (x >= at.w) {
			x = 0;
			y++;
		}
	}
}

void field_draw(struct field *f, struct canvas *c, struct rect at, bool focus)
{
	size_t row;
	int column;

	if (at.w < 1 || at.h < 1)
		return;
	walk(f, c, at, &row, &column, 0, false);
	if (row < f->top)
		f->top = row;
	if (row >= f->top + (size_t)at.h)
		f->top = row - (size_t)at.h + 1;
	for (int y = 0; y < at.h; y++)
		canvas_repeat(c, at.x, at.y + y, at.w, AS_FIELD, " ");
	walk(f, c, at, &row, &column, f->top, true);
	if (focus)
		canvas_cursor(c, at.x + column, at.y + (int)(row - f->top));
}
