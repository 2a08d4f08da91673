#include "config.h"

#include "codec/markdown.h"

#include <stdlib.h>
#include <string.h>

#include <md4c.h>

#include "base/mem.h"

#define DEPTH_MAX 32 /* lists in lists; deeper ones are drawn as that deep */

struct reader {
	struct markdown *out;
	struct {
		bool ordered;
		int next;
	} lists[DEPTH_MAX];
	int depth;
	int quotes;
	bool item_open; /* the next text begins an item */
	enum markdown_box box;
	bool in_code, in_head;
	bool loose; /* a block ended: the next one stands apart */
	bool have;  /* a line is open */
	enum markdown_style styles[DEPTH_MAX];
	int style_depth;
};

static struct markdown_line *open_line(struct reader *r, enum markdown_block block)
{
	struct markdown *m = r->out;
	struct markdown_line *line;

	if (m->line_count >= MARKDOWN_LINES_MAX) {
		m->cut = true;
		return NULL;
	}
	line = ARR_ADD(m->lines, m->line_count, m->line_cap);
	*line = (struct markdown_line){.block = block, .depth = r->depth, .loose = r->loose};
	r->loose = false;
	r->have = true;
	return line;
}

static struct markdown_line *last_line(struct reader *r)
{
	return r->have && r->out->line_count ? &r->out->lines[r->out->line_count - 1] : NULL;
}

static void add_span(struct reader *r, enum markdown_style style, const char *s, size_t n)
{
	struct markdown_line *line = last_line(r);
	struct markdown_span *span;

	if (!line)
		return;
	if (line->span_count && style != MARKDOWN_CELL &&
		line->spans[line->span_count - 1].style == style) {
		char *joined, *was = line->spans[line->span_count - 1].text;
		size_t len = strlen(was);

		joined = xrealloc(was, len + n + 1);
		memcpy(joined + len, s, n);
		joined[len + n] = '\0';
		line->spans[line->span_count - 1].text = joined;
		return;
	}
	span = ARR_ADD(line->spans, line->span_count, line->span_cap);
	span->style = style;
	span->text = xstrndup(s, n);
}

/* A paragraph, or the text of a tight item: the marker goes with the first. */
static void open_paragraph(struct reader *r)
{
	enum markdown_block block = r->depth	? MARKDOWN_ITEM
				    : r->quotes ? MARKDOWN_QUOTE
						: MARKDOWN_PARAGRAPH;
	struct markdown_line *line = open_line(r, block);

	if (!line || !r->depth)
		return;
	line->first = r->item_open;
	if (line->first && r->lists[r->depth - 1].ordered)
		line->number = r->lists[r->depth - 1].next++;
	line->box = r->item_open ? r->box : MARKDOWN_NO_BOX;
	r->item_open = false;
	r->box = MARKDOWN_NO_BOX;
}

static void enter_list(struct reader *r, bool ordered, int start)
{
	if (!r->depth)
		r->loose = true;
	if (r->depth < DEPTH_MAX) {
		r->lists[r->depth].ordered = ordered;
		r->lists[r->depth].next = start;
		r->depth++;
	}
}

static void enter_item(struct reader *r, const MD_BLOCK_LI_DETAIL *d)
{
	r->item_open = true;
	r->have = false;
	if (d->is_task)
		r->box = d->task_mark == ' ' ? MARKDOWN_BOX_OPEN : MARKDOWN_BOX_DONE;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;
	struct markdown_line *line;

	switch (type) {
	case MD_BLOCK_QUOTE:
		r->quotes++;
		break;
	case MD_BLOCK_UL:
		enter_list(r, false, 0);
		break;
	case MD_BLOCK_OL:
		enter_list(r, true, (int)(((MD_BLOCK_OL_DETAIL *)detail)->start & 0xffff));
		break;
	case MD_BLOCK_LI:
		enter_item(r, detail);
		break;
	case MD_BLOCK_HR:
		r->loose = true;
		open_line(r, MARKDOWN_RULE);
		break;
	case MD_BLOCK_H:
		r->loose = true;
		line = open_line(r, MARKDOWN_HEADING);
		if (line)
			line->level = (int)((MD_BLOCK_H_DETAIL *)detail)->level;
		break;
	case MD_BLOCK_CODE:
	case MD_BLOCK_HTML:
		r->loose = true;
		r->in_code = true;
		r->have = false;
		break;
	case MD_BLOCK_P:
		open_paragraph(r);
		break;
	case MD_BLOCK_TABLE:
		r->loose = true;
		break;
	case MD_BLOCK_THEAD:
		r->in_head = true;
		break;
	case MD_BLOCK_TR:
		open_line(r, r->in_head ? MARKDOWN_TABLE_HEAD : MARKDOWN_TABLE_ROW);
		break;
	case MD_BLOCK_DOC:
	case MD_BLOCK_TBODY:
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		break;
	}
	return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;

	(void)detail;
	switch (type) {
	case MD_BLOCK_QUOTE:
		r->quotes--;
		break;
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
		r->depth -= r->depth > 0;
		r->loose = !r->depth;
		r->have = false;
		break;
	case MD_BLOCK_LI:
		if (r->item_open) /* an empty item has its marker all the same */
			open_paragraph(r);
		r->have = false;
		break;
	case MD_BLOCK_CODE:
	case MD_BLOCK_HTML:
		r->in_code = false;
		r->have = false;
		r->loose = true;
		break;
	case MD_BLOCK_H:
	case MD_BLOCK_P:
		r->have = false;
		r->loose = true;
		break;
	case MD_BLOCK_THEAD:
		r->in_head = false;
		break;
	case MD_BLOCK_TABLE:
		r->have = false;
		r->loose = true;
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		add_span(r, MARKDOWN_CELL, "", 0);
		break;
	case MD_BLOCK_TR:
	case MD_BLOCK_DOC:
	case MD_BLOCK_HR:
	case MD_BLOCK_TBODY:
		break;
	}
	return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;
	enum markdown_style style = MARKDOWN_PLAIN;

	(void)detail;
	if (type == MD_SPAN_STRONG)
		style = MARKDOWN_STRONG;
	else if (type == MD_SPAN_EM || type == MD_SPAN_U)
		style = MARKDOWN_EMPHASIS;
	else if (type == MD_SPAN_CODE)
		style = MARKDOWN_CODE;
	else if (type == MD_SPAN_A || type == MD_SPAN_IMG)
		style = MARKDOWN_LINK;
	if (r->style_depth < DEPTH_MAX)
		r->styles[r->style_depth] = style;
	r->style_depth++;
	return 0;
}

