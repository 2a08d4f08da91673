#include "config.h"

#include "codec/xml.h"

#include <ctype.h>
#include <expat.h>
#include <limits.h>
#include <stdbool.h>

#include "base/buf.h"
#include "codec/doc.h"

#define DEPTH_MAX 64
#define VALUES_MAX 100000

struct element {
	struct doc *map, *children;
	struct buf text;
};

struct reader {
	XML_Parser parser;
	struct element open[DEPTH_MAX];
	size_t depth, values;
	struct doc *root;
	const char *refused; /* why we stopped it; or NULL */
};

static void refuse(struct reader *r, const char *why)
{
	r->refused = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static struct doc *attributes(struct reader *r, const XML_Char **attrs)
{
	struct doc *map = doc_new_map();

	for (; *attrs && r->values <= VALUES_MAX; attrs += 2, r->values++)
		doc_set_str(map, attrs[0], attrs[1]);
	return map;
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
	struct reader *r = arg;
	struct element *el;

	if (r->refused)
		return;
	if (r->depth == DEPTH_MAX) {
		refuse(r, "nested deeper than 64 levels");
		return;
	}
	if (++r->values > VALUES_MAX) {
		refuse(r, "more than 100000 elements and attributes");
		return;
	}
	el = &r->open[r->depth++];
	*el = (struct element){.map = doc_new_map(), .children = doc_new_list()};
	doc_set_str(el->map, "name", name);
	doc_set(el->map, "attrs", attributes(r, attrs));
}

static void on_text(void *arg, const XML_Char *s, int n)
{
	struct reader *r = arg;

	if (r->depth && n > 0)
		buf_add(&r->open[r->depth - 1].text, s, (size_t)n);
}

/* Its map, whole; the element is done. */
static struct doc *close_element(struct element *el)
{
	const char *s = buf_str(&el->text);
	size_t n = el->text.len;
	struct doc *map = el->map;

	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	doc_set(map, "text", doc_new_strn(s, n));
	doc_set(map, "children", el->children);
	buf_finish(&el->text);
	return map;
}

static void on_end(void *arg, const XML_Char *name)
{
	struct reader *r = arg;
	struct doc *map;

	(void)name;
	if (r->refused || !r->depth)
		return;
	map = close_element(&r->open[--r->depth]);
	if (r->depth)
		doc_push(r->open[r->depth - 1].children, map);
	else
		r->root = map;
}

/* Entities of its own are how a small text becomes a large one. */
static void on_entity(void *arg, const XML_Char *entity, int is_parameter, const XML_Char *value,
	int value_len, const XML_Char *base, const XML_Char *system, const XML_Char *public,
	const XML_Char *notation)
{
	(void)entity;
	(void)is_parameter;
	(void)value;
	(void)value_len;
	(void)base;
	(void)system;
	(void)public;
	(void)notation;
	refuse(arg, "entities of its own are not read");
}

static int parse(struct reader *r, const char *s, size_t n, const char *name, struct err *e)
{
	if (n <= INT_MAX && XML_Parse(r->parser, s, (int)n, XML_TRUE) == XML_STATUS_OK &&
		!r->refused && r->root)
		return 0;
	return err_set(e, ERR_INPUT, "%s:%lu:%lu: %s", name,
		(unsigned long)XML_GetCurrentLineNumber(r->parser),
		(unsigned long)XML_GetCurrentColumnNumber(r->parser) + 1,
		r->refused ? r->refused : XML_ErrorString(XML_GetErrorCode(r->parser)));
}

int xml_read(struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	struct reader r = {.parser = XML_ParserCreate(NULL)};
	int rc;

	*out = NULL;
	if (!r.parser)
		return err_set(e, ERR_FAIL, "%s: cannot start the XML reader", name);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetEntityDeclHandler(r.parser, on_entity);
	rc = parse(&r, s, n, name, e);
	while (r.depth)
		doc_free(close_element(&r.open[--r.depth]));
	if (rc)
		doc_free(r.root);
	else
		*out = r.root;
	XML_ParserFree(r.parser);
	return rc;
}
