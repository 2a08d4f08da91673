#include "config.h"

#include "base/safe.h"

#include <string.h>

#include "base/buf.h"
#include "base/safe_table.h"

#define TAB_COLUMNS 8

/* Length, bits of the first byte and smallest code point of a sequence (RFC 3629, 3). */
static const struct {
	unsigned char mask, lead;
	size_t len;
	int32_t least;
} sequences[] = {
	{0x80, 0x00, 1, 0},
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

/* The code point of a sequence whose first byte fits row `i`, or -1. */
static int32_t decode_row(const unsigned char *s, size_t n, size_t i)
{
	int32_t cp = s[0] & ~sequences[i].mask & 0xff;

	if (n < sequences[i].len)
		return -1;
	for (size_t k = 1; k < sequences[i].len; k++) {
		if ((s[k] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (s[k] & 0x3f);
	}
	if (cp < sequences[i].least || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return -1;
	return cp;
}

size_t safe_decode(const char *s, size_t n, int32_t *cp)
{
	const unsigned char *bytes = (const unsigned char *)s;

	*cp = -1;
	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
		if ((bytes[0] & sequences[i].mask) != sequences[i].lead)
			continue;
		*cp = decode_row(bytes, n, i);
		return *cp < 0 ? 1 : sequences[i].len;
	}
	return 1;
}

int safe_width(int32_t cp)
{
	size_t low = 0, high = safe_table_count;

	if (cp < 0x7f)
		return cp >= 0x20;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cp > safe_table[mid].last)
			low = mid + 1;
		else if (cp < safe_table[mid].first)
			high = mid;
		else
			return safe_table[mid].cells;
	}
	return 0;
}

/* Appends one step and returns the cells it takes. */
static size_t add_step(struct buf *out, const char *s, size_t used, int32_t cp, enum safe_mode mode)
{
	int cells = safe_width(cp);
	size_t before = out->len;

	if (cells && (mode == SAFE_TEXT || cp < 0x80)) {
		buf_add(out, s, used);
		return (size_t)cells;
	}
	if (cp < 0)
		buf_addf(out, "<0x%02X>", (unsigned)(unsigned char)*s);
	else
		buf_addf(out, "<U+%04X>", (unsigned)cp);
	return out->len - before;
}

/* Bytes from s that are printable ASCII: most of most texts, copied at once. */
static size_t plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

void safe_text(struct buf *out, const char *s, size_t n, enum safe_mode mode)
{
	while (n) {
		size_t used = plain_run(s, n);
		int32_t cp;

		if (used) {
			buf_add(out, s, used);
		} else {
			used = safe_decode(s, n, &cp);
			add_step(out, s, used, cp, mode);
		}
		s += used;
		n -= used;
	}
}

void safe_lines(struct buf *out, const char *s, size_t n, enum safe_mode mode)
{
	size_t column = 0;

	while (n) {
		size_t used = plain_run(s, n);
		int32_t cp;

		if (used) {
			buf_add(out, s, used);
			column += used;
		} else if (*s == '\n') {
			used = 1;
			buf_addc(out, '\n');
			column = 0;
		} else if (*s == '\t') {
			used = 1;
			do
				buf_addc(out, ' ');
			while (++column % TAB_COLUMNS);
		} else {
			used = safe_decode(s, n, &cp);
			column += add_step(out, s, used, cp, mode);
		}
		s += used;
		n -= used;
	}
}

size_t safe_cells(const char *s)
{
	size_t n = strlen(s), cells = 0;

	while (n) {
		int32_t cp;
		size_t used = safe_decode(s, n, &cp);

		cells += (size_t)safe_width(cp);
		s += used;
		n -= used;
	}
	return cells;
}
