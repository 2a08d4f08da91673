#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"

/* A line, without its newline and blanks at its end. */
struct line {
	const char *s;
	size_t n;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next line off the text; false at its end. */
static bool next_line(const char **s, size_t *n, struct line *out)
{
	const char *nl;

	if (!*n)
		return false;
	nl = memchr(*s, '\n', *n);
	*out = (struct line){*s, nl ? (size_t)(nl - *s) : *n};
	*s += out->n + (nl ? 1 : 0);
	*n -= out->n + (nl ? 1 : 0);
	while (out->n && is_blank(out->s[out->n - 1]))
		out->n--;
	return true;
}

static struct line trim(const char *s, size_t n)
{
	while (n && is_blank(*s)) {
		s++;
		n--;
	}
	while (n && is_blank(s[n - 1]))
		n--;
	return (struct line){s, n};
}

int parse_lines(struct doc **out, const char *s, size_t n, struct err *e)
{
	struct line line;

	*out = doc_new_list();
	while (next_line(&s, &n, &line)) {
		if (!line.n)
			continue;
		if (doc_len(*out) == PARSE_ROWS_MAX) {
			doc_free(*out);
			*out = NULL;
			return err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
		}
		doc_push(*out, doc_new_strn(line.s, line.n));
	}
	return 0;
}

int parse_json_lines(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	struct line line;
	int number = 0;

	*out = doc_new_list();
	while (next_line(&s, &n, &line)) {
		struct doc *value = NULL;

		number++;
		if (!line.n)
			continue;
		if (doc_len(*out) == PARSE_ROWS_MAX)
			err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
		else if (!json_read(&value, line.s, line.n, name, e)) {
			doc_push(*out, value);
			continue;
		} else
			err_prefix(e, "line %d", number);
		doc_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

/* ---- fields ---- */

/* A key that comes again makes a list of its values. */
static void add_field(struct doc *map, const char *key, struct line value)
{
	const struct doc *old = doc_get(map, key);
	struct doc *list;

	if (!old) {
		doc_set(map, key, doc_new_strn(value.s, value.n));
		return;
	}
	if (doc_kind(old) == DOC_LIST) {
		list = doc_copy(old);
	} else {
		list = doc_new_list();
		doc_push(list, doc_copy(old));
	}
	doc_push(list, doc_new_strn(value.s, value.n));
	doc_set(map, key, list);
}

/* Length of the key, and where the value begins; false when the line has no separator. */
static bool split_field(struct line line, const char *separator, size_t *key, size_t *value)
{
	size_t n = strlen(separator);

	if (str_eq(separator, "blank")) {
		for (*key = 0; *key < line.n && !is_blank(line.s[*key]); ++*key)
			;
		*value = *key;
		return true;
	}
	for (size_t i = 0; i + n <= line.n; i++)
		if (!memcmp(line.s + i, separator, n)) {
			*key = i;
			*value = i + n;
			return true;
		}
	return false;
}

static int put_field(struct doc *map, struct line line, const char *separator, struct err *e)
{
	size_t key_len = 0, value_at = 0;
	struct line key, value;
	char *name;

	line = trim(line.s, line.n);
	if (!split_field(line, separator, &key_len, &value_at))
		return 0;
	key = trim(line.s, key_len);
	value = trim(line.s + value_at, line.n - value_at);
	if (!key.n)
		return 0;
	if (doc_len(map) >= PARSE_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d fields", PARSE_FIELDS_MAX);
	name = xstrndup(key.s, key.n);
	add_field(map, name, value);
	free(name);
	return 0;
}

/* With `blocks: true` a blank line ends a record, and the value is the list of them. */
int parse_fields(
	struct doc **out, const char *s, size_t n, const struct doc *options, struct err *e)
{
	const char *separator = doc_get_str(options, "separator", ":");
	bool blocks = doc_get_bool(options, "blocks", false);
	struct doc *map = doc_new_map(), *list = doc_new_list();
	size_t fields = 0;
	struct line line;
	int rc = 0;

	while (!rc && next_line(&s, &n, &line)) {
		if (blocks && !line.n && doc_len(map)) {
			doc_push(list, map);
			map = doc_new_map();
		}
		if (!line.n)
			continue;
		rc = put_field(map, line, separator, e);
		if (!rc && ++fields > PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
	}
	if (!rc && !doc_len(map) && !doc_len(list))
		rc = err_set(e, ERR_INPUT, "no field with \"%s\" in the output", separator);
	if (!rc && blocks && doc_len(map)) {
		doc_push(list, map);
		map = NULL;
	}
	*out = rc ? NULL : blocks ? list : map;
	if (rc || blocks)
		doc_free(map);
	if (rc || !blocks)
		doc_free(list);
	return rc;
}

/* ---- table ---- */

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
		*rest = trim(rest->s, rest->n);
		while (end < rest->n && (last || !is_blank(rest->s[end])))
			end++;
		cell = (struct line){rest->s, end};
	} else {
		while (end < rest->n &&
			(last || end + n > rest->n || memcmp(rest->s + end, separator, n) != 0))
			end++;
		cell = trim(rest->s, end);
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

static struct doc *row(const struct columns *c, struct line line, const char *separator)
{
	struct doc *map = doc_new_map();

	for (size_t i = 0; i < c->n && (line.n || i == 0); i++) {
		struct line cell = next_cell(&line, separator, i + 1 == c->n);

		doc_set(map, c->name[i], doc_new_strn(cell.s, cell.n));
	}
	return map;
}

/* Rows of maps. The first line names the columns, unless `columns:` does; with both the first line
 * is passed over (`header: true`). */
int parse_table(struct doc **out, const char *s, size_t n, const struct doc *options, struct err *e)
{
	const char *separator = doc_get_str(options, "separator", "blank");
	const struct doc *names = doc_get(options, "columns");
	bool header = doc_get_bool(options, "header", names == NULL);
	struct columns columns = {0};
	struct line line;
	int rc = 0;

	*out = doc_new_list();
	named_columns(&columns, names);
	while (!rc && next_line(&s, &n, &line)) {
		if (!line.n)
			continue;
		if (header) {
			header = false;
			if (!names)
				rc = header_columns(&columns, line, separator, e);
			continue;
		}
		if (doc_len(*out) == PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d rows", PARSE_ROWS_MAX);
		else
			doc_push(*out, row(&columns, line, separator));
	}
	columns_finish(&columns);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
