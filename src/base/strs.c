#include "config.h"

#include "base/strs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

void strs_finish(struct strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strs){0};
}

void strs_take(struct strs *s, char *text)
{
	/* Room for two, so that the NULL behind the last one always fits. */
	s->v = arr_room(s->v, s->n + 1, &s->cap, sizeof *s->v);
	s->v[s->n++] = text;
	s->v[s->n] = NULL;
}

void strs_add(struct strs *s, const char *text)
{
	strs_take(s, xstrdup(text ? text : ""));
}

void strs_addn(struct strs *s, const char *text, size_t n)
{
	strs_take(s, xstrndup(text, n));
}

void strs_addf(struct strs *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strs_take(s, xvasprintf(fmt, ap));
	va_end(ap);
}

void strs_copy(struct strs *to, const struct strs *from)
{
	size_t n = from->n; /* to == from doubles the list instead of running away */

	for (size_t i = 0; i < n; i++)
		strs_add(to, from->v[i]);
}

bool strs_has(const struct strs *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i], text))
			return true;
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strs_sort(struct strs *s)
{
	if (s->n > 1)
		qsort(s->v, s->n, sizeof *s->v, by_bytes);
}

void strs_split(struct strs *s, const char *text, char sep)
{
	const char *end;

	if (str_empty(text))
		return;
	while ((end = strchr(text, sep)) && *end) {
		strs_addn(s, text, (size_t)(end - text));
		text = end + 1;
	}
	strs_add(s, text);
}

char *strs_join(const struct strs *s, const char *sep)
{
	struct buf b = {0};

	for (size_t i = 0; i < s->n; i++) {
		if (i)
			buf_adds(&b, sep);
		buf_adds(&b, s->v[i]);
	}
	return buf_take(&b);
}

/* Bytes that no POSIX shell treats specially anywhere in a word (XCU 2.2, 2.6); "=" and "~" can be.
 */
static bool is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "@%+_:,./-";

	return *text && text[strspn(text, plain)] == '\0';
}

void shell_quote(struct buf *out, const char *text)
{
	const char *quote;

	if (is_plain(text)) {
		buf_adds(out, text);
		return;
	}
	buf_addc(out, '\'');
	while ((quote = strchr(text, '\''))) {
		buf_add(out, text, (size_t)(quote - text));
		buf_adds(out, "'\\''");
		text = quote + 1;
	}
	buf_adds(out, text);
	buf_addc(out, '\'');
}

void shell_quote_argv(struct buf *out, const struct strs *argv)
{
	for (size_t i = 0; i < argv->n; i++) {
		if (i)
			buf_addc(out, ' ');
		shell_quote(out, argv->v[i]);
	}
}

bool str_eq(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool str_starts(const char *s, const char *prefix)
{
	return s && !strncmp(s, prefix, strlen(prefix));
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = s ? strlen(s) : 0;
	size_t m = strlen(suffix);

	return s && n >= m && !memcmp(s + n - m, suffix, m);
}

bool str_empty(const char *s)
{
	return !s || !*s;
}

bool str_int(const char *s, long long min, long long max, long long *out)
{
	const char *digits = s;
	long long value;
	char *end;

	if (str_empty(s))
		return false;
	if (*digits == '-')
		digits++;
	if (*digits < '0' || *digits > '9') /* strtoll would skip blanks and take "+" */
		return false;
	errno = 0;
	value = strtoll(s, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* Goes back to the last '*' only: what an earlier one took can stay. */
bool str_glob(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			from = s;
		} else if (*pattern == '?' || (*pattern && *pattern == *s)) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
