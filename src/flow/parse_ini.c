#include "config.h"

#include "flow/parse_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "flow/parse_line.h"

/* A key or a section that comes again makes a list of its values. Takes the value. */
static void add(struct doc *map, const char *key, struct doc *value)
{
	const struct doc *old = doc_get(map, key);
	struct doc *list;

	if (!old) {
		doc_set(map, key, value);
		return;
	}
	list = doc_kind(old) == DOC_LIST ? doc_copy(old) : doc_new_list();
	if (doc_kind(old) != DOC_LIST)
		doc_push(list, doc_copy(old));
	doc_push(list, value);
	doc_set(map, key, list);
}

struct ini {
	struct doc *all, *section;
	char *name; /* of the section */
	char *key;  /* pending: more lines of its value may follow */
	struct buf value;
	size_t fields;
};

static void end_key(struct ini *i)
{
	if (!i->key)
		return;
	add(i->section, i->key, doc_new_strn(buf_str(&i->value), i->value.len));
	free(i->key);
	i->key = NULL;
	buf_reset(&i->value);
}

/* What stands before the first section is kept under "" when there is something. */
static void end_section(struct ini *i)
{
	end_key(i);
	if (*i->name || doc_len(i->section))
		add(i->all, i->name, i->section);
	else
		doc_free(i->section);
	i->section = NULL;
	free(i->name);
	i->name = NULL;
}

static void begin_section(struct ini *i, struct line name)
{
	i->name = line_text(name);
	i->section = doc_new_map();
}

/* "key = value", or "key: value" where no '=' stands; a word alone is a key without a value. */
static void put_key(struct ini *i, struct line line)
{
	size_t at = line_find(line, '=');
	struct line key, value;

	end_key(i);
	if (at == line.n)
		at = line_find(line, ':');
	key = line_trim(line.s, at);
	value = line_after(line, at + 1);
	value = line_trim(value.s, value.n);
	i->key = line_text(key);
	buf_add(&i->value, value.s, value.n);
}

/* An indented line without a separator goes on with the value before. */
static bool goes_on(const struct ini *i, struct line raw, struct line line)
{
	return i->key && line_is_blank(*raw.s) && line_find(line, '=') == line.n &&
	       line_find(line, ':') == line.n;
}

static int put_line(struct ini *i, struct line raw, struct err *e)
{
	struct line line = line_trim(raw.s, raw.n);

	if (!line.n || *line.s == '#' || *line.s == ';')
		return 0;
	if (++i->fields > PARSE_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d fields", PARSE_FIELDS_MAX);
	if (line_starts(line, "[") && line_ends(line, "]")) {
		end_section(i);
		begin_section(i, line_trim(line.s + 1, line.n - 2));
	} else if (goes_on(i, raw, line)) {
		buf_addc(&i->value, '\n');
		buf_add(&i->value, line.s, line.n);
	} else {
		put_key(i, line);
	}
	return 0;
}

int parse_ini(struct doc **out, const char *s, size_t n, struct err *e)
{
	struct ini i = {.all = doc_new_map()};
	struct line raw;
	int rc = 0;

	begin_section(&i, (struct line){"", 0});
	while (!rc && line_next(&s, &n, &raw))
		rc = put_line(&i, raw, e);
	end_section(&i);
	if (!rc && !doc_len(i.all))
		rc = err_set(e, ERR_INPUT, "no \"key = value\" in the output");
	buf_finish(&i.value);
	*out = rc ? NULL : i.all;
	if (rc)
		doc_free(i.all);
	return rc;
}
