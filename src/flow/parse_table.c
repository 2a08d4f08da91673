#include "config.h"

#include "flow/parse_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/parse_line.h"

struct columns {
	char *name[PARSE_COLUMNS_MAX];
	size_t n;
};

static void columns_finish(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->name[i]);
}

/* Takes one cell off the line; the last column takes all that is left. */
static struct line next_cell(struct line *rest, const char *separator, bool last)
{
	size_t end = 0, n = strlen(separator);
	struct line cell;

	if (str_eq(separator, "blank")) {
		*rest = line_trim(rest->s, rest->n);
		while (end < rest->n && (last || !line_is_blank(rest->s[end])))
			end++;
		cell = (struct line){rest->s, end};
	} else {
		while (end < rest->n &&
			(last || end + n > rest->n || memcmp(rest->s + end, separator, n) != 0))
			end++;
		cell = line_trim(rest->s, end);
		if (end + n <= rest->n && !last)
			end += n;
	}
	rest->s += end;
	rest->n -= end;
	return cell;
}

static int header_columns(struct columns *c, struct line line, const char *separator, struct err *e)
{
	while (line.n) {
		struct line cell = next_cell(&line, separator, false);

		if (!cell.n && !line.n)
			break;
		if (c->n == PARSE_COLUMNS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d columns", PARSE_COLUMNS_MAX);
		c->name[c->n++] = xstrndup(cell.s, cell.n);
	}
	return 0;
}

static void named_columns(struct columns *c, const struct doc *names)
{
	for (size_t i = 0; i < doc_len(names) && c->n < PARSE_COLUMNS_MAX; i++)
		c->name[c->n++] =
			xstrdup(doc_str(doc_at(names, i)) ? doc_str(doc_at(names, i)) : "");
}

/* ---- columns that begin where the header's words begin ---- */

struct layout {
	struct columns columns;
	size_t at[PARSE_COLUMNS_MAX]; /* in characters */
};

/* Bytes of the line's first n characters. */
static size_t bytes_of(struct line l, size_t n)
{
	size_t i = 0;

	for (; i < l.n; i++)
		if (((unsigned char)l.s[i] & 0xc0) != 0x80 && !n--)
			break;
	return i;
}

static size_t chars_of(struct line l, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes && i < l.n; i++)
		n += ((unsigned char)l.s[i] & 0xc0) != 0x80;
	return n;
}

/* Two blanks or a tab end a column's name; in a header without any, each blank does. */
static bool has_wide_gaps(struct line l)
{
	for (size_t i = 0; i + 1 < l.n; i++)
		if (l.s[i] == '\t' || (l.s[i] == ' ' && l.s[i + 1] == ' '))
			return true;
	return false;
}

static size_t name_end(struct line l, size_t i, bool wide)
{
	while (i < l.n && l.s[i] != '\t' &&
		(l.s[i] != ' ' || (wide && i + 1 < l.n && l.s[i + 1] != ' ')))
		i++;
	return i;
}

