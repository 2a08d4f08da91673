/* The lines of a review: the canonical view in the app's roles, or why there is none. */
#include "config.h"

#include <string.h>

#include "ui/app.h"
#include "ui/detail.h"
#include "ui/difftext.h"
#include "ui/review.h"

#define KEY_COLUMN 11

/* "policy TAB typed  rule 7": the name in one column, the value wrapped in the other. */
static void add_key(struct text *t, const char *line)
{
	const char *tab = strchr(line, '\t');

	if (!tab) {
		text_addf(t, AS_TEXT, " %s", line);
		text_break(t);
		return;
	}
	text_add(t, AS_TEXT, " ");
	text_addn(t, AS_DIM, line, (size_t)(tab - line));
	text_to(t, t->column + 1 > KEY_COLUMN ? t->column + 1 : KEY_COLUMN);
	t->indent = KEY_COLUMN;
	text_words(t, AS_TEXT, tab + 1);
	text_break(t);
	t->indent = 0;
}

static void add_plain(struct text *t, const struct view_line *l)
{
	static const enum role_id roles[VIEW_KIND_COUNT] = {[VIEW_TITLE] = AS_STRONG,
		[VIEW_HEAD] = AS_HEAD,
		[VIEW_NOTE] = AS_DIM,
		[VIEW_TEXT] = AS_TEXT,
		[VIEW_WARN] = AS_WARN,
		[VIEW_END] = AS_DIM};

	if (l->kind == VIEW_HEAD) {
		text_break(t);
		text_last(t)->mark = true;
		text_add(t, AS_HEAD, "── ");
	} else if (l->kind == VIEW_TEXT || l->kind == VIEW_NOTE) {
		text_to(t, 3);
	} else {
		text_add(t, AS_TEXT, " ");
	}
	t->indent = l->kind == VIEW_TEXT || l->kind == VIEW_NOTE ? 3 : 1;
	text_words(t, roles[l->kind], l->text ? l->text : "");
	if (l->kind == VIEW_END)
		text_last(t)->end = true;
	text_break(t);
	t->indent = 0;
}

static bool is_content(const struct view_line *l)
{
	return l->kind == VIEW_SAME || l->kind == VIEW_REMOVED || l->kind == VIEW_ADDED;
}

static void lay_out_view(struct review *r)
{
	struct text *t = &r->text;
	const struct view *v = &r->view;

	r->fresh = true;
	if (r->state == REVIEW_STORED && !v->line_count) {
		text_add(
			t, AS_DIM, " not reviewed yet: the text is made when an operator opens it");
		text_break(t);
		return;
	}
	for (size_t i = 0; i < v->line_count;) {
		size_t end = i;

		while (end < v->line_count && is_content(&v->lines[end]))
			end++;
		if (end > i) {
			difftext_view(t, v->lines + i, end - i);
			i = end;
		} else if (v->lines[i].kind == VIEW_KEY) {
			add_key(t, v->lines[i++].text);
		} else {
			add_plain(t, &v->lines[i++]);
		}
	}
}

static void lay_out_rest(struct app *a, struct review *r, struct draw *d)
{
	const struct snap_proposal *p = snapshot_proposal(a->snap, r->about.proposal);

	if (r->state == REVIEW_ASKING) {
		text_add(&r->text, AS_DIM, " reading the targets again ...");
		text_break(&r->text);
	} else {
		text_add(&r->text, AS_TEXT, " ");
		r->text.indent = 1;
		text_words(&r->text, AS_CRIT, r->why ? r->why : "");
		text_break(&r->text);
		r->text.indent = 0;
	}
	text_break(&r->text);
	if (p)
		detail_proposal(a, &r->text, d, p);
}

void review_lay_out(struct app *a, struct review *r, struct draw *d, int wrap)
{
	bool has_view = r->state == REVIEW_SHOWN || r->state == REVIEW_STORED;

	if (has_view && r->fresh && r->text.wrap == wrap)
		return;
	text_clear(&r->text);
	r->text.wrap = wrap;
	if (has_view)
		lay_out_view(r);
	else
		lay_out_rest(a, r, d);
}
