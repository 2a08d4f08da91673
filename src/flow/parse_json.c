#include "config.h"

#include "flow/parse_kinds.h"

#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/parse_line.h"

#define SHOWN 200

/* What a tool said in place of JSON. */
static int no_json(const char *s, size_t n, struct err *e)
{
	struct line line = {"", 0};

	while (line_next(&s, &n, &line) && !line.n)
		;
	line = line_trim(line.s, line.n);
	return err_set(
		e, ERR_INPUT, "no JSON: %.*s", (int)(line.n < SHOWN ? line.n : SHOWN), line.s);
}

/* Bytes of the object or list that s begins with, by its brackets; 0 when it does not end. */
static size_t value_len(const char *s, size_t n)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (quoted) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				quoted = false;
		} else if (s[i] == '"') {
			quoted = true;
		} else if (s[i] == '{' || s[i] == '[') {
			depth++;
		} else if ((s[i] == '}' || s[i] == ']') && !--depth) {
			return i + 1;
		}
	}
	return 0;
}

/* Behind such a line stand the parts of a value, which are none by themselves. */
static bool opens(struct line line)
{
	return line.n && (line.s[line.n - 1] == '{' || line.s[line.n - 1] == '[');
}

/* Lines that are no JSON may stand before and behind the value. One that looks like a list and is
 * none ("[warning] ...") is such a line; what does not end was cut. */
static int json_among_noise(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e)
{
	const char *rest = s;
	size_t left = n;
	struct line line;

	for (;;) {
		const char *at = rest;
		size_t all = left, len;

		if (!line_next(&rest, &left, &line))
			return no_json(s, n, e);
		line = line_trim(line.s, line.n);
		if (!line_starts(line, "{") && !line_starts(line, "[")) {
			if (opens(line))
				return no_json(s, n, e);
			continue;
		}
		all -= (size_t)(line.s - at);
		len = value_len(line.s, all);
		if (!len)
			return err_set(e, ERR_INPUT, "the JSON was cut short");
		if (!json_read(out, line.s, len, name, e))
			return 0;
		if (*line.s == '{')
			return -1;
	}
}

/* What was said on stderr meanwhile stands inside the value where both went to one place. No line
 * of JSON begins with what these lines begin with, so they are left out. */
static int json_around_noise(struct doc **out, const char *s, size_t n, const char *name)
{
	struct buf kept;
	struct line line;
	int rc;

	buf_init(&kept, n + 1);
	while (line_next(&s, &n, &line)) {
		line = line_trim(line.s, line.n);
		if (!line.n || (!strchr("{}[]\",:-0123456789tfn", *line.s) && !opens(line)))
			continue;
		buf_add(&kept, line.s, line.n);
		buf_add(&kept, "\n", 1);
	}
	rc = json_among_noise(out, buf_str(&kept), kept.len, name, NULL);
	buf_finish(&kept);
	return rc;
}

int parse_json(struct doc **out, const char *s, size_t n, const struct doc *options,
	const char *name, struct err *e)
{
	if (!doc_get_bool(options, "noise", false))
		return json_read(out, s, n, name, e);
	if (!json_read(out, s, n, name, NULL) || !json_among_noise(out, s, n, name, e))
		return 0;
	return json_around_noise(out, s, n, name);
}

/* With noise: false when the line may be left out. */
static bool must_be_json(struct line line, bool noise)
{
	return !noise || line_starts(line, "{");
}

/* A value that was printed over several lines, from the one where it begins; *s and *n are what
 * follows that line, and then what follows the value. */
static int json_over_lines(
	struct doc **out, struct line line, const char **s, size_t *n, const char *name)
{
	size_t len = value_len(line.s, (size_t)(*s + *n - line.s));

	if (len <= line.n || json_read_foreign(out, line.s, len, name, NULL))
		return -1;
	*n = (size_t)(*s + *n - (line.s + len));
	*s = line.s + len;
	return 0;
}

/* The values of text in which each stands on a line, or over some. */
static int add_values(
	struct doc *list, const char *s, size_t n, bool noise, const char *name, struct err *e)
{
	struct line line;
	int number = 0;

	while (line_next(&s, &n, &line)) {
		struct doc *value = NULL;

		number++;
		line = line_trim(line.s, line.n);
		if (!line.n || (noise && !line_starts(line, "{") && !line_starts(line, "[")))
			continue;
		if (doc_len(list) == PARSE_ROWS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
		if (json_read_foreign(&value, line.s, line.n, name, NULL) &&
			must_be_json(line, noise) && json_over_lines(&value, line, &s, &n, name) &&
			json_read_foreign(&value, line.s, line.n, name, e))
			return err_prefix(e, "line %d", number);
		if (value)
			doc_push(list, value);
	}
	return 0;
}

int parse_json_lines(struct doc **out, const char *s, size_t n, const struct doc *options,
	const char *name, struct err *e)
{
	bool noise = doc_get_bool(options, "noise", false);
	int rc;

	*out = doc_new_list();
	rc = add_values(*out, s, n, noise, name, e);
	if (!rc && noise && !doc_len(*out))
		rc = no_json(s, n, e);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
