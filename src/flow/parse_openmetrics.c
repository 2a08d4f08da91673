#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/parse_line.h"

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == ':' || c == '.';
}

static struct line take_name(struct line *l)
{
	struct line name = {l->s, 0};

	while (name.n < l->n && is_name_char(l->s[name.n]))
		name.n++;
	*l = line_after(*l, name.n);
	return name;
}

static void skip_blanks(struct line *l)
{
	while (l->n && line_is_blank(*l->s))
		*l = line_after(*l, 1);
}

static bool take(struct line *l, char c)
{
	if (!l->n || *l->s != c)
		return false;
	*l = line_after(*l, 1);
	return true;
}

/* A quoted label value with its escapes (backslash, quote, n). */
static bool take_quoted(struct line *l, struct buf *out)
{
	buf_reset(out);
	if (!take(l, '"'))
		return false;
	while (l->n && *l->s != '"') {
		char c = *l->s;

		if (c == '\\' && l->n > 1) {
			*l = line_after(*l, 1);
			c = *l->s == 'n' ? '\n' : *l->s;
		}
		buf_addc(out, c);
		*l = line_after(*l, 1);
	}
	return take(l, '"');
}

static bool take_labels(struct line *l, struct doc *labels)
{
	struct buf value = {0};
	bool good = true;

	if (!take(l, '{'))
		return true;
	skip_blanks(l);
	while (good && !take(l, '}')) {
		struct line name = take_name(l);
		char *key = line_text(name);

		skip_blanks(l);
		good = name.n && take(l, '=') && doc_len(labels) < PARSE_COLUMNS_MAX;
		skip_blanks(l);
		good = good && take_quoted(l, &value);
		if (good)
			doc_set(labels, key, doc_new_strn(buf_str(&value), value.len));
		skip_blanks(l);
		take(l, ',');
		skip_blanks(l);
		free(key);
	}
	buf_finish(&value);
	return good;
}

/* NaN is null; an infinity is the largest number, as jq has it. */
static bool take_value(struct line *l, struct doc **out)
{
	char *text = line_text(line_word(l)), *end;
	double v = strtod(text, &end);
	bool good = *text && !*end;

	if (good)
		*out = isnan(v)	  ? doc_new_null()
		       : isinf(v) ? doc_new_real(v > 0 ? DBL_MAX : -DBL_MAX)
				  : doc_new_real(v);
	free(text);
	return good;
}

static struct doc *sample(struct line line)
{
	struct doc *d = doc_new_map(), *labels = doc_new_map(), *value = NULL;
	struct line name = take_name(&line);
	bool good = name.n > 0;

	skip_blanks(&line);
	good = good && take_labels(&line, labels);
	skip_blanks(&line);
	good = good && take_value(&line, &value);
	doc_set(d, "name", doc_new_strn(name.s, name.n));
	doc_set(d, "labels", labels);
	doc_set(d, "value", value ? value : doc_new_null());
	if (good)
		return d;
	doc_free(d);
	return NULL;
}

static bool is_wanted(const struct doc *names, const struct doc *metric)
{
	for (size_t i = 0; i < doc_len(names); i++)
		if (str_eq(doc_str(doc_at(names, i)), doc_get_str(metric, "name", "")))
			return true;
	return !names;
}

/* The text format of Prometheus and OpenMetrics. Timestamps and exemplars are passed over. */
int parse_openmetrics(
	struct doc **out, const char *s, size_t n, const struct doc *options, struct err *e)
{
	const struct doc *names = doc_get(options, "names");
	size_t number = 0;
	bool seen = false;
	struct line line;
	int rc = 0;

	*out = doc_new_list();
	while (!rc && line_next(&s, &n, &line)) {
		struct doc *d = NULL;

		number++;
		line = line_trim(line.s, line.n);
		if (!line.n || *line.s == '#')
			continue;
		seen = true;
		if (doc_len(*out) == PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d samples", PARSE_ROWS_MAX);
		else if (!(d = sample(line)))
			rc = err_set(e, ERR_INPUT, "line %zu is no metric", number);
		else if (!is_wanted(names, d))
			doc_free(d);
		else
			doc_push(*out, d);
	}
	if (!rc && !seen)
		rc = err_set(e, ERR_INPUT, "no metric in the output");
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
