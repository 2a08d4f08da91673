#include "config.h"

#include "schema.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"

#define REF "#/definitions/"

struct check_of {
	const struct doc *root;
	struct buf *why;
};

static bool fits(
	const struct check_of *c, const struct doc *schema, const struct doc *v, const char *path);

static bool no(const struct check_of *c, const char *path, const char *what)
{
	buf_addf(c->why, "%s: %s\n", *path ? path : "/", what);
	return false;
}

static bool type_fits(const char *type, const struct doc *v)
{
	static const struct {
		const char *name;
		enum doc_kind kind;
	} types[] = {{"string", DOC_STRING}, {"integer", DOC_INT}, {"boolean", DOC_BOOL},
		{"array", DOC_LIST}, {"object", DOC_MAP}};

	if (str_eq(type, "number"))
		return doc_kind(v) == DOC_INT || doc_kind(v) == DOC_REAL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(types[i].name, type))
			return doc_kind(v) == types[i].kind;
	return false;
}

static bool matches(const char *pattern, const char *text)
{
	regex_t re;
	bool good;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	good = !regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return good;
}

static bool in_list(const struct doc *list, const struct doc *v)
{
	for (size_t i = 0; i < doc_len(list); i++)
		if (doc_equal(doc_at(list, i), v))
			return true;
	return false;
}

/* Exactly one of them; what the others lack is of no interest. */
static bool one_of(
	const struct check_of *c, const struct doc *list, const struct doc *v, const char *path)
{
	struct buf why = {0};
	const struct check_of quiet = {c->root, &why};
	size_t n = 0;

	for (size_t i = 0; i < doc_len(list); i++)
		n += fits(&quiet, doc_at(list, i), v, path);
	if (n != 1)
		no(c, path, n ? "fits more than one of oneOf" : "fits none of oneOf");
	if (!n)
		buf_adds(c->why, buf_str(&why));
	buf_finish(&why);
	return n == 1;
}

static bool values_fit(
	const struct check_of *c, const struct doc *schema, const struct doc *v, const char *path)
{
	const struct doc *known = doc_get(schema, "properties"),
			 *rest = doc_get(schema, "additionalProperties"),
			 *names = doc_get(schema, "propertyNames");
	bool good = true;

	for (size_t i = 0; doc_kind(v) == DOC_MAP && i < doc_len(v); i++) {
		const char *key = doc_key(v, i);
		const struct doc *of = doc_get(known, key);
		char *below = xasprintf("%s/%s", path, key);

		if (names && !matches(doc_get_str(names, "pattern", ""), key))
			good = no(c, below, "such a key is not allowed");
		if (of)
			good = fits(c, of, doc_value(v, i), below) && good;
		else if (doc_kind(rest) == DOC_MAP)
			good = fits(c, rest, doc_value(v, i), below) && good;
		else if (doc_kind(rest) == DOC_BOOL && !doc_bool(rest))
			good = no(c, below, "no such key");
		free(below);
	}
	return good;
}

static bool items_fit(
	const struct check_of *c, const struct doc *of, const struct doc *v, const char *path)
{
	bool good = true;

	for (size_t i = 0; doc_kind(v) == DOC_LIST && i < doc_len(v); i++) {
		char *below = xasprintf("%s/%zu", path, i);

		good = fits(c, of, doc_at(v, i), below) && good;
		free(below);
	}
	return good;
}

static bool required_there(
	const struct check_of *c, const struct doc *list, const struct doc *v, const char *path)
{
	for (size_t i = 0; doc_kind(v) == DOC_MAP && i < doc_len(list); i++)
		if (!doc_get(v, doc_str(doc_at(list, i))))
			return no(c, path, doc_str(doc_at(list, i)));
	return true;
}

/* The keywords that bound a number: of the value, its length or its count. */
static bool bound_fits(const char *key, int64_t limit, const struct doc *v)
{
	enum doc_kind k = doc_kind(v);
	int64_t n = k == DOC_INT ? doc_int(v)
				 : (int64_t)(k == DOC_STRING ? doc_str_len(v) : doc_len(v));
	enum doc_kind of = strstr(key, "Length")       ? DOC_STRING
			   : strstr(key, "Items")      ? DOC_LIST
			   : strstr(key, "Properties") ? DOC_MAP
						       : DOC_INT;

	return k != of || (str_starts(key, "min") ? n >= limit : n <= limit);
}

static bool keyword(const struct check_of *c, const char *key, const struct doc *schema,
	const struct doc *of, const struct doc *v, const char *path)
{
	static const char *const said[] = {"$schema", "title", "description", "definitions",
		"additionalProperties", "propertyNames", NULL};

	for (size_t i = 0; said[i]; i++)
		if (str_eq(said[i], key))
			return true;
	if (str_eq(key, "type"))
		return type_fits(doc_str(of), v) || no(c, path, doc_str(of));
	if (str_eq(key, "enum"))
		return in_list(of, v) || no(c, path, "none of enum");
	if (str_eq(key, "const"))
		return doc_equal(of, v) || no(c, path, "not the const");
	if (str_eq(key, "pattern"))
		return !doc_str(v) || matches(doc_str(of), doc_str(v)) || no(c, path, doc_str(of));
	if (str_eq(key, "oneOf"))
		return one_of(c, of, v, path);
	if (str_eq(key, "items"))
		return items_fit(c, of, v, path);
	if (str_eq(key, "required"))
		return required_there(c, of, v, path);
	if (str_eq(key, "properties"))
		return values_fit(c, schema, v, path);
	if (str_eq(key, "exclusiveMinimum"))
		return doc_real(v) > doc_real(of) || no(c, path, key);
	if (str_starts(key, "min") || str_starts(key, "max"))
		return bound_fits(key, doc_int(of), v) || no(c, path, key);
	return no(c, path, "the schema has a keyword that is not known here");
}

static bool fits(
	const struct check_of *c, const struct doc *schema, const struct doc *v, const char *path)
{
	const char *ref = doc_get_str(schema, "$ref", NULL);
	bool good = true;

	if (ref) {
		const struct doc *to =
			str_starts(ref, REF)
				? doc_get(doc_get(c->root, "definitions"), ref + strlen(REF))
				: NULL;

		return to ? fits(c, to, v, path) : no(c, path, "a $ref to nothing");
	}
	for (size_t i = 0; i < doc_len(schema); i++)
		good = keyword(c, doc_key(schema, i), schema, doc_value(schema, i), v, path) &&
		       good;
	/* A map of things by name has no properties. */
	if (!doc_get(schema, "properties"))
		good = values_fit(c, schema, v, path) && good;
	return good;
}

bool schema_fits(const struct doc *root, const struct doc *value, struct buf *why)
{
	const struct check_of c = {root, why};

	return fits(&c, root, value, "");
}
