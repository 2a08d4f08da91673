/* Whatever bytes come, what safe.c lets through is printable, and it stays so. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/safe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* Every step of the text is a code point with cells, ASCII where that was asked for. */
static void check_safe(const struct buf *b, enum safe_mode mode, int lines)
{
	size_t at = 0;

	while (at < b->len) {
		int32_t cp;
		size_t used = safe_decode(b->data + at, b->len - at, &cp);

		require(used >= 1 && used <= b->len - at);
		require(safe_width(cp) > 0 || (lines && cp == '\n'));
		require(mode == SAFE_TEXT || cp < 0x80);
		at += used;
	}
}

static void check_mode(const char *s, size_t n, enum safe_mode mode)
{
	struct buf text = {0}, again = {0}, lines = {0};

	safe_text(&text, s, n, mode);
	check_safe(&text, mode, 0);
	safe_text(&again, buf_str(&text), text.len, mode);
	require(text.len == again.len && !memcmp(buf_str(&text), buf_str(&again), text.len));
	require(safe_cells(buf_str(&text)) <= text.len);
	safe_lines(&lines, s, n, mode);
	check_safe(&lines, mode, 1);
	buf_finish(&text);
	buf_finish(&again);
	buf_finish(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_mode((const char *)data, n, SAFE_TEXT);
	check_mode((const char *)data, n, SAFE_ASCII);
	return 0;
}