static int add_column(struct layout *l, struct line header, size_t at, size_t end, struct err *e)
{
	struct columns *c = &l->columns;

	if (c->n == PARSE_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d columns", PARSE_COLUMNS_MAX);
	l->at[c->n] = chars_of(header, at);
	c->name[c->n++] = xstrndup(header.s + at, end - at);
	return 0;
}

static int layout_by_gaps(struct layout *l, struct line header, struct err *e)
{
	bool wide = has_wide_gaps(header);

	for (size_t i = 0; i < header.n;) {
		size_t end = name_end(header, i, wide);

		if (end > i && add_column(l, header, i, end, e))
			return -1;
		i = end;
		while (i < header.n && line_is_blank(header.s[i]))
			i++;
	}
	return 0;
}

/* The names are looked for in their order; one that this version does not print has no column. */
static int layout_by_names(
	struct layout *l, struct line header, const struct doc *names, struct err *e)
{
	size_t from = 0;

	for (size_t k = 0; k < doc_len(names); k++) {
		const char *name = doc_str(doc_at(names, k));
		size_t n = strlen(name), i = from;

		while (i + n <= header.n &&
			(memcmp(header.s + i, name, n) != 0 ||
				(i && !line_is_blank(header.s[i - 1])) ||
				(i + n < header.n && !line_is_blank(header.s[i + n]))))
			i++;
		if (i + n > header.n)
			continue;
		if (add_column(l, header, i, i + n, e))
			return -1;
		from = i + n;
	}
	return l->columns.n ? 0 : err_set(e, ERR_INPUT, "the header has none of the columns");
}

/* Where column i begins in this line: a word that began before it is a figure set to the right. */
static size_t cell_begin(struct line line, size_t chars, size_t from)
{
	size_t at = bytes_of(line, chars);

	if (!chars)
		return 0;
	while (at > from && at < line.n && !line_is_blank(line.s[at]) &&
		!line_is_blank(line.s[at - 1]))
		at--;
	return at;
}

static struct doc *laid_out_row(const struct layout *l, struct line line)
{
	struct doc *map = doc_new_map();
	size_t begin = cell_begin(line, l->columns.n ? l->at[0] : 0, 0);

	for (size_t i = 0; i < l->columns.n; i++) {
		size_t end = i + 1 < l->columns.n ? cell_begin(line, l->at[i + 1], begin) : line.n;
		struct line cell = line_trim(line.s + begin, end - begin);

		doc_set(map, l->columns.name[i], doc_new_strn(cell.s, cell.n));
		begin = end;
	}
	return map;
}

static int parse_columns(
	struct doc *out, const char *s, size_t n, const struct doc *names, struct err *e)
{
	struct layout l = {0};
	bool header = true;
	struct line line;
	int rc = 0;

	while (!rc && line_next(&s, &n, &line)) {
		if (!line.n)
			continue;
		if (header)
			rc = names ? layout_by_names(&l, line, names, e)
				   : layout_by_gaps(&l, line, e);
		else if (doc_len(out) == PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d rows", PARSE_ROWS_MAX);
		else
			doc_push(out, laid_out_row(&l, line));
		header = false;
	}
	columns_finish(&l.columns);
	return rc;
}

/* ---- columns by a separator ---- */

static struct doc *row(const struct columns *c, struct line line, const char *separator)
{
	struct doc *map = doc_new_map();

	for (size_t i = 0; i < c->n && (line.n || i == 0); i++) {
		struct line cell = next_cell(&line, separator, i + 1 == c->n);

		doc_set(map, c->name[i], doc_new_strn(cell.s, cell.n));
	}
	return map;
}

static int parse_cells(struct doc *out, const char *s, size_t n, const char *separator,
	const struct doc *options, struct err *e)
{
	const struct doc *names = doc_get(options, "columns");
	bool header = doc_get_bool(options, "header", names == NULL);
	struct columns columns = {0};
	struct line line;
	int rc = 0;

	named_columns(&columns, names);
	while (!rc && line_next(&s, &n, &line)) {
		if (!line.n)
			continue;
		if (header) {
			header = false;
			if (!names)
				rc = header_columns(&columns, line, separator, e);
			continue;
		}
		if (doc_len(out) == PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d rows", PARSE_ROWS_MAX);
		else
			doc_push(out, row(&columns, line, separator));
	}
	columns_finish(&columns);
	return rc;
}

/* Rows of maps. The first line names the columns, unless `columns:` does; with both the first line
 * is passed over (`header: true`). */
int parse_table(struct doc **out, const char *s, size_t n, const struct doc *options, struct err *e)
{
	const char *separator = doc_get_str(options, "separator", "blank");
	int rc;

	*out = doc_new_list();
	rc = str_eq(separator, "columns")
		     ? parse_columns(*out, s, n, doc_get(options, "columns"), e)
		     : parse_cells(*out, s, n, separator, options, e);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
