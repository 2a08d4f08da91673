#include "config.h"

#include "codec/sudoers_text.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

static bool is_number(const char *s, const char *end)
{
	if (s < end && *s == '-')
		s++;
	return s < end && isdigit((unsigned char)*s);
}

/* A '#' outside of quotes begins a comment, but before a number it is a user or group id. */
static size_t comment_at(const char *s, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '#' && !quoted && !is_number(s + i + 1, s + n))
			return i;
	}
	return n;
}

/* A backslash, blanks behind it or not, goes on in the next line (as sudo's lexer has it). */
static bool goes_on(const char *s, size_t *n)
{
	size_t end = *n;

	while (end && (s[end - 1] == ' ' || s[end - 1] == '\t' || s[end - 1] == '\r'))
		end--;
	if (!end || s[end - 1] != '\\')
		return false;
	*n = end - 1;
	return true;
}

static bool is_include(const char *s, size_t n)
{
	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	return n > strlen("#include") && !memcmp(s, "#include", strlen("#include"));
}

bool sudoers_next_line(struct sudoers_text *t, struct buf *out, int *line)
{
	bool more = true;

	buf_reset(out);
	if (t->p >= t->end)
		return false;
	*line = t->line;
	while (more && t->p < t->end) {
		const char *nl = memchr(t->p, '\n', (size_t)(t->end - t->p));
		size_t n = (size_t)((nl ? nl : t->end) - t->p);
		size_t cut = is_include(t->p, n) ? n : comment_at(t->p, n);

		more = cut == n && goes_on(t->p, &n);
		buf_add(out, t->p, cut < n ? cut : n);
		t->p = nl ? nl + 1 : t->end;
		t->line++;
	}
	return true;
}
