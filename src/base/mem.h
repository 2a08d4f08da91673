/*
 * Allocation that cannot fail: out of memory aborts with one line. The only place with raw malloc.
 * Knows nothing of what is stored.
 */
#ifndef OPSDECK_BASE_MEM_H
#define OPSDECK_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size); /* zeroed; aborts when n*size overflows */
void *xrealloc(void *p, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);		 /* NULL gives NULL */
char *xstrndup(const char *s, size_t n); /* always NUL-terminated */
void *xmemdup(const void *p, size_t n);	 /* n bytes and a NUL behind them */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* Grows `base` (n used of *cap elements of `size` bytes) so that one more fits; new room is zeroed.
 */
void *arr_room(void *base, size_t n, size_t *cap, size_t size);

/* Appends nothing itself: makes room and yields a pointer to the new, zeroed last element.
 * Usage: struct host *h = ARR_ADD(fleet->hosts, fleet->host_count, fleet->host_cap); */
#define ARR_ADD(v, n, cap) ((v) = arr_room((v), (n), &(cap), sizeof *(v)), (n)++, &(v)[(n)-1])

#endif
