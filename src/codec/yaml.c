#include "config.h"

#include "codec/yaml.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml_anchor.h"
#include "codec/yaml_plain.h"

#define DEPTH_MAX 64
#define VALUES_MAX 200000

struct reader {
	bool foreign; /* not ours: anchors, aliases, tags, keys that come again, many documents */
	struct yaml_anchors anchors;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	const char *name;
	const char *text;
	size_t len;
	size_t values;
	struct err *e;
};

static int mark_err(struct reader *r, yaml_mark_t at, const char *msg)
{
	return err_set(r->e, ERR_INPUT, "%s:%zu:%zu: %s", r->name, at.line + 1, at.column + 1, msg);
}

/* libyaml's reader tells a byte offset where the others tell a line and column. */
static int offset_err(struct reader *r, size_t offset, const char *msg)
{
	yaml_mark_t at = {0};

	for (size_t i = 0; i < offset && i < r->len; i++) {
		at.column++;
		if (r->text[i] == '\n') {
			at.line++;
			at.column = 0;
		}
	}
	return mark_err(r, at, msg);
}

/* libyaml speaks to programmers. */
static const char *plain_words(const char *problem)
{
	static const struct {
		const char *theirs, *ours;
	} words[] = {
		{"found character that cannot start any token",
			"a tab, or a character that needs quotes: indent with blanks"},
		{"did not find expected node content",
			"a value is missing, or a { or [ is not closed"},
		{"mapping values are not allowed in this context",
			"a second \": \" in one line, or wrong indentation: quote the text"},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(words[i].theirs, problem))
			return words[i].ours;
	return problem;
}

static int parser_err(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = plain_words(p->problem ? p->problem : "not YAML");
	char msg[300];

	if (p->error == YAML_READER_ERROR)
		return offset_err(r, p->problem_offset, problem);
	if (p->context && p->context_mark.line != p->problem_mark.line)
		snprintf(msg, sizeof msg, "%s (%s that began in line %zu)", problem, p->context,
			p->context_mark.line + 1);
	else
		snprintf(msg, sizeof msg, "%s", problem);
	return mark_err(r, p->problem_mark, msg);
}

static int next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		return parser_err(r);
	return 0;
}

static int here_err(struct reader *r, const char *msg)
{
	return mark_err(r, r->event.start_mark, msg);
}

/* Anchors, aliases and tags: refused wherever they stand. */
static int refuse_extras(struct reader *r)
{
	const yaml_event_t *ev = &r->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (r->foreign)
		return 0;
	if (ev->type == YAML_ALIAS_EVENT)
		return here_err(r, "aliases (*name) are not allowed: write the value out");
	if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (anchor)
		return here_err(r, "anchors (&name) are not allowed: remove it");
	if (tag)
		return here_err(r, "tags (!name) are not allowed: remove it, or quote the text");
	return 0;
}

/* ---- what only foreign texts may hold ---- */

/* A copy, counted as if it were written out: a few aliases of aliases make a large value. */
static int counted_copy(struct reader *r, const struct doc *from, struct doc **out)
{
	r->values += yaml_count_values(from);
	if (r->values > VALUES_MAX)
		return here_err(r, "more than 200000 values");
	*out = doc_copy(from);
	return 0;
}

static int alias(struct reader *r, struct doc **out)
{
	const struct doc *value =
		yaml_anchor(&r->anchors, (const char *)r->event.data.alias.anchor);

	return value ? counted_copy(r, value, out) : here_err(r, "an alias of nothing");
}

static const char *anchor_of(const yaml_event_t *ev)
{
	if (ev->type == YAML_SCALAR_EVENT)
		return (const char *)ev->data.scalar.anchor;
	if (ev->type == YAML_SEQUENCE_START_EVENT)
		return (const char *)ev->data.sequence_start.anchor;
	if (ev->type == YAML_MAPPING_START_EVENT)
		return (const char *)ev->data.mapping_start.anchor;
	return NULL;
}

/* Takes the name. */
static int keep_anchor(struct reader *r, char *name, const struct doc *value)
{
	struct doc *copy = NULL;
	int rc = name ? counted_copy(r, value, &copy) : 0;

	if (name && !rc)
		yaml_anchor_take(&r->anchors, name, copy);
	else
		free(name);
	return rc;
}

/* ---- values ---- */

static struct doc *plain_value(const char *s, size_t n)
{
	switch (yaml_plain_kind(s, n)) {
	case DOC_NULL:
		return doc_new_null();
	case DOC_BOOL:
		return doc_new_bool(*s == 't');
	case DOC_INT:
		return yaml_plain_int(s);
	case DOC_REAL:
		return doc_new_real(yaml_plain_real(s));
	case DOC_STRING:
	case DOC_LIST:
	case DOC_MAP:
		break;
	}
	return doc_new_strn(s, n);
}

static struct doc *scalar(struct reader *r)
{
	const char *s = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;

	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return plain_value(s, n);
	return doc_new_strn(s, n);
}

static int value(struct reader *r, struct doc **out, int depth);

