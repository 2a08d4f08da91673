/*
 * A growing byte buffer with a hard maximum. Always NUL-terminated behind `len` once anything was
 * added, so that `data` can be read as a string. Knows nothing of what the bytes mean.
 */
#ifndef OPSDECK_BASE_BUF_H
#define OPSDECK_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* NULL until something was added */
	size_t len;
	size_t cap;
	size_t max;    /* 0 = BUF_MAX_DEFAULT */
	bool overflow; /* something did not fit below max and was dropped; stays set */
};

#define BUF_MAX_DEFAULT ((size_t)64 << 20)

/* {0} is a valid empty buffer; buf_init only sets the maximum. */
void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b);
/* Empties it, keeps the memory and the maximum, clears overflow. */
void buf_reset(struct buf *b);

/* What does not fit below max is dropped (as much as fits is kept) and sets overflow. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_add_utf8(struct buf *b, uint32_t c); /* below 0x110000 */
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Drops the first n bytes. */
void buf_consume(struct buf *b, size_t n);
/* The bytes as a heap string (never NULL) that the caller owns; the buffer is empty afterwards. */
char *buf_take(struct buf *b);
/* The bytes as a string, "" when nothing was added; borrowed until the next change. */
const char *buf_str(const struct buf *b);

#endif
