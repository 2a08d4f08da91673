#include "config.h"

#include "codec/yaml_plain.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t digits(const char *s)
{
	size_t n = 0;

	while (s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* Only what cannot be mistaken: "0440" and "1_000" stay text. */
static enum doc_kind number_kind(const char *s)
{
	bool real = false;
	size_t n;

	s += *s == '-';
	n = digits(s);
	if (!n || (n > 1 && *s == '0'))
		return DOC_STRING;
	s += n;
	if (*s == '.') {
		real = true;
		s++;
		s += digits(s);
	}
	if (*s == 'e' || *s == 'E') {
		real = true;
		s++;
		s += *s == '+' || *s == '-';
		n = digits(s);
		if (!n)
			return DOC_STRING;
		s += n;
	}
	if (*s)
		return DOC_STRING;
	return real ? DOC_REAL : DOC_INT;
}

enum doc_kind yaml_plain_kind(const char *s, size_t n)
{
	if (strlen(s) != n)
		return DOC_STRING;
	if (!n || !strcmp(s, "~") || !strcmp(s, "null"))
		return DOC_NULL;
	if (!strcmp(s, "true") || !strcmp(s, "false"))
		return DOC_BOOL;
	/* What no double holds would be written as something else. */
	if (number_kind(s) != DOC_STRING && !isfinite(yaml_plain_real(s)))
		return DOC_STRING;
	return number_kind(s);
}

double yaml_plain_real(const char *s)
{
	char *copy = xstrdup(s), *dot = strchr(copy, '.');
	double v;

	if (dot) /* strtod reads the locale's sign */
		*dot = *localeconv()->decimal_point;
	v = strtod(copy, NULL);
	free(copy);
	return v;
}

struct doc *yaml_plain_int(const char *s)
{
	long long v;

	errno = 0;
	v = strtoll(s, NULL, 10);
	return errno == ERANGE ? doc_new_real(yaml_plain_real(s)) : doc_new_int(v);
}
