#include "config.h"

#include "jq/program.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"

#define DEPTH_MAX 200

/* Functions that would look past what a program is given, or write, or end the worker. */
static const char *const forbidden[] = {
	"env",
	"input",
	"inputs",
	"now",
	"debug",
	"stderr",
	"input_filename",
	"halt",
	"halt_error",
	"modulemeta",
	"input_line_number",
	"get_search_list",
	"import",
	"include",
	"localtime",
	"strflocaltime",
	"$ENV",
	"$__prog_args",
	NULL,
};

struct scan {
	const char *s;
	size_t at;
	char open[DEPTH_MAX]; /* ( [ { as they stand open, '"' for a string */
	size_t depth;
	struct buf *out;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int line_of(const struct scan *sc)
{
	int line = 1;

	for (size_t i = 0; i < sc->at; i++)
		line += sc->s[i] == '\n';
	return line;
}

static int push(struct scan *sc, char c, struct err *e)
{
	if (sc->depth == DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "brackets are nested too deep");
	sc->open[sc->depth++] = c;
	return 0;
}

static int close_bracket(struct scan *sc, char c, struct err *e)
{
	char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';

	if (!sc->depth || sc->open[sc->depth - 1] != wanted)
		return err_set(e, ERR_INPUT, "line %d: \"%c\" closes nothing", line_of(sc), c);
	sc->depth--;
	return 0;
}

/* Inside a string: up to its end, or to an interpolation. */
static int in_string(struct scan *sc, struct err *e)
{
	char c = sc->s[sc->at];

	buf_addc(sc->out, c);
	sc->at++;
	if (c == '"') {
		sc->depth--;
	} else if (c == '\\' && sc->s[sc->at]) {
		bool interpolation = sc->s[sc->at] == '(';

		buf_addc(sc->out, sc->s[sc->at++]);
		if (interpolation)
			return push(sc, '(', e);
	}
	return 0;
}

/* `env:` is an object's key (or a definition of one's own), `.env` a field. */
static bool is_plain_name(const struct scan *sc, size_t start, size_t end)
{
	if (start && sc->s[start - 1] == '.')
		return true;
	while (isspace((unsigned char)sc->s[end]))
		end++;
	return sc->s[start] != '$' && sc->s[end] == ':' && sc->s[end + 1] != ':';
}

static int word(struct scan *sc, struct err *e)
{
	size_t start = sc->at, n;

	sc->at++;
	while (is_word(sc->s[sc->at]))
		sc->at++;
	n = sc->at - start;
	buf_add(sc->out, sc->s + start, n);
	for (size_t i = 0; forbidden[i]; i++) {
		if (strlen(forbidden[i]) != n || memcmp(forbidden[i], sc->s + start, n) != 0 ||
			is_plain_name(sc, start, sc->at))
			continue;
		return err_set(e, ERR_INPUT, "line %d: \"%s\" may not be used in a check",
			line_of(sc), forbidden[i]);
	}
	return 0;
}

static int outside(struct scan *sc, struct err *e)
{
	char c = sc->s[sc->at];

	if (c == '#') {
		sc->at += strcspn(sc->s + sc->at, "\n");
		return 0;
	}
	if (is_word(c) || (c == '$' && is_word(sc->s[sc->at + 1])))
		return word(sc, e);
	buf_addc(sc->out, c);
	sc->at++;
	if (c == '"' || c == '(' || c == '[' || c == '{')
		return push(sc, c, e);
	if (c == ')' || c == ']' || c == '}')
		return close_bracket(sc, c, e);
	return 0;
}

int program_clean(struct buf *out, const char *text, struct err *e)
{
	struct scan sc = {.s = text, .out = out};

	while (text[sc.at]) {
		bool string = sc.depth && sc.open[sc.depth - 1] == '"';

		if (string ? in_string(&sc, e) : outside(&sc, e))
			return -1;
	}
	if (sc.depth)
		return err_set(e, ERR_INPUT, "\"%c\" is not closed", sc.open[sc.depth - 1]);
	if (out->overflow)
		return err_set(e, ERR_LIMIT, "the program is too long");
	return 0;
}

bool program_uses(const char *text, const char *variable)
{
	size_t n = strlen(variable);

	for (const char *at = text; (at = strchr(at, '$')); at++)
		if (!strncmp(at + 1, variable, n) && !is_word(at[1 + n]))
			return true;
	return false;
}
