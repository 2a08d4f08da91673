/* Redacting twice changes nothing more, and text that was not touched comes out as it went in. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct redact redact = {"key", 3};
	struct buf once = {0}, twice = {0};
	bool touched = redact_text(&once, &redact, (const char *)data, n);

	if (!touched && (once.len != n || memcmp(buf_str(&once), data, n) != 0))
		abort();
	redact_text(&twice, &redact, buf_str(&once), once.len);
	if (once.len != twice.len || memcmp(buf_str(&once), buf_str(&twice), once.len) != 0)
		abort();
	buf_finish(&once);
	buf_finish(&twice);
	return 0;
}
