/*
 * The canonical text of a proposal: what an approval binds and what every client shows. Made by the
 * server from the plan and what it read; the kind of each line travels beside it, so that content
 * cannot imitate a header.
 */
#ifndef OPSDECK_MODEL_VIEW_H
#define OPSDECK_MODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

enum view_kind {
	VIEW_TITLE,
	VIEW_KEY,  /* "policy   typed      rule 7: ..." : name, TAB, value */
	VIEW_HEAD, /* "web1:/etc/sudoers.d/luna  0440 root:root  12 lines, all shown" */
	VIEW_SAME, /* content line; number in old_no/new_no */
	VIEW_REMOVED,
	VIEW_ADDED,
	VIEW_NOTE,
	VIEW_TEXT, /* the proposer's prose */
	VIEW_WARN,
	VIEW_END, /* "(end of change)" */
	VIEW_KIND_COUNT
};

struct view_line {
	enum view_kind kind;
	int old_no, new_no;
	char *text; /* already safe to show (safe_text) */
};

struct view {
	struct view_line *lines;
	size_t line_count, line_cap;
};

void view_finish(struct view *v);
void view_add(struct view *v, enum view_kind kind, const char *text); /* copies */
void view_addn(
	struct view *v, enum view_kind kind, int old_no, int new_no, const char *text, size_t n);
const char *view_kind_name(enum view_kind k);
bool view_kind_parse(const char *s, enum view_kind *out);

#endif