/* What a link leads to is said, so that its text cannot pretend another target. */
static void add_target(struct reader *r, const MD_ATTRIBUTE *href)
{
	if (!href->size)
		return;
	add_span(r, MARKDOWN_PLAIN, " (", 2);
	add_span(r, MARKDOWN_PLAIN, href->text, href->size);
	add_span(r, MARKDOWN_PLAIN, ")", 1);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;

	if (type == MD_SPAN_A)
		add_target(r, &((MD_SPAN_A_DETAIL *)detail)->href);
	if (r->style_depth > 0)
		r->style_depth--;
	return 0;
}

/* A code block comes in pieces that may hold several lines, or parts of one. */
static void add_code(struct reader *r, const char *s, size_t n)
{
	while (n) {
		const char *newline = memchr(s, '\n', n);
		size_t len = newline ? (size_t)(newline - s) : n;

		if (!r->have)
			open_line(r, MARKDOWN_CODE_LINE);
		add_span(r, MARKDOWN_CODE, s, len);
		if (!newline)
			return;
		r->have = false;
		s += len + 1;
		n -= len + 1;
	}
}

static enum markdown_style style_now(const struct reader *r)
{
	int depth = r->style_depth < DEPTH_MAX ? r->style_depth : DEPTH_MAX;

	for (int i = depth - 1; i >= 0; i--) {
		if (r->styles[i] != MARKDOWN_PLAIN)
			return r->styles[i];
	}
	return MARKDOWN_PLAIN;
}

static const char *entity(const char *s, size_t n)
{
	static const struct {
		const char *name, *text;
	} known[] = {
		{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", " "}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strlen(known[i].name) == n && memcmp(known[i].name, s, n) == 0)
			return known[i].text;
	}
	return NULL;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *arg)
{
	struct reader *r = arg;
	const char *known = NULL;

	if (r->in_code) {
		add_code(r, s, n);
		return 0;
	}
	if (!r->have) /* a tight list has no paragraphs */
		open_paragraph(r);
	if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
		add_span(r, style_now(r), type == MD_TEXT_BR ? "\n" : " ", 1);
		return 0;
	}
	if (type == MD_TEXT_NULLCHAR) {
		add_span(r, style_now(r), "\xef\xbf\xbd", 3);
		return 0;
	}
	if (type == MD_TEXT_ENTITY)
		known = entity(s, n);
	add_span(r, style_now(r), known ? known : s, known ? strlen(known) : n);
	return 0;
}

int markdown_read(struct markdown *out, const char *source, size_t n, struct err *e)
{
	struct reader r = {.out = out};
	const MD_PARSER parser = {
		.flags = MD_FLAG_TABLES | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
			 MD_FLAG_COLLAPSEWHITESPACE,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = text,
	};

	*out = (struct markdown){0};
	if (n > MARKDOWN_BYTES_MAX)
		return err_set(
			e, ERR_LIMIT, "the text has more than %zu bytes", MARKDOWN_BYTES_MAX);
	if (md_parse(source, (MD_SIZE)n, &parser, &r) != 0) {
		markdown_finish(out);
		return err_set(e, ERR_FAIL, "the text cannot be read as Markdown");
	}
	return 0;
}

void markdown_finish(struct markdown *m)
{
	for (size_t i = 0; i < m->line_count; i++) {
		for (size_t k = 0; k < m->lines[i].span_count; k++)
			free(m->lines[i].spans[k].text);
		free(m->lines[i].spans);
	}
	free(m->lines);
	*m = (struct markdown){0};
}
