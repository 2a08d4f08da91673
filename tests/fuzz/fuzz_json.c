/* Whatever comes as JSON: what is read writes to text that reads back equal, canonically the same.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf a = {0}, b = {0};
	struct doc *d, *back;
	struct err e = {0};

	if (json_read(&d, (const char *)data, n, "j", &e)) {
		require(e.code == ERR_INPUT && *e.msg);
		return 0;
	}
	json_write_canonical(&a, d);
	require(!json_read(&back, buf_str(&a), a.len, "k", &e));
	require(doc_equal(d, back));
	json_write_canonical(&b, back);
	require(a.len == b.len && !memcmp(a.data, b.data, a.len));
	doc_free(d);
	doc_free(back);
	buf_finish(&a);
	buf_finish(&b);
	return 0;
}
