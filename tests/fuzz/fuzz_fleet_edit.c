/* Whatever stands in fleet.yml: what is added to its first host is there afterwards, and the old
 * text is all there in its order, or it is refused with a place. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/fleet_edit.h"
#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* Only additions: the old text is a subsequence of the new one. */
static void nothing_is_gone(const struct buf *after, const char *before, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < after->len && at < n; i++)
		at += after->data[i] == before[at];
	require(at == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	struct strs tags = {0};
	struct doc *top, *params, *again;
	const struct doc *hosts;
	struct buf out = {0};
	struct err e = {0};

	if (yaml_read(&top, text, n, "f", &e))
		return 0;
	hosts = doc_get(top, "hosts");
	params = doc_new_map();
	doc_set_str(params, "new-param", "x");
	strs_add(&tags, "new-tag");
	if (doc_kind(hosts) == DOC_MAP && doc_len(hosts)) {
		const char *host = doc_key(hosts, 0);
		const struct fleet_addition add = {.host = host, .tags = &tags, .params = params};

		if (!doc_get(doc_get(doc_value(hosts, 0), "params"), "new-param") &&
			!fleet_edit(&out, text, n, "f", &add, &e)) {
			nothing_is_gone(&out, text, n);
			require(!yaml_read(&again, buf_str(&out), out.len, "g", &e));
			require(doc_get(doc_get(doc_get(doc_get(again, "hosts"), host), "params"),
					"new-param") != NULL);
			doc_free(again);
		}
	}
	buf_finish(&out);
	strs_finish(&tags);
	doc_free(params);
	doc_free(top);
	return 0;
}
