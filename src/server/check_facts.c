#include "config.h"

#include "server/check_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"

void facts_read(struct facts *out, const char *text)
{
	*out = (struct facts){0};
	while (*text) {
		struct buf part = {0};
		char *equals;

		for (; *text && *text != ';'; text++) {
			if (*text == '\\' && text[1] == ';')
				text++;
			buf_addc(&part, *text);
		}
		text += *text == ';';
		equals = strchr(buf_str(&part), '=');
		if (equals) {
			struct fact *f = ARR_ADD(out->v, out->n, out->cap);

			*f = (struct fact){xstrndup(part.data, (size_t)(equals - part.data)),
				xstrdup(equals + 1)};
		}
		buf_finish(&part);
	}
}

void facts_finish(struct facts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].name);
		free(f->v[i].value);
	}
	free(f->v);
	*f = (struct facts){0};
}

/* A key may hold dots itself: the longest that is there is taken first. */
const struct doc *facts_find(const struct doc *map, const char *name)
{
	const struct doc *v = doc_kind(map) == DOC_MAP ? doc_get(map, name) : NULL;

	for (size_t n = strlen(name); !v && doc_kind(map) == DOC_MAP && n > 1; n--) {
		char *key;

		if (name[n - 1] != '.')
			continue;
		key = xstrndup(name, n - 1);
		if (doc_get(map, key))
			v = facts_find(doc_get(map, key), name + n);
		free(key);
	}
	return v;
}

static bool number_of(const char *text, double *out)
{
	char *end;

	if (str_empty(text) || !strchr("+-.0123456789", *text))
		return false;
	*out = strtod(text, &end);
	return !*end && isfinite(*out);
}

void facts_show(struct buf *out, const struct doc *got)
{
	switch (doc_kind(got)) {
	case DOC_NULL:
		buf_adds(out, "absent");
		return;
	case DOC_STRING:
		buf_adds(out, doc_str(got));
		return;
	case DOC_LIST:
		for (size_t i = 0; i < doc_len(got); i++) {
			if (i)
				buf_addc(out, ',');
			facts_show(out, doc_at(got, i));
		}
		return;
	case DOC_BOOL:
	case DOC_INT:
	case DOC_REAL:
	case DOC_MAP:
		break;
	}
	json_write(out, got);
}

static bool same_bool(const char *wanted, bool got)
{
	return str_eq(wanted, got ? "true" : "false") || str_eq(wanted, got ? "yes" : "no");
}

/* "0.04ms" is "4e-05s", "1KB" is "1024B". False for what is no time and no size. */
static bool quantity_of(const char *text, char *kind, double *out)
{
	static const struct {
		const char *unit;
		char kind;
		double factor;
	} units[] = {
		{"us", 's', 1e-6},
		{"ms", 's', 1e-3},
		{"s", 's', 1},
		{"B", 'B', 1},
		{"kB", 'B', 1024},
		{"KB", 'B', 1024},
		{"MB", 'B', 1048576},
		{"GB", 'B', 1073741824},
		{"TB", 'B', 1099511627776},
	};
	char *end;

	if (str_empty(text) || !strchr("+-.0123456789", *text))
		return false;
	*out = strtod(text, &end);
	for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++)
		if (str_eq(end, units[i].unit)) {
			*kind = units[i].kind;
			*out *= units[i].factor;
			return isfinite(*out);
		}
	return false;
}

static bool same_number(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static bool same_text(const char *a, const char *b)
{
	double x, y;
	char kind_a, kind_b;

	if (str_eq(a, b))
		return true;
	if (number_of(a, &x) && number_of(b, &y))
		return same_number(x, y);
	return quantity_of(a, &kind_a, &x) && quantity_of(b, &kind_b, &y) && kind_a == kind_b &&
	       same_number(x, y);
}

bool facts_same(const char *wanted, const struct doc *got)
{
	struct buf text = {0};
	bool same;

	if (doc_kind(got) == DOC_NULL)
		return str_eq(wanted, "absent") || str_eq(wanted, "null");
	if (doc_kind(got) == DOC_BOOL)
		return same_bool(wanted, doc_bool(got));
	facts_show(&text, got);
	same = same_text(wanted, buf_str(&text));
	buf_finish(&text);
	return same;
}
