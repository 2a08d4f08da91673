/*
 * Lists of owned strings: argv, tags, lines. Knows no quoting rules but a POSIX shell word's.
 */
#ifndef OPSDECK_BASE_STRS_H
#define OPSDECK_BASE_STRS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

struct strs {
	char **v; /* NULL-terminated once something was added: usable as argv */
	size_t n;
	size_t cap;
};

void strs_finish(struct strs *s);
void strs_add(struct strs *s, const char *text);
void strs_addn(struct strs *s, const char *text, size_t n);
void strs_addf(struct strs *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strs_take(struct strs *s, char *text); /* text becomes the list's */
void strs_copy(struct strs *to, const struct strs *from);
bool strs_has(const struct strs *s, const char *text);
void strs_sort(struct strs *s); /* byte order */
/* Splits at each `sep`; an empty text gives no element, "a,,b" gives an empty one. */
void strs_split(struct strs *s, const char *text, char sep);
/* The elements with `sep` between them, as a heap string. */
char *strs_join(const struct strs *s, const char *sep);

/* Appends `text` as one word for a POSIX shell (single quotes; plain words stay plain). */
void shell_quote(struct buf *out, const char *text);
/* All of argv, quoted, blanks between. */
void shell_quote_argv(struct buf *out, const struct strs *argv);

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_empty(const char *s); /* NULL or "" */
/* The whole text against a pattern in which '*' is any text and '?' any byte; nothing else is
 * special. */
bool str_glob(const char *pattern, const char *s);

/* Decimal integer, whole string, no blanks, within [min,max]; false otherwise. */
bool str_int(const char *s, long long min, long long max, long long *out);

#endif
