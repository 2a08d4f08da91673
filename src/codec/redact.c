#include "config.h"

#include "codec/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "codec/redact_parts.h"

#define PASSES_MAX 64
/* `key` alone is too common a name: its value must be at least this long to be taken for one. */
#define KEY_VALUE_MIN 16

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* ---- values ---- */

/* End of a value in quotes that begins at `at`. `depth` backslashes stand before a quote that ends
 * it (JSON in JSON); a value without an end goes to the end of the line. */
static size_t quoted_end(const struct redact_text *t, size_t at, char quote, size_t depth)
{
	size_t end = redact_line_end(t, at), run = 0;

	for (size_t i = at; i < end; i++) {
		if (t->s[i] == quote && run <= depth)
			return i - run;
		run = t->s[i] == '\\' ? run + 1 : 0;
	}
	return end;
}

/* YAML's `password: |`: the lines below it that are indented deeper. */
static size_t block_end(const struct redact_text *t, size_t line_start, size_t at)
{
	size_t indent = 0, end = redact_line_end(t, at);

	while (line_start + indent < t->n && is_blank(t->s[line_start + indent]))
		indent++;
	while (end < t->n) {
		size_t start = end + 1, i = start, next = redact_line_end(t, start);

		while (i < next && is_blank(t->s[i]))
			i++;
		if (i < next && i - start <= indent)
			break;
		end = next;
	}
	return end;
}

static bool is_block_mark(const char *s, size_t n)
{
	return (n == 1 || (n == 2 && strchr("+-", s[1]))) && (s[0] == '|' || s[0] == '>');
}

struct place { /* of a value */
	size_t line_start;
	bool first;  /* its name begins the line: the value is all of the rest */
	bool quoted; /* its name is in quotes: JSON, where a bare value ends at a comma */
	bool flow;   /* within { } of YAML: so it does, but for one that is part of it */
	size_t min;  /* shorter ones are left */
};

static size_t json_bare_end(const struct redact_text *t, size_t at)
{
	size_t end = redact_line_end(t, at), i = at;

	while (i < end && !isspace((unsigned char)t->s[i]) && !strchr(",}]\"", t->s[i]))
		i++;
	return i;
}

/* Of a plain value in a flow mapping (YAML 1.2, 7.3.3). A comma ends it before a blank only: rather
 * too much is hidden than half a secret shown. */
static size_t flow_bare_end(const struct redact_text *t, size_t at)
{
	size_t end = redact_line_end(t, at), i = at;

	if (at + 1 < end && t->s[at] == '$' && t->s[at + 1] == '{')
		while (i < end && t->s[i] != '}')
			i++;
	for (; i < end && !isspace((unsigned char)t->s[i]) && !strchr("}]", t->s[i]); i++)
		if (t->s[i] == ',' && (i + 1 == end || is_blank(t->s[i + 1])))
			break;
	return i;
}

static size_t plain_end(const struct redact_text *t, size_t at, const struct place *p)
{
	return p->quoted ? json_bare_end(t, at)
	       : p->flow ? flow_bare_end(t, at)
			 : redact_bare_end(t, at, p->first);
}

/* A value begins at `at`, behind its name and separator. */
static void value(struct redact_text *t, size_t at, const struct place *p)
{
	size_t from = at, to;
	bool in_quotes;

	while (from < t->n && t->s[from] == '\\')
		from++;
	in_quotes = from < t->n && (t->s[from] == '"' || t->s[from] == '\'');
	if (in_quotes) {
		to = quoted_end(t, from + 1, t->s[from], from - at);
		from++;
	} else {
		from = at;
		to = plain_end(t, from, p);
	}
	if (p->first && is_block_mark(t->s + from, to - from)) {
		size_t end = block_end(t, p->line_start, from);

		if (to + 1 < end)
			redact_replace(t, to + 1, end, "");
		return;
	}
	if (to - from >= p->min && !redact_is_harmless(t->s + from, to - from))
		redact_replace(t, from, to, (p->quoted || p->flow) && !in_quotes ? "\"" : "");
}

/* From the line's start to `at` there are only blanks, list marks, quotes or `export`. */
static bool is_first(const struct redact_text *t, size_t line_start, size_t at)
{
	size_t i = line_start;

	while (i < at && (is_blank(t->s[i]) || t->s[i] == '-'))
		i++;
	if (i + 7 <= at && !memcmp(t->s + i, "export ", 7))
		i += 7;
	return i == at;
}

