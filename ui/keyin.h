/*
 * Bytes from a terminal to keys and pasted text. Sequences that nobody knows are swallowed whole,
 * so that their letters never run as keys. Knows no file descriptor and no timer of its own.
 */
#ifndef OPSDECK_UI_KEYIN_H
#define OPSDECK_UI_KEYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct keyin {
	unsigned char seq[64]; /* an unfinished sequence */
	size_t len;
	bool skip;	 /* inside a sequence too long to keep: wait for its end */
	bool string;	 /* inside OSC, DCS, APC, PM or SOS: wait for ST or BEL */
	bool string_esc; /* ... and the last byte was ESC */
	bool pasting;	 /* between ESC[200~ and ESC[201~ */
	struct buf paste;
};

#define KEYIN_PASTE_MAX ((size_t)64 << 10)

struct keyin_handlers {
	void (*key)(void *arg, int32_t key);
	void (*paste)(void *arg, const char *text, size_t n); /* raw: make safe before showing */
	void *arg;
};

void keyin_finish(struct keyin *k);
/* Forgets what was begun. */
void keyin_reset(struct keyin *k);
void keyin_bytes(struct keyin *k, const void *bytes, size_t n, const struct keyin_handlers *to);
/* Milliseconds of quiet after which keyin_timeout is due; 0: nothing is unfinished. */
int keyin_wait_ms(const struct keyin *k);
/* A lone ESC was the key itself; a cut sequence or paste is forgotten. */
void keyin_timeout(struct keyin *k, const struct keyin_handlers *to);

#endif
