#include "config.h"

#include "model/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/names.h"

static const char *const kinds[VIEW_KIND_COUNT] = {
	[VIEW_TITLE] = "title",
	[VIEW_KEY] = "key",
	[VIEW_HEAD] = "head",
	[VIEW_SAME] = "same",
	[VIEW_REMOVED] = "removed",
	[VIEW_ADDED] = "added",
	[VIEW_NOTE] = "note",
	[VIEW_TEXT] = "text",
	[VIEW_WARN] = "warn",
	[VIEW_END] = "end",
};

void view_finish(struct view *v)
{
	for (size_t i = 0; i < v->line_count; i++)
		free(v->lines[i].text);
	free(v->lines);
	*v = (struct view){0};
}

void view_add(struct view *v, enum view_kind kind, const char *text)
{
	view_addn(v, kind, 0, 0, text, strlen(text));
}

void view_addn(
	struct view *v, enum view_kind kind, int old_no, int new_no, const char *text, size_t n)
{
	struct view_line *l = ARR_ADD(v->lines, v->line_count, v->line_cap);

	*l = (struct view_line){
		.kind = kind, .old_no = old_no, .new_no = new_no, .text = xstrndup(text, n)};
}

const char *view_kind_name(enum view_kind k)
{
	return kinds[k];
}

bool view_kind_parse(const char *s, enum view_kind *out)
{
	int i;

	if (!names_find(kinds, VIEW_KIND_COUNT, s, &i))
		return false;
	*out = (enum view_kind)i;
	return true;
}
