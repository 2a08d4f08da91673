#include "config.h"

#include "codec/view.h"

#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"

struct doc *view_to_doc(const struct view *v)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < v->line_count; i++) {
		const struct view_line *l = &v->lines[i];
		struct doc *d = doc_new_map();

		doc_set_str(d, "kind", view_kind_name(l->kind));
		if (l->old_no)
			doc_set_int(d, "old", l->old_no);
		if (l->new_no)
			doc_set_int(d, "new", l->new_no);
		doc_set_str(d, "text", l->text);
		doc_push(list, d);
	}
	return list;
}

static bool line_number(const struct doc *d, const char *key, int *out)
{
	int64_t n = doc_get_int(d, key, 0);

	*out = (int)n;
	return n >= 0 && n <= VIEW_LINES_MAX && (!doc_get(d, key) || n > 0);
}

static int read_line(struct view *out, const struct doc *d, size_t no, struct err *e)
{
	const struct doc *text = doc_get(d, "text");
	int old_no, new_no;
	enum view_kind kind;

	if (!view_kind_parse(doc_get_str(d, "kind", NULL), &kind) || !doc_str(text) ||
		strlen(doc_str(text)) != doc_str_len(text) || !line_number(d, "old", &old_no) ||
		!line_number(d, "new", &new_no))
		return err_set(e, ERR_INPUT, "line %zu of the view is broken", no);
	view_addn(out, kind, old_no, new_no, doc_str(text), doc_str_len(text));
	return 0;
}

int view_from_doc(struct view *out, const struct doc *d, struct err *e)
{
	*out = (struct view){0};
	if (doc_kind(d) != DOC_LIST || doc_len(d) > VIEW_LINES_MAX)
		return err_set(e, ERR_INPUT, "the view must be a list of at most %d lines",
			VIEW_LINES_MAX);
	for (size_t i = 0; i < doc_len(d); i++) {
		if (read_line(out, doc_at(d, i), i + 1, e)) {
			view_finish(out);
			return -1;
		}
	}
	return 0;
}

void view_hash(char out[SHA256_HEX], const struct view *v)
{
	/* Without a bound: a text that was cut would hash as another that begins alike. */
	struct buf b = {.max = (size_t)-1};

	for (size_t i = 0; i < v->line_count; i++) {
		const struct view_line *l = &v->lines[i];

		buf_addf(&b, "%s %d %d %zu:", view_kind_name(l->kind), l->old_no, l->new_no,
			strlen(l->text));
		buf_adds(&b, l->text);
		buf_addc(&b, '\n');
	}
	sha256_hex(out, buf_str(&b), b.len);
	buf_finish(&b);
}