static int list(struct reader *r, struct doc *d, int depth)
{
	for (;;) {
		struct doc *v;

		if (next(r))
			return -1;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (value(r, &v, depth))
			return -1;
		doc_push(d, v);
	}
}

static int key(struct reader *r, const struct doc *d, char **out)
{
	const char *s;

	if (refuse_extras(r))
		return -1;
	if (r->event.type != YAML_SCALAR_EVENT)
		return here_err(r, "a key must be a plain word or a quoted text");
	s = (const char *)r->event.data.scalar.value;
	if (strlen(s) != r->event.data.scalar.length)
		return here_err(r, "a key must not hold a NUL");
	for (size_t i = 0; !r->foreign && doc_get(d, s) && i < doc_len(d); i++) {
		char msg[160];

		if (strcmp(doc_key(d, i), s))
			continue;
		snprintf(msg, sizeof msg, "\"%.64s\" stands twice (first in line %d): remove one",
			s, doc_key_line(d, i));
		return here_err(r, msg);
	}
	*out = xstrdup(s);
	return 0;
}

static int map(struct reader *r, struct doc *d, int depth)
{
	for (;;) {
		struct doc *v;
		yaml_mark_t at;
		char *k = NULL;

		if (next(r))
			return -1;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		at = r->event.start_mark;
		if (key(r, d, &k))
			return -1;
		if (next(r) || value(r, &v, depth)) {
			free(k);
			return -1;
		}
		if (r->foreign && str_eq(k, "<<") && doc_len(v)) {
			yaml_merge(d, v);
			doc_free(v);
		} else {
			doc_set(d, k, v);
			doc_place_key(d, doc_len(d) - 1, (int)at.line + 1, (int)at.column + 1);
		}
		free(k);
	}
}

static int collection(struct reader *r, struct doc **out, int depth)
{
	bool is_list = r->event.type == YAML_SEQUENCE_START_EVENT;

	*out = is_list ? doc_new_list() : doc_new_map();
	if (is_list ? !list(r, *out, depth + 1) : !map(r, *out, depth + 1))
		return 0;
	doc_free(*out);
	*out = NULL;
	return -1;
}

static int value(struct reader *r, struct doc **out, int depth)
{
	yaml_mark_t at = r->event.start_mark;
	char *anchor;
	int rc = 0;

	*out = NULL;
	if (refuse_extras(r))
		return -1;
	if (r->event.type == YAML_ALIAS_EVENT)
		return alias(r, out);
	if (depth >= DEPTH_MAX && r->event.type != YAML_SCALAR_EVENT)
		return here_err(r, "nested deeper than 64 levels");
	if (++r->values > VALUES_MAX)
		return here_err(r, "more than 200000 values");
	anchor = xstrdup(anchor_of(&r->event));
	if (r->event.type == YAML_SCALAR_EVENT)
		*out = scalar(r);
	else
		rc = collection(r, out, depth);
	if (rc) {
		free(anchor);
		return rc;
	}
	doc_place(*out, (int)at.line + 1, (int)at.column + 1);
	rc = keep_anchor(r, anchor, *out);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}

/* STREAM-START, then nothing or one document, then STREAM-END. */
static int stream(struct reader *r, struct doc **out)
{
	if (next(r) || next(r))
		return -1;
	if (r->event.type == YAML_STREAM_END_EVENT) {
		*out = doc_new_null();
		doc_place(*out, 1, 1);
		return 0;
	}
	if (next(r) || value(r, out, 0))
		return -1;
	if (next(r) || next(r)) /* DOCUMENT-END, and what follows */
		return -1;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return here_err(r, "a second document begins here: one file holds one");
	return 0;
}

/* A list of the documents when there are more than one. */
static int documents(struct reader *r, struct doc **out)
{
	struct doc *all = doc_new_list();
	int rc = next(r) || next(r) ? -1 : 0;

	while (!rc && r->event.type != YAML_STREAM_END_EVENT) {
		struct doc *one = NULL;

		rc = next(r) || value(r, &one, 0) || next(r) || next(r) ? -1 : 0;
		if (one)
			doc_push(all, one);
	}
	*out = NULL;
	if (!rc)
		*out = doc_len(all) > 1 ? doc_copy(all)
		       : doc_len(all)	? doc_copy(doc_at(all, 0))
					: doc_new_null();
	doc_free(all);
	return rc;
}

static int read_text(
	struct doc **out, bool foreign, const char *s, size_t n, const char *name, struct err *e)
{
	struct reader r = {.foreign = foreign, .name = name, .text = s ? s : "", .len = n, .e = e};
	int rc;

	*out = NULL;
	if (!yaml_parser_initialize(&r.parser))
		return err_set(e, ERR_FAIL, "%s: cannot start the YAML reader", name);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, n);
	rc = foreign ? documents(&r, out) : stream(&r, out);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	yaml_anchors_finish(&r.anchors);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return rc;
}

int yaml_read(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	return read_text(out, false, s, n, name, e);
}

int yaml_read_foreign(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	return read_text(out, true, s, n, name, e);
}
