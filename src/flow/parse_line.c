#include "config.h"

#include "flow/parse_line.h"

#include <string.h>

#include "base/mem.h"

bool line_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool line_next(const char **s, size_t *n, struct line *out)
{
	const char *nl;

	if (!*n)
		return false;
	nl = memchr(*s, '\n', *n);
	*out = (struct line){*s, nl ? (size_t)(nl - *s) : *n};
	*s += out->n + (nl ? 1 : 0);
	*n -= out->n + (nl ? 1 : 0);
	while (out->n && line_is_blank(out->s[out->n - 1]))
		out->n--;
	return true;
}

struct line line_trim(const char *s, size_t n)
{
	while (n && line_is_blank(*s)) {
		s++;
		n--;
	}
	while (n && line_is_blank(s[n - 1]))
		n--;
	return (struct line){s, n};
}

bool line_starts(struct line l, const char *prefix)
{
	size_t n = strlen(prefix);

	return l.n >= n && !memcmp(l.s, prefix, n);
}

bool line_ends(struct line l, const char *suffix)
{
	size_t n = strlen(suffix);

	return l.n >= n && !memcmp(l.s + l.n - n, suffix, n);
}

bool line_is(struct line l, const char *text)
{
	return l.n == strlen(text) && !memcmp(l.s, text, l.n);
}

struct line line_after(struct line l, size_t n)
{
	n = n < l.n ? n : l.n;
	return (struct line){l.s + n, l.n - n};
}

struct line line_word(struct line *l)
{
	struct line word = {l->s, 0};

	while (word.n < l->n && !line_is_blank(l->s[word.n]))
		word.n++;
	*l = line_after(*l, word.n);
	while (l->n && line_is_blank(*l->s))
		*l = line_after(*l, 1);
	return word;
}

size_t line_find(struct line l, char c)
{
	const char *at = l.n ? memchr(l.s, c, l.n) : NULL;

	return at ? (size_t)(at - l.s) : l.n;
}

char *line_text(struct line l)
{
	return xstrndup(l.s, l.n);
}
