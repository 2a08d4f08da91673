#include "config.h"

#include "codec/yaml_anchor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"

struct yaml_anchor {
	char *name;
	struct doc *value;
};

void yaml_anchor_take(struct yaml_anchors *a, char *name, struct doc *value)
{
	struct yaml_anchor *one = ARR_ADD(a->v, a->n, a->cap);

	*one = (struct yaml_anchor){name, value};
}

const struct doc *yaml_anchor(const struct yaml_anchors *a, const char *name)
{
	for (size_t i = a->n; i > 0; i--)
		if (str_eq(a->v[i - 1].name, name))
			return a->v[i - 1].value;
	return NULL;
}

void yaml_anchors_finish(struct yaml_anchors *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->v[i].name);
		doc_free(a->v[i].value);
	}
	free(a->v);
	*a = (struct yaml_anchors){0};
}

size_t yaml_count_values(const struct doc *d)
{
	size_t n = 1;

	for (size_t i = 0; doc_kind(d) == DOC_LIST && i < doc_len(d); i++)
		n += yaml_count_values(doc_at(d, i));
	for (size_t i = 0; doc_kind(d) == DOC_MAP && i < doc_len(d); i++)
		n += yaml_count_values(doc_value(d, i));
	return n;
}

void yaml_merge(struct doc *d, const struct doc *from)
{
	for (size_t i = 0; doc_kind(from) == DOC_LIST && i < doc_len(from); i++)
		yaml_merge(d, doc_at(from, i));
	for (size_t i = 0; doc_kind(from) == DOC_MAP && i < doc_len(from); i++)
		if (!doc_get(d, doc_key(from, i)))
			doc_set(d, doc_key(from, i), doc_copy(doc_value(from, i)));
}
