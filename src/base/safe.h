/*
 * The one place that decides which text may be shown. Everything that comes from hosts, agents,
 * files or git goes through here before it reaches a terminal, a log or an export.
 */
#ifndef OPSDECK_BASE_SAFE_H
#define OPSDECK_BASE_SAFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum safe_mode {
	SAFE_TEXT,  /* prose, diffs, host output: printable Unicode stays */
	SAFE_ASCII, /* paths, argv, names: whatever is not ASCII is spelt <U+XXXX> */
};

/*
 * One step through bytes of unknown origin: decodes one code point from s[0..n) (n > 0), strictly
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). Returns the bytes consumed
 * (>= 1). *cp is the code point, or -1 for a byte that is not UTF-8 (then consumed is 1).
 */
size_t safe_decode(const char *s, size_t n, int32_t *cp);

/* Cells a code point takes when shown as itself (1 or 2), or 0 when it must be spelt out: controls,
 * C1, bidi controls, zero width, tags, variation selectors, combining marks, blanks other than
 * U+0020, private use, unassigned, soft hyphen, Hangul fillers, U+2800, and what merges with its
 * neighbour or whose cells terminals disagree on (skin tones, regional indicators, Hangul vowels
 * and finals). Own table, not the locale's. */
int safe_width(int32_t cp);

/* Appends text that is safe to show: what is not plainly printable appears as <U+202E>, a byte that
 * is no UTF-8 as <0xFF>. '\n' and '\t' too are spelt (<U+000A>, <U+0009>): callers split lines and
 * expand tabs before. */
void safe_text(struct buf *out, const char *s, size_t n, enum safe_mode mode);

/* As safe_text for text of many lines: '\n' stays, '\t' becomes blanks to the next multiple of 8
 * columns, "\r\n" shows the CR as <U+000D>. */
void safe_lines(struct buf *out, const char *s, size_t n, enum safe_mode mode);

/* Cells that an already safe text takes. */
size_t safe_cells(const char *s);

#endif
