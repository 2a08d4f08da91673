#include "config.h"

#include "codec/fleet_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"

#define WIDTH 80
#define INDENT 2

struct insertion {
	size_t at;
	struct buf text;
};

struct edit {
	const char *text;
	size_t n;
	struct insertion v[4];
	size_t count;
};

/* ---- places in the text ---- */

/* Lines and columns count characters; n when it is not there. */
static size_t offset_of(const struct edit *x, int line, int col)
{
	size_t at = 0;

	for (; line > 1 && at < x->n; line--) {
		const char *stop = memchr(x->text + at, '\n', x->n - at);

		at = stop ? (size_t)(stop - x->text) + 1 : x->n;
	}
	for (; col > 1 && at < x->n && x->text[at] != '\n'; col--)
		for (at++; at < x->n && (x->text[at] & 0xC0) == 0x80;)
			at++;
	return at;
}

static size_t line_end(const struct edit *x, size_t at)
{
	const char *stop = memchr(x->text + at, '\n', x->n - at);

	return stop ? (size_t)(stop - x->text) + 1 : x->n;
}

static size_t line_begin(const struct edit *x, size_t at)
{
	while (at && x->text[at - 1] != '\n')
		at--;
	return at;
}

/* Past a quoted text that begins at `at`. */
static size_t quoted_end(const struct edit *x, size_t at)
{
	char quote = x->text[at++];

	for (; at < x->n; at++) {
		if (quote == '"' && x->text[at] == '\\')
			at++;
		else if (x->text[at] == quote)
			return at + 1;
	}
	return x->n;
}

/* Behind the last word of the [...] or {...} that begins at `at`, before its bracket. */
static size_t flow_end(const struct edit *x, size_t at)
{
	size_t last = at + 1;
	int depth = 1;

	for (at++; at < x->n;) {
		char c = x->text[at], before = x->text[at - 1];

		if (c == '#' && strchr(" \t\n", before)) {
			at = line_end(x, at);
			continue;
		}
		if (strchr("\"'", c) && strchr("[{,: \t\n", before)) {
			last = at = quoted_end(x, at);
			continue;
		}
		depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
		if (!depth)
			return last;
		at++;
		if (!strchr(" \t\r\n", c))
			last = at;
	}
	return x->n;
}

/* Behind the last line of the block whose lines are indented as the one that holds `at`; deeper
 * ones, and comments that are no less, are in it. `dash`: it is a list. */
static size_t block_end(const struct edit *x, size_t at, size_t indent, bool dash)
{
	size_t end = line_end(x, at);

	for (at = end; at < x->n; at = line_end(x, at)) {
		size_t stop = line_end(x, at), first = at;
		char c;

		while (first < stop && x->text[first] == ' ')
			first++;
		c = first < stop ? x->text[first] : '\n';
		if (c == '\n' || c == '\r')
			continue;
		if (first - at > indent || (first - at == indent && (!dash || c == '-')))
			end = stop;
		else if (c != '#')
			break;
	}
	return end;
}

static struct buf *insert(struct edit *x, size_t at)
{
	struct insertion *i = &x->v[x->count++];

	i->at = at;
	return &i->text;
}

/* ---- values ---- */

static void put_list(struct buf *out, const struct strs *tags, const char *sep)
{
	for (size_t i = 0; i < tags->n; i++) {
		buf_adds(out, i ? sep : "");
		yaml_write_word(out, tags->v[i]);
	}
}

static void put_flow_params(struct buf *out, const struct doc *params)
{
	for (size_t i = 0; i < doc_len(params); i++) {
		buf_adds(out, i ? ", " : "");
		yaml_write_word(out, doc_key(params, i));
		buf_adds(out, ": ");
		yaml_write_flow(out, doc_value(params, i));
	}
}

