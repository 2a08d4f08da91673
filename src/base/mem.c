#include "config.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 1024

static _Noreturn void out_of_memory(void)
{
	fputs("opsdeck: out of memory\n", stderr);
	abort();
}

static size_t times(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		out_of_memory();
	return n * size;
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

/* glibc (before 2.41) gives small pieces much quicker from malloc than from calloc. */
void *xcalloc(size_t n, size_t size)
{
	size_t bytes = times(n, size);
	void *p;

	if (bytes <= SMALL)
		return memset(xmalloc(bytes), 0, bytes);
	p = calloc(1, bytes);
	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		out_of_memory();
	return q;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return xrealloc(p, times(n, size));
}

char *xstrdup(const char *s)
{
	return s ? xmemdup(s, strlen(s)) : NULL;
}

char *xstrndup(const char *s, size_t n)
{
	return xmemdup(s, strnlen(s, n));
}

void *xmemdup(const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		out_of_memory();
	copy = xmalloc(n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		out_of_memory();
	return s;
}

void *arr_room(void *base, size_t n, size_t *cap, size_t size)
{
	size_t more;

	if (n < *cap) {
		memset((char *)base + n * size, 0, size);
		return base;
	}
	more = times(*cap ? *cap : 4, 2);
	base = xreallocarray(base, more, size);
	memset((char *)base + n * size, 0, (more - n) * size);
	*cap = more;
	return base;
}
