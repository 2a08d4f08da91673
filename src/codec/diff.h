/*
 * Line diffs of two texts: made, cut down to some context, and to and from JSON. Refuses to know
 * where the texts come from; white space is significant.
 */
#ifndef OPSDECK_CODEC_DIFF_H
#define OPSDECK_CODEC_DIFF_H

#include <stddef.h>

#include "base/err.h"
#include "model/diff.h"

struct buf;
struct doc;

/* Appends the diff of two texts with all of their lines to d, under a DIFF_FILE line `title` (NULL:
 * none). Either text may be NULL: it does not exist then, which a note says. A missing newline at
 * the end is a note; texts with a NUL byte give a note with sizes only. Past a bound of work the
 * middle is shown as removed and added whole: right, but not the shortest. */
void diff_lines(struct diff *d, const char *old_text, size_t old_len, const char *new_text,
	size_t new_len, const char *title);

/* Leaves `context` unchanged lines around changes; a note says how many lines are left out. */
void diff_trim(struct diff *d, int context);

/* {"added":n,"removed":n,"lines":[{"kind":"added","old":0,"new":3,"text":"..."}]} */
struct doc *diff_to_doc(const struct diff *d);
/* Caller frees with diff_free. */
int diff_from_doc(struct diff **out, const struct doc *d, struct err *e) WARN_UNUSED;
struct diff *diff_new(void);

/* One line each: "--- title", " same", "-old", "+new", "# note". Raw text: make it safe before
 * showing. */
void diff_unified(struct buf *out, const struct diff *d);

const char *diff_kind_name(enum diff_kind k);

#endif