/* What is too wide for a line takes a block of its own. */
static void put_block_params(struct buf *out, const struct doc *params, size_t indent)
{
	for (size_t i = 0; i < doc_len(params); i++) {
		struct buf value = {0};
		const char *s;

		buf_addf(out, "%*s", (int)indent, "");
		yaml_write_word(out, doc_key(params, i));
		yaml_write_flow(&value, doc_value(params, i));
		if (indent + strlen(doc_key(params, i)) + value.len + 2 <= WIDTH ||
			!doc_len(doc_value(params, i))) {
			buf_addf(out, ": %s\n", buf_str(&value));
			buf_finish(&value);
			continue;
		}
		buf_reset(&value);
		yaml_write(&value, doc_value(params, i));
		buf_adds(out, ":\n");
		for (s = buf_str(&value); *s; s += strcspn(s, "\n") + 1)
			buf_addf(out, "%*s%.*s\n", (int)indent + INDENT, "", (int)strcspn(s, "\n"),
				s);
		buf_finish(&value);
	}
}

/* ---- where they go ---- */

/* Before what follows the last word of a flow collection. */
static struct buf *insert_flow(struct edit *x, size_t open)
{
	size_t end = flow_end(x, open);
	struct buf *out = insert(x, end);

	buf_adds(out, strchr("[{", x->text[end - 1]) ? "" : x->text[end - 1] == ',' ? " " : ", ");
	return out;
}

static struct buf *insert_line(struct edit *x, size_t end)
{
	struct buf *out = insert(x, end);

	if (end && x->text[end - 1] != '\n')
		buf_addc(out, '\n');
	return out;
}

static bool is_flow(const struct edit *x, const struct doc *d, size_t *at)
{
	*at = offset_of(x, doc_line(d), doc_col(d));
	return *at < x->n && strchr("[{", x->text[*at]);
}

/* A new key of the host: its lines in a block, or behind the last in {...}. The host has at least
 * one key. */
static struct buf *insert_key(struct edit *x, const struct doc *host, size_t *indent)
{
	size_t at, first;

	*indent = 0;
	if (is_flow(x, host, &at))
		return insert_flow(x, at);
	first = offset_of(x, doc_key_line(host, 0), doc_key_col(host, 0));
	*indent = first - line_begin(x, first);
	return insert_line(x, block_end(x, first, *indent, false));
}

static void add_scalar_tags(
	struct edit *x, const struct doc *tags, size_t at, const struct strs *add)
{
	size_t end = at < x->n && strchr("\"'", x->text[at]) ? quoted_end(x, at)
							     : at + doc_str_len(tags);
	struct buf *out;

	buf_addc(insert(x, at), '[');
	out = insert(x, end);
	buf_adds(out, ", ");
	put_list(out, add, ", ");
	buf_addc(out, ']');
}

static void add_tags(struct edit *x, const struct doc *host, const struct strs *add)
{
	const struct doc *tags = doc_get(host, "tags");
	size_t at, indent;
	struct buf *out;

	if (!tags) {
		out = insert_key(x, host, &indent);
		buf_addf(out, "%*stags: [", (int)indent, "");
		put_list(out, add, ", ");
		buf_adds(out, indent ? "]\n" : "]");
	} else if (is_flow(x, tags, &at)) {
		put_list(insert_flow(x, at), add, ", ");
	} else if (doc_kind(tags) == DOC_STRING) {
		add_scalar_tags(x, tags, at, add);
	} else {
		size_t begin = line_begin(x, at), end = begin;

		while (end < x->n && x->text[end] == ' ')
			end++;
		indent = end - begin;
		out = insert_line(x, block_end(x, at, indent, true));
		for (size_t i = 0; i < add->n; i++) {
			buf_addf(out, "%*s- ", (int)indent, "");
			yaml_write_word(out, add->v[i]);
			buf_addc(out, '\n');
		}
	}
}

static void add_params(struct edit *x, const struct doc *host, const struct doc *add)
{
	const struct doc *params = doc_get(host, "params");
	size_t at, indent;
	struct buf *out;

	if (params && is_flow(x, params, &at)) {
		put_flow_params(insert_flow(x, at), add);
	} else if (params) {
		at = offset_of(x, doc_key_line(params, 0), doc_key_col(params, 0));
		indent = at - line_begin(x, at);
		put_block_params(insert_line(x, block_end(x, at, indent, false)), add, indent);
	} else {
		out = insert_key(x, host, &indent);
		buf_addf(out, "%*sparams:%s", (int)indent, "", indent ? "\n" : " {");
		if (indent)
			put_block_params(out, add, indent + INDENT);
		else
			put_flow_params(out, add);
		buf_adds(out, indent ? "" : "}");
	}
}

