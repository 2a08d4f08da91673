#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/nearest.h"

__attribute__((format(printf, 5, 0))) static void place_err(
	struct err *e, const char *name, int line, int col, const char *fmt, va_list ap)
{
	char msg[ERR_MSG_MAX];

	vsnprintf(msg, sizeof msg, fmt, ap);
	err_set(e, ERR_INPUT, "%s", msg);
	if (line > 0)
		err_prefix(e, "%s:%d:%d", name, line, col);
	else
		err_prefix(e, "%s", name);
}

int doc_err(struct err *e, const char *name, const struct doc *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_err(e, name, doc_line(at), doc_col(at), fmt, ap);
	va_end(ap);
	return -1;
}

int doc_key_err(
	struct err *e, const char *name, const struct doc *map, size_t i, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_err(e, name, doc_key_line(map, i), doc_key_col(map, i), fmt, ap);
	va_end(ap);
	return -1;
}

int doc_only_keys(const struct doc *map, const char *name, const char *what,
	const char *const *known, struct err *e)
{
	if (doc_kind(map) != DOC_MAP)
		return doc_err(e, name, map, "%s must be a map of keys and values, not %s", what,
			doc_kind_name(doc_kind(map)));
	for (size_t i = 0; i < doc_len(map); i++) {
		const char *key = doc_key(map, i);
		const char *near;
		size_t k = 0;

		while (known[k] && strcmp(known[k], key))
			k++;
		if (known[k])
			continue;
		near = nearest(key, known);
		if (near)
			return doc_key_err(e, name, map, i,
				"unknown key \"%.64s\" in %s: did you mean \"%s\"?", key, what,
				near);
		return doc_key_err(
			e, name, map, i, "unknown key \"%.64s\" in %s: remove it", key, what);
	}
	return 0;
}

const char *doc_kind_name(enum doc_kind k)
{
	switch (k) {
	case DOC_NULL:
		return "nothing";
	case DOC_BOOL:
		return "true or false";
	case DOC_INT:
	case DOC_REAL:
		return "a number";
	case DOC_STRING:
		return "text";
	case DOC_LIST:
		return "a list";
	case DOC_MAP:
		return "a map";
	}
	return "";
}
