#include "config.h"

#include "flow/parse.h"

#include "base/buf.h"
#include "base/strs.h"
#include "codec/check_keys.h"
#include "codec/doc.h"
#include "flow/parse_kinds.h"
#include "model/check.h"

const char *parse_kind(const struct doc *command)
{
	const struct doc *read = doc_get(command, "read");

	return doc_str(read) ? doc_str(read) : doc_get_str(read, "kind", "");
}

const struct doc *parse_options(const struct doc *command)
{
	const struct doc *read = doc_get(command, "read");

	return doc_kind(read) == DOC_MAP ? read : NULL;
}

static int check_columns(const struct doc *options, const char *source, struct err *e)
{
	const struct doc *columns = doc_get(options, "columns");

	if (!columns)
		return 0;
	if (doc_kind(columns) != DOC_LIST || !doc_len(columns) ||
		doc_len(columns) > PARSE_COLUMNS_MAX)
		return doc_err(
			e, source, columns, "columns must be the names of a table's columns");
	for (size_t i = 0; i < doc_len(columns); i++)
		if (str_empty(doc_str(doc_at(columns, i))))
			return doc_err(e, source, doc_at(columns, i), "a column needs a name");
	return 0;
}

static int check_texts(const struct doc *options, const char *source, struct err *e)
{
	static const char *const keys[] = {"separator", "start", "end"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct doc *v = doc_get(options, keys[i]);

		if (v && str_empty(doc_str(v)))
			return doc_err(e, source, v, "%s must be a text", keys[i]);
	}
	return 0;
}

static int check_names(const struct doc *options, const char *source, struct err *e)
{
	const struct doc *names = doc_get(options, "names");

	if (names && (doc_kind(names) != DOC_LIST || !doc_len(names)))
		return doc_err(e, source, names, "names must be a list of metrics");
	for (size_t i = 0; i < doc_len(names); i++)
		if (str_empty(doc_str(doc_at(names, i))))
			return doc_err(e, source, doc_at(names, i), "a metric needs a name");
	return 0;
}

static int check_exits(const struct doc *exits, const char *source, struct err *e)
{
	if (!exits || str_eq(doc_str(exits), "any"))
		return 0;
	if (doc_kind(exits) != DOC_LIST || !doc_len(exits))
		return doc_err(e, source, exits, "exits must be a list of exit statuses, or any");
	for (size_t i = 0; i < doc_len(exits); i++) {
		const struct doc *at = doc_at(exits, i);

		if (doc_kind(at) != DOC_INT || doc_int(at) < 0 || doc_int(at) > 255)
			return doc_err(e, source, at, "an exit status is a number from 0 to 255");
	}
	return 0;
}

static int unknown_kind(const struct doc *command, const char *source, struct err *e)
{
	const struct doc *read = doc_get(command, "read");
	struct buf all = {0};

	for (int i = 0; i < READ_KIND_COUNT; i++)
		buf_addf(&all, "%s%s", i ? ", " : "", read_kind_name((enum read_kind)i));
	doc_err(e, source, read ? read : command, "read must be one of %s", buf_str(&all));
	buf_finish(&all);
	return -1;
}

int parse_check_options(const struct doc *command, const char *source, struct err *e)
{
	const struct doc *options = parse_options(command);
	enum read_kind kind;

	if (!read_kind_parse(parse_kind(command), &kind))
		return unknown_kind(command, source, e);
	if (options && doc_only_keys(options, source, "read", check_keys_read(kind), e))
		return -1;
	if (check_columns(options, source, e) || check_texts(options, source, e) ||
		check_names(options, source, e))
		return -1;
	return check_exits(doc_get(command, "exits"), source, e);
}
