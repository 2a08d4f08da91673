/*
 * The parts of the judging stage: what speaks against a host being fine, and the two ways to hold
 * live state against a reference. Only for flow/compare*.c.
 */
#ifndef OPSDECK_FLOW_COMPARE_PARTS_H
#define OPSDECK_FLOW_COMPARE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "flow/compare_types.h"
#include "model/diff.h"
#include "model/finding.h"

/* One reason for a state; `id` goes into the fingerprint and holds nothing that changes by itself.
 */
struct verdict_line {
	enum finding_state state;
	char *text;
	char *id;
};

struct verdict_list {
	struct verdict_line *v;
	size_t n, cap;
	enum finding_condition condition;
	bool unread;	   /* something that is needed could not be read */
	struct diff *diff; /* NULL without drift */
};

void verdict_add(struct verdict_list *l, enum finding_state state, const char *id, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));
void verdict_list_finish(struct verdict_list *l);
/* Worst wins; all of them make the summary, the diff and the fingerprint. None: ok, with the
 * summary that is there. */
void verdict_conclude(struct finding *out, struct verdict_list *l, const char *check);

/* The beginning of the text as one line; heap. */
char *compare_one_line(const char *s);

const struct compare_file *compare_ref(const struct compare_input *in, const char *path);
const struct compare_read *compare_find_read(const struct compare_input *in, const char *command);
/* What programs see: {"COMMAND": {status, exit, stderr, value}, ...}, with `each` {"COMMAND":
 * {status, each: [{name, item, status, exit, stderr, value}]}}, and "reference": [{entry, except,
 * reason}] where the baseline is lines. */
struct doc *compare_program_input(const struct compare_input *in);
/* It is missed: not read, not left out, and needed. Where nothing at all was read, what was
 * optional is missed as well. */
bool compare_unread(const struct compare_input *in, const struct compare_read *r);
/* Says what could not be read; true when something was. */
bool compare_reads(struct verdict_list *l, const struct compare_input *in);
/* "no reference yet". */
void compare_no_reference(struct verdict_list *l);

/* ---- lines ---- */

/* `live`: the list of strings that `baseline: from` gave. */
void compare_lines(struct verdict_list *l, const struct compare_input *in, const struct doc *live);
/* The entries of the line reference for programs: [{entry, except, reason}]; NULL for no reference.
 */
struct doc *compare_lines_entries(const struct compare_input *in);
int compare_lines_adopt(struct buf *out, const struct compare_input *in, const struct doc *live,
	struct err *e) WARN_UNUSED;

/* ---- tree ---- */

void compare_tree(struct verdict_list *l, const struct compare_input *in);
int compare_tree_adopt(
	const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e) WARN_UNUSED;

#endif