/* ---- the whole ---- */

static void apply(struct buf *out, struct edit *x)
{
	size_t at = 0;

	while (at <= x->n) {
		size_t next = x->n;

		for (size_t i = 0; i < x->count; i++) {
			if (x->v[i].at == at)
				buf_add(out, buf_str(&x->v[i].text), x->v[i].text.len);
			if (x->v[i].at > at && x->v[i].at < next)
				next = x->v[i].at;
		}
		if (at == x->n)
			break;
		buf_add(out, x->text + at, next - at);
		at = next;
	}
}

/* What the new text must read as. */
static struct doc *wanted(
	const struct doc *top, const struct doc *host, const struct fleet_addition *add)
{
	struct doc *new_top = doc_copy(top), *hosts = doc_copy(doc_get(top, "hosts"));
	struct doc *new_host = doc_copy(host);
	const struct doc *tags = doc_get(host, "tags");
	struct doc *list = doc_kind(tags) == DOC_LIST ? doc_copy(tags) : doc_new_list();

	if (doc_str(tags))
		doc_push_str(list, doc_str(tags));
	for (size_t i = 0; i < add->tags->n; i++)
		doc_push_str(list, add->tags->v[i]);
	if (add->tags->n)
		doc_set(new_host, "tags", list);
	else
		doc_free(list);
	if (doc_len(add->params)) {
		const struct doc *had = doc_get(host, "params");
		struct doc *params = doc_kind(had) == DOC_MAP ? doc_copy(had) : doc_new_map();

		for (size_t i = 0; i < doc_len(add->params); i++)
			doc_set(params, doc_key(add->params, i),
				doc_copy(doc_value(add->params, i)));
		doc_set(new_host, "params", params);
	}
	doc_set(hosts, add->host, new_host);
	doc_set(new_top, "hosts", hosts);
	return new_top;
}

static bool reads_as(const struct buf *text, const struct doc *want)
{
	struct doc *got = NULL;
	bool same = !yaml_read(&got, buf_str(text), text->len, "new", NULL);

	same = same && doc_equal(got, want);
	doc_free(got);
	return same;
}

static bool is_tags(const struct doc *d)
{
	return !d || doc_kind(d) == DOC_STRING || doc_kind(d) == DOC_LIST;
}

static bool is_params(const struct doc *d)
{
	return !d || doc_kind(d) == DOC_MAP;
}

int fleet_edit(struct buf *out, const char *text, size_t n, const char *name,
	const struct fleet_addition *add, struct err *e)
{
	struct edit x = {.text = text, .n = n};
	const struct doc *host;
	struct doc *top, *want;
	int rc = 0;

	if (yaml_read(&top, text, n, name, e))
		return -1;
	host = doc_get(doc_get(top, "hosts"), add->host);
	if (doc_kind(host) != DOC_MAP || !doc_len(host)) {
		doc_free(top);
		return err_set(e, ERR_MISSING, "%s: there is no host %.64s", name, add->host);
	}
	/* What is no list or map has no place for more: nothing is added, and so it is refused. */
	if (add->tags->n && is_tags(doc_get(host, "tags")))
		add_tags(&x, host, add->tags);
	if (doc_len(add->params) && is_params(doc_get(host, "params")))
		add_params(&x, host, add->params);
	apply(out, &x);
	want = wanted(top, host, add);
	if (!reads_as(out, want))
		rc = doc_err(e, name, host,
			"%.64s is written in a way that nothing can be added to: add it by hand",
			add->host);
	for (size_t i = 0; i < x.count; i++)
		buf_finish(&x.v[i].text);
	doc_free(want);
	doc_free(top);
	return rc;
}
