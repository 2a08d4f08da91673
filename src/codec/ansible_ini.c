#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/inventory.h"

#define BLANKS " \t\r\f\v"

enum kind { LINES_HOSTS, LINES_CHILDREN, LINES_VARS };

/* The section that a line stands in. */
struct section {
	size_t group;
	enum kind kind;
};

/* A word as a shell would see it, and its column. */
struct word {
	char *text;
	int col;
};

static void skip_blanks(const char **s)
{
	*s += strspn(*s, BLANKS);
}

/* The next word of the line; 0 when there is none, -1 for a quote that is not closed. `#` ends the
 * line. */
static int next_word(struct word *out, const char *line, const char **s)
{
	struct buf text = {0};
	char quote = '\0';

	skip_blanks(s);
	out->col = (int)(*s - line) + 1;
	if (!**s || **s == '#')
		return 0;
	for (; **s && (quote || !strchr(BLANKS "#", **s)); ++*s) {
		if (quote && **s == quote)
			quote = '\0';
		else if (!quote && strchr("\"'", **s))
			quote = **s;
		else if (**s == '\\' && quote != '\'' && (*s)[1])
			buf_addc(&text, *++*s);
		else
			buf_addc(&text, **s);
	}
	out->text = buf_take(&text);
	return quote ? -1 : 1;
}

static int read_section(
	struct inventory *inv, const char *line, int number, struct section *section)
{
	static const char *const kinds[] = {"hosts", "children", "vars"};
	const char *close = strchr(line, ']'), *rest = close ? close + 1 : "";
	struct inv_place at = {number, 1};
	char *name = xstrndup(line + 1, close ? (size_t)(close - line) - 1 : 0), *colon;
	int kind = LINES_HOSTS, rc;

	skip_blanks(&rest);
	colon = strchr(name, ':');
	if (colon) {
		*colon = '\0';
		for (kind = 0; kind < 3 && !str_eq(kinds[kind], colon + 1);)
			kind++;
	}
	section->kind = (enum kind)kind;
	if (!close)
		rc = inv_err(inv, at, ERR_INPUT, "the bracket is not closed");
	else if (*rest && !strchr("#;", *rest))
		rc = inv_err(inv, (struct inv_place){number, (int)(rest - line) + 1}, ERR_INPUT,
			"nothing stands behind a section's bracket");
	else if (!*name || strpbrk(name, BLANKS) || kind == 3)
		rc = inv_err(inv, at, ERR_INPUT,
			"a section is [GROUP], [GROUP:children] or [GROUP:vars]");
	else
		rc = inv_group(inv, name, at, &section->group);
	free(name);
	return rc;
}

static int read_pair(
	const struct inventory *inv, int number, const struct word *w, struct inv_vars *vars)
{
	char *equals = strchr(w->text, '=');

	if (!equals)
		return inv_err(inv, (struct inv_place){number, w->col}, ERR_INPUT,
			"\"%.40s\" is no KEY=VALUE", w->text);
	*equals = '\0';
	inv_set(vars, w->text, equals + 1);
	return 0;
}

static int read_host(struct inventory *inv, const char *line, int number, size_t group)
{
	struct inv_vars vars = {0};
	const char *s = line;
	struct word w = {0}, host = {0};
	int rc = 0, got;

	while (!rc && (got = next_word(&w, line, &s))) {
		if (got < 0)
			rc = inv_err(inv, (struct inv_place){number, w.col}, ERR_INPUT,
				"a quote is not closed");
		else if (host.text)
			rc = read_pair(inv, number, &w, &vars);
		else
			host = w;
		if (w.text != host.text)
			free(w.text);
		w.text = NULL;
	}
	if (!rc && host.text)
		rc = inv_hosts(inv, host.text, (struct inv_place){number, host.col}, group, &vars);
	free(host.text);
	inv_vars_finish(&vars);
	return rc;
}

static int read_child(struct inventory *inv, const char *line, int number, size_t parent)
{
	const char *s = line;
	struct word w = {0}, more = {0};
	int got = next_word(&w, line, &s), rc = 0;
	struct inv_place at = {number, w.col};
	size_t child;

	if (got > 0 && next_word(&more, line, &s))
		rc = inv_err(
			inv, (struct inv_place){number, more.col}, ERR_INPUT, "one group a line");
	else if (got < 0)
		rc = inv_err(inv, at, ERR_INPUT, "a quote is not closed");
	else if (got)
		rc = inv_group(inv, w.text, at, &child) || inv_child(inv, parent, child, at) ? -1
											     : 0;
	free(w.text);
	free(more.text);
	return rc;
}

/* "KEY = VALUE"; quotes around the value and a comment behind it go. */
static int read_var(struct inventory *inv, const char *line, int number, size_t group)
{
	const char *begin = line, *equals = strchr(line, '='), *s;
	struct word value = {0};
	size_t n;
	char *key;

	skip_blanks(&begin);
	if (!equals)
		return inv_err(inv, (struct inv_place){number, (int)(begin - line) + 1}, ERR_INPUT,
			"\"%.40s\" is no KEY=VALUE", begin);
	for (n = (size_t)(equals - begin); n && strchr(BLANKS, begin[n - 1]);)
		n--;
	key = xstrndup(begin, n);
	s = equals + 1;
	if (next_word(&value, line, &s) > 0)
		inv_set(&inv->groups[group].vars, key, value.text);
	free(value.text);
	free(key);
	return 0;
}

/* "[a:c].lan" and "[2001:db8::1]:22" are hosts where hosts stand. */
static bool is_section(const char *line, enum kind kind)
{
	const char *close = strchr(line, ']');

	if (*line != '[')
		return false;
	return kind != LINES_HOSTS || !close || !close[1] || !strchr(":.-", close[1]);
}

static int read_line(struct inventory *inv, const char *line, int number, struct section *section)
{
	const char *first = line;

	skip_blanks(&first);
	if (!*first || strchr("#;", *first))
		return 0;
	if (is_section(line, section->kind))
		return read_section(inv, line, number, section);
	switch (section->kind) {
	case LINES_HOSTS:
		return read_host(inv, line, number, section->group);
	case LINES_CHILDREN:
		return read_child(inv, line, number, section->group);
	case LINES_VARS:
		break;
	}
	return read_var(inv, line, number, section->group);
}

int inv_read_ini(struct inventory *inv, const char *text, size_t n)
{
	struct section section = {.group = INV_ALL};
	const char *end = text + n;
	int rc = 0;

	for (int number = 1; !rc && text < end; number++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop ? stop : end) - text);
		char *line = xstrndup(text, len);

		if (memchr(text, '\0', len))
			rc = inv_err(inv, (struct inv_place){number, 1}, ERR_INPUT,
				"a NUL byte: this is no text");
		else
			rc = read_line(inv, line, number, &section);
		free(line);
		text += len + 1;
	}
	return rc;
}
