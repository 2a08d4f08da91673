#include "config.h"

#include "ui/layout.h"

#include <stddef.h>

struct lines {
	const char *h, *v, *nw, *ne, *sw, *se;
};

static const struct lines light = {"─", "│", "╭", "╮", "╰", "╯"};
static const struct lines heavy = {"━", "┃", "┏", "┓", "┗", "┛"};

static void draw_title(struct canvas *c, struct rect at, const struct frame *f, enum role_id edge)
{
	enum role_id role = f->focus ? AS_TITLE_FOCUS : AS_TITLE;
	int limit = at.x + at.w - 2, right = limit, x;

	if (at.w < 8)
		return;
	if (f->right && f->right[0]) {
		int cells = canvas_cells(c, f->right);

		if (cells + 4 < at.w) {
			right = limit - cells - 2;
			canvas_text(c, right, at.y, limit, edge, " ");
			canvas_text(c, right + 1, at.y, limit, f->bad ? AS_STRONG : role, f->right);
			canvas_text(c, limit - 1, at.y, limit, edge, " ");
		}
	}
	x = canvas_text(c, at.x + 2, at.y, right, edge, " ");
	x = canvas_fit(c, x, at.y, right - 1, role, f->title);
	canvas_text(c, x, at.y, right, edge, " ");
}

struct rect frame_draw(struct canvas *c, struct rect at, const struct frame *f)
{
	const struct lines *l = f->focus ? &heavy : &light;
	enum role_id edge = f->bad ? AS_FRAME_BAD : f->focus ? AS_FRAME_FOCUS : AS_FRAME;
	int x2 = at.x + at.w - 1, y2 = at.y + at.h - 1;

	if (at.w < 2 || at.h < 2)
		return at;
	canvas_repeat(c, at.x + 1, at.y, at.w - 2, edge, l->h);
	canvas_repeat(c, at.x + 1, y2, at.w - 2, edge, l->h);
	for (int y = at.y + 1; y < y2; y++) {
		canvas_repeat(c, at.x, y, 1, edge, l->v);
		canvas_repeat(c, x2, y, 1, edge, l->v);
	}
	canvas_repeat(c, at.x, at.y, 1, edge, l->nw);
	canvas_repeat(c, x2, at.y, 1, edge, l->ne);
	canvas_repeat(c, at.x, y2, 1, edge, l->sw);
	canvas_repeat(c, x2, y2, 1, edge, l->se);
	draw_title(c, at, f, edge);
	return (struct rect){at.x + 1, at.y + 1, at.w - 2, at.h - 2};
}

struct rect rect_cut_bottom(struct rect *at, int h)
{
	struct rect cut = *at;

	if (h > at->h)
		h = at->h;
	at->h -= h;
	cut.y = at->y + at->h;
	cut.h = h;
	return cut;
}

struct rect rect_cut_right(struct rect *at, int w)
{
	struct rect cut = *at;

	if (w > at->w)
		w = at->w;
	at->w -= w;
	cut.x = at->x + at->w;
	cut.w = w;
	return cut;
}
