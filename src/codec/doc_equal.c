#include "config.h"

#include <string.h>

#include "codec/doc.h"

static bool lists_equal(const struct doc *a, const struct doc *b)
{
	for (size_t i = 0; i < doc_len(a); i++)
		if (!doc_equal(doc_at(a, i), doc_at(b, i)))
			return false;
	return true;
}

static bool maps_equal(const struct doc *a, const struct doc *b)
{
	for (size_t i = 0; i < doc_len(a); i++) {
		const struct doc *other = doc_get(b, doc_key(a, i));

		if (!other || !doc_equal(doc_value(a, i), other))
			return false;
	}
	return true;
}

bool doc_equal(const struct doc *a, const struct doc *b)
{
	if (doc_kind(a) != doc_kind(b) || doc_len(a) != doc_len(b))
		return false;
	switch (doc_kind(a)) {
	case DOC_NULL:
		return true;
	case DOC_BOOL:
		return doc_bool(a) == doc_bool(b);
	case DOC_INT:
		return doc_int(a) == doc_int(b);
	case DOC_REAL:
		return doc_real(a) >= doc_real(b) && doc_real(a) <= doc_real(b);
	case DOC_STRING:
		return doc_str_len(a) == doc_str_len(b) &&
		       !memcmp(doc_str(a), doc_str(b), doc_str_len(a));
	case DOC_LIST:
		return lists_equal(a, b);
	case DOC_MAP:
		return maps_equal(a, b);
	}
	return false;
}
