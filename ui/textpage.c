#include "config.h"

#include "ui/textpage.h"

#include <stdio.h>

#define SIDE_STEP 8

bool textpage_act(struct text *t, enum action_id action)
{
	int page = t->height > 2 ? t->height - 2 : 1;

	switch ((int)action) {
	case DO_UP:
	case DO_DOWN:
		text_scroll(t, action == DO_UP ? -1 : 1);
		return true;
	case DO_PAGE_UP:
	case DO_PAGE_DOWN:
		text_scroll(t, action == DO_PAGE_UP ? -page : page);
		return true;
	case DO_TOP:
	case DO_BOTTOM:
		text_scroll(t, action == DO_TOP ? -(long)t->line_count : (long)t->line_count);
		return true;
	case DO_LEFT:
		t->left = t->left > SIDE_STEP ? t->left - SIDE_STEP : 0;
		return true;
	case DO_RIGHT:
		t->left += t->wrap ? 0 : SIDE_STEP;
		return true;
	case DO_NEXT:
	case DO_PREVIOUS:
		text_next_mark(t, action == DO_PREVIOUS);
		return true;
	default:
		return false;
	}
}

int textpage_wrap(struct rect at)
{
	return at.w > 6 ? at.w - 3 : 4;
}

void textpage_draw(struct text *t, struct draw *d, struct rect at, struct frame *f)
{
	char place[160] = "";
	size_t shown = at.h > 2 ? (size_t)at.h - 2 : 0;
	struct rect inside;

	t->height = (int)shown;
	text_scroll(t, 0);
	if (t->line_count > shown)
		snprintf(place, sizeof place, "%zu-%zu of %zu%s%s", t->top + 1,
			t->top + shown < t->line_count ? t->top + shown : t->line_count,
			t->line_count, f->right ? " · " : "", f->right ? f->right : "");
	if (place[0] || !f->right)
		f->right = place;
	inside = frame_draw(d->c, at, f);
	text_draw(t, d->c, inside);
	if (d->c->cursor_x < 0)
		canvas_cursor(d->c, inside.x, inside.y);
}
