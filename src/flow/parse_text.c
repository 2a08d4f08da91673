#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/parse_line.h"

int parse_lines(struct doc **out, const char *s, size_t n, struct err *e)
{
	struct line line;

	*out = doc_new_list();
	while (line_next(&s, &n, &line)) {
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
		for (*key = 0; *key < line.n && !line_is_blank(line.s[*key]); ++*key)
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

	line = line_trim(line.s, line.n);
	if (!split_field(line, separator, &key_len, &value_at))
		return 0;
	key = line_trim(line.s, key_len);
	value = line_trim(line.s + value_at, line.n - value_at);
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

	while (!rc && line_next(&s, &n, &line)) {
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
