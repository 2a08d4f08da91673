/* Whatever stands in fleet.yml: it is read or refused with a place, and YAML written reads back
 * equal. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/fleet.h"
#include "codec/policy.h"
#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void check_yaml(const char *s, size_t n)
{
	struct doc *d, *back;
	struct buf b = {0};
	struct err e = {0};

	if (yaml_read(&d, s, n, "f", &e)) {
		require(e.code == ERR_INPUT && !strncmp(e.msg, "f:", 2));
		return;
	}
	yaml_write(&b, d);
	require(!yaml_read(&back, buf_str(&b), b.len, "g", &e));
	require(doc_equal(d, back));
	doc_free(d);
	doc_free(back);
	buf_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fleet *f = NULL;
	struct policy *p = NULL;
	struct err e = {0};

	check_yaml((const char *)data, n);
	if (fleet_read(&f, (const char *)data, n, "f", &e))
		require(e.code == ERR_INPUT && *e.msg);
	if (policy_read(&p, (const char *)data, n, "f", f, &e))
		require(e.code == ERR_INPUT && *e.msg);
	fleet_free(f);
	policy_free(p);
	return 0;
}
