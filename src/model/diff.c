#include "config.h"

#include "model/diff.h"

#include <stdlib.h>

#include "base/mem.h"

void diff_free(struct diff *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->line_count; i++)
		free(d->lines[i].text);
	free(d->lines);
	free(d);
}

void diff_add(
	struct diff *d, enum diff_kind kind, int old_no, int new_no, const char *text, size_t n)
{
	struct diff_line *l = ARR_ADD(d->lines, d->line_count, d->line_cap);

	*l = (struct diff_line){
		.kind = kind, .old_no = old_no, .new_no = new_no, .text = xstrndup(text, n)};
	d->added += kind == DIFF_ADDED;
	d->removed += kind == DIFF_REMOVED;
}