/* "{NAME" or "{a: b, NAME": from the line's start to `at` a brace was opened. */
static bool is_in_flow(const struct redact_text *t, size_t line_start, size_t at)
{
	size_t closed = 0;

	while (at > line_start && is_blank(t->s[at - 1]))
		at--;
	if (at == line_start || !strchr("{,", t->s[at - 1]))
		return false;
	for (; at > line_start; at--) {
		if (t->s[at - 1] == '}')
			closed++;
		else if (t->s[at - 1] == '{' && !closed--)
			return true;
	}
	return false;
}

/* Skips what may stand between a name and its value; false when no value follows. */
static bool separator(const struct redact_text *t, size_t *at, bool *colon)
{
	size_t i = *at;

	while (i < t->n && is_blank(t->s[i]))
		i++;
	if (i >= t->n || (t->s[i] != '=' && t->s[i] != ':'))
		return false;
	*colon = t->s[i++] == ':';
	while (i < t->n && is_blank(t->s[i]))
		i++;
	*at = i;
	return true;
}

/* NAME=value, NAME: value, "NAME": "value", --NAME value. */
static void assignment(struct redact_text *t, size_t line_start)
{
	size_t start = t->at, end = start, at;
	bool option = start >= 2 && t->s[start - 1] == '-' && t->s[start - 2] == '-';
	struct place p = {.line_start = line_start};
	bool colon = false, separated, key;

	while (end < t->n && redact_is_name_byte(t->s[end]))
		end++;
	t->at = end;
	for (at = end; at < t->n && t->s[at] == '\\'; at++)
		;
	p.quoted = at < t->n && (t->s[at] == '"' || t->s[at] == '\'');
	at = p.quoted ? at + 1 : end;
	separated = separator(t, &at, &colon);
	if (!separated && (!option || p.quoted || at >= t->n || !is_blank(t->s[at])))
		return;
	key = end - start == 3 && !strncasecmp(t->s + start, "key", 3);
	if (!key && !redact_is_secret_name(t->s + start, end - start))
		return;
	p.min = key ? KEY_VALUE_MIN : 1;
	p.first = separated && !p.quoted && is_first(t, line_start, start);
	p.flow = separated && colon && !p.quoted && is_in_flow(t, line_start, start);
	/* sudoers(5): "luna ALL=(root) PASSWD: /bin/ls" is a tag, no password. */
	if (separated && colon && !p.first && end - start == 6 &&
		!memcmp(t->s + start, "PASSWD", 6))
		return;
	at += !separated;
	value(t, at, &p);
}

static bool pass(struct buf *out, const struct redact *r, const char *s, size_t n)
{
	struct redact_text t = {.redact = r, .out = out, .s = s, .n = n};
	size_t line_start = 0;

	while (t.at < n) {
		char c = s[t.at];
		size_t was = t.at;

		if (c == '\n') {
			line_start = ++t.at;
			continue;
		}
		if ((c == '-' && redact_private_key(&t)) || (c == ':' && redact_url(&t)) ||
			(c == '$' && redact_password_hash(&t)))
			continue;
		if (strchr(REDACT_WORDS, c) && c && (!t.at || !redact_is_name_byte(s[t.at - 1])) &&
			(redact_known_form(&t) || redact_authorization(&t)))
			continue;
		if (isalnum((unsigned char)c) || c == '_')
			assignment(&t, line_start);
		if (t.at == was)
			t.at++;
	}
	buf_add(out, s + t.done, n - t.done);
	return t.replaced;
}

bool redact_text(struct buf *out, const struct redact *r, const char *s, size_t n)
{
	struct buf last = {.max = out->max}, next = {.max = out->max};
	bool touched = r && pass(&last, r, s, n);

	if (!touched) {
		buf_finish(&last);
		buf_add(out, s, n);
		return false;
	}
	/* A token may lengthen what only now looks like another secret: until nothing changes. */
	for (int i = 0; i < PASSES_MAX && pass(&next, r, buf_str(&last), last.len); i++) {
		struct buf swap = last;

		last = next;
		next = swap;
		buf_reset(&next);
	}
	buf_add(out, buf_str(&last), last.len);
	buf_finish(&last);
	buf_finish(&next);
	return true;
}
