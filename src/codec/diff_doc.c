#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "model/names.h"

#define LINES_MAX 200000

static const char *const kinds[DIFF_KIND_COUNT] = {
	[DIFF_FILE] = "file",
	[DIFF_SAME] = "same",
	[DIFF_REMOVED] = "removed",
	[DIFF_ADDED] = "added",
	[DIFF_NOTE] = "note",
};

const char *diff_kind_name(enum diff_kind k)
{
	return kinds[k];
}

struct diff *diff_new(void)
{
	return xcalloc(1, sizeof(struct diff));
}

/* Marks the lines that stay: all but unchanged ones further than `context` from a change. */
static void mark(const struct diff *d, bool *keep, int context)
{
	int near = 0;

	for (size_t i = 0; i < d->line_count; i++) {
		bool same = d->lines[i].kind == DIFF_SAME;

		if (d->lines[i].kind == DIFF_REMOVED || d->lines[i].kind == DIFF_ADDED)
			near = context;
		else if (d->lines[i].kind == DIFF_FILE)
			near = 0;
		else if (same && near-- > 0)
			keep[i] = true;
		keep[i] |= !same;
	}
	near = 0;
	for (size_t i = d->line_count; i-- > 0;) {
		if (d->lines[i].kind == DIFF_REMOVED || d->lines[i].kind == DIFF_ADDED)
			near = context;
		else if (d->lines[i].kind == DIFF_FILE)
			near = 0;
		else if (d->lines[i].kind == DIFF_SAME && near-- > 0)
			keep[i] = true;
	}
}

static void note_gap(struct diff *d, size_t lines)
{
	char *text;

	if (!lines)
		return;
	text = xasprintf("%zu unchanged line%s not shown", lines, lines == 1 ? "" : "s");
	diff_add(d, DIFF_NOTE, 0, 0, text, strlen(text));
	free(text);
}

void diff_trim(struct diff *d, int context)
{
	struct diff out = {.added = d->added, .removed = d->removed};
	bool *keep = xcalloc(d->line_count + 1, sizeof *keep);
	size_t gap = 0;

	mark(d, keep, context);
	for (size_t i = 0; i < d->line_count; i++) {
		if (!keep[i]) {
			gap++;
			free(d->lines[i].text);
			continue;
		}
		note_gap(&out, gap);
		gap = 0;
		*ARR_ADD(out.lines, out.line_count, out.line_cap) = d->lines[i];
	}
	note_gap(&out, gap);
	free(keep);
	free(d->lines);
	*d = out;
}

struct doc *diff_to_doc(const struct diff *d)
{
	struct doc *map = doc_new_map(), *list = doc_new_list();

	for (size_t i = 0; i < d->line_count; i++) {
		const struct diff_line *l = &d->lines[i];
		struct doc *line = doc_new_map();

		doc_set_str(line, "kind", kinds[l->kind]);
		if (l->old_no)
			doc_set_int(line, "old", l->old_no);
		if (l->new_no)
			doc_set_int(line, "new", l->new_no);
		doc_set_str(line, "text", l->text);
		doc_push(list, line);
	}
	doc_set_int(map, "added", d->added);
	doc_set_int(map, "removed", d->removed);
	doc_set(map, "lines", list);
	return map;
}

static bool line_number(const struct doc *d, const char *key, int *out)
{
	int64_t n = doc_get_int(d, key, 0);

	*out = (int)n;
	return n >= 0 && n <= INT32_MAX &&
	       (!doc_get(d, key) || doc_kind(doc_get(d, key)) == DOC_INT);
}

static int read_line(struct diff *out, const struct doc *d, size_t no, struct err *e)
{
	const struct doc *text = doc_get(d, "text");
	int kind, old_no, new_no;

	if (!names_find(kinds, DIFF_KIND_COUNT, doc_get_str(d, "kind", NULL), &kind) ||
		!doc_str(text) || !line_number(d, "old", &old_no) ||
		!line_number(d, "new", &new_no))
		return err_set(e, ERR_INPUT, "line %zu of the diff is broken", no);
	diff_add(out, (enum diff_kind)kind, old_no, new_no, doc_str(text), doc_str_len(text));
	return 0;
}

int diff_from_doc(struct diff **out, const struct doc *d, struct err *e)
{
	const struct doc *lines = doc_get(d, "lines");
	struct diff *diff;

	*out = NULL;
	if (doc_kind(lines) != DOC_LIST || doc_len(lines) > LINES_MAX)
		return err_set(
			e, ERR_INPUT, "a diff must have a list of at most %d lines", LINES_MAX);
	diff = diff_new();
	for (size_t i = 0; i < doc_len(lines); i++) {
		if (read_line(diff, doc_at(lines, i), i + 1, e)) {
			diff_free(diff);
			return -1;
		}
	}
	*out = diff;
	return 0;
}

void diff_unified(struct buf *out, const struct diff *d)
{
	static const char *const leads[DIFF_KIND_COUNT] = {
		[DIFF_FILE] = "--- ",
		[DIFF_SAME] = " ",
		[DIFF_REMOVED] = "-",
		[DIFF_ADDED] = "+",
		[DIFF_NOTE] = "# ",
	};

	for (size_t i = 0; i < d->line_count; i++) {
		buf_adds(out, leads[d->lines[i].kind]);
		buf_adds(out, d->lines[i].text);
		buf_addc(out, '\n');
	}
}
