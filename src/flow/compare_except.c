#include "config.h"

#include "flow/compare_except.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"

static const struct {
	const char *name;
	unsigned bit;
} aspects[] = {{"content", EXCEPT_CONTENT}, {"mode", EXCEPT_MODE}, {"owner", EXCEPT_OWNER},
	{"extra", EXCEPT_EXTRA}, {"missing", EXCEPT_MISSING}};

void excepts_finish(struct excepts *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].path);
		strs_finish(&x->v[i].lines);
	}
	free(x->v);
	*x = (struct excepts){0};
}

static int read_ignore(unsigned *out, const struct doc *d, const char *name, struct err *e)
{
	*out = 0;
	for (size_t i = 0; i < doc_len(d); i++) {
		const char *word = doc_str(doc_at(d, i));
		unsigned bit = 0;

		for (size_t k = 0; k < sizeof aspects / sizeof *aspects; k++)
			if (str_eq(word, aspects[k].name))
				bit = aspects[k].bit;
		if (!bit)
			return doc_err(e, name, doc_at(d, i),
				"ignore may name content, mode, owner, extra, missing");
		*out |= bit;
	}
	return 0;
}

static int read_one(struct except *out, const struct doc *d, const char *name, struct err *e)
{
	static const char *const known[] = {"path", "ignore", "lines", "reason", NULL};
	const struct doc *ignore = doc_get(d, "ignore"), *lines = doc_get(d, "lines");
	const char *path = doc_get_str(d, "path", NULL);

	if (doc_only_keys(d, name, "exception", known, e))
		return -1;
	if (str_empty(path))
		return doc_err(e, name, d, "an exception needs the path it is about");
	if (str_empty(doc_get_str(d, "reason", NULL)))
		return doc_err(e, name, d, "an exception needs a reason");
	if ((ignore && doc_kind(ignore) != DOC_LIST) || (lines && doc_kind(lines) != DOC_LIST))
		return doc_err(e, name, d, "ignore and lines are lists");
	out->path = xstrdup(path);
	for (size_t i = 0; i < doc_len(lines); i++) {
		const char *glob = doc_str(doc_at(lines, i));

		if (!glob)
			return doc_err(e, name, doc_at(lines, i), "a line is a text");
		strs_add(&out->lines, glob);
	}
	if (ignore)
		return read_ignore(&out->ignore, ignore, name, e);
	out->ignore = lines ? 0 : EXCEPT_ALL;
	return 0;
}

int excepts_read(struct excepts *out, const char *text, size_t n, const char *name, struct err *e)
{
	struct doc *d = NULL;
	int rc = yaml_read(&d, text, n, name, e);

	*out = (struct excepts){0};
	if (!rc && doc_kind(d) != DOC_NULL && doc_kind(d) != DOC_LIST)
		rc = doc_err(e, name, d, "must be a list of exceptions");
	for (size_t i = 0; !rc && i < doc_len(d); i++) {
		struct except *x = ARR_ADD(out->v, out->n, out->cap);

		rc = read_one(x, doc_at(d, i), name, e);
	}
	doc_free(d);
	if (rc)
		excepts_finish(out);
	return rc;
}

const struct except *excepts_find(const struct excepts *x, const char *path)
{
	for (size_t i = 0; i < x->n; i++)
		if (!fnmatch(x->v[i].path, path, 0))
			return &x->v[i];
	return NULL;
}

static bool left_out(const struct except *x, const char *s, size_t n)
{
	char *line = xstrndup(s, n);
	bool out = false;

	for (size_t i = 0; !out && i < x->lines.n; i++)
		out = !fnmatch(x->lines.v[i], line, 0);
	free(line);
	return out;
}

void except_filter(struct buf *out, const struct except *x, const char *s, size_t n)
{
	while (n) {
		const char *nl = memchr(s, '\n', n);
		size_t len = nl ? (size_t)(nl - s) : n, all = len + (nl ? 1 : 0);

		if (!x || !x->lines.n || !left_out(x, s, len))
			buf_add(out, s, all);
		s += all;
		n -= all;
	}
}
