/*
 * Markdown to lines of styled spans, for whoever draws them. The only user of md4c. No I/O; hostile
 * text is bounded, raw HTML is text, links are never followed.
 */
#ifndef OPSDECK_CODEC_MARKDOWN_H
#define OPSDECK_CODEC_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum markdown_style {
	MARKDOWN_PLAIN,
	MARKDOWN_STRONG,
	MARKDOWN_EMPHASIS,
	MARKDOWN_CODE,
	MARKDOWN_LINK,
	MARKDOWN_CELL, /* no text: ends a cell of a table row */
};

enum markdown_block {
	MARKDOWN_PARAGRAPH,
	MARKDOWN_HEADING,
	MARKDOWN_ITEM,	    /* its marker stands in `marker` */
	MARKDOWN_CODE_LINE, /* one line of a code block, as it is */
	MARKDOWN_QUOTE,
	MARKDOWN_TABLE_HEAD,
	MARKDOWN_TABLE_ROW,
	MARKDOWN_RULE,
};

enum markdown_box { MARKDOWN_NO_BOX, MARKDOWN_BOX_OPEN, MARKDOWN_BOX_DONE };

struct markdown_span {
	enum markdown_style style;
	char *text;
};

struct markdown_line {
	enum markdown_block block;
	int level;  /* headings: 1 to 6 */
	int depth;  /* lists: how deep it stands, 0 outside */
	int number; /* items of numbered lists; 0: a bullet */
	bool first; /* items: has the marker; false: a later paragraph of the item */
	bool loose; /* a blank line belongs before it */
	enum markdown_box box;
	struct markdown_span *spans;
	size_t span_count, span_cap;
};

struct markdown {
	struct markdown_line *lines;
	size_t line_count, line_cap;
	bool cut; /* more was there than is kept */
};

#define MARKDOWN_BYTES_MAX ((size_t)1 << 20)
#define MARKDOWN_LINES_MAX 50000

/* Caller finishes; ERR_LIMIT past MARKDOWN_BYTES_MAX. */
int markdown_read(struct markdown *out, const char *text, size_t n, struct err *e) WARN_UNUSED;
void markdown_finish(struct markdown *m);

#endif
