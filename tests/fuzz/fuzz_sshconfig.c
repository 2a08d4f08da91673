/* Whatever stands in an ssh_config: it is refused with a place, or its hosts make a fleet.yml that
 * reads. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/fleet.h"
#include "codec/sshconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

/* Every Include is the file itself. */
struct text {
	const char *s;
	size_t n;
};

static int include(
	void *arg, const char *pattern, struct strs *names, struct strs *texts, struct err *e)
{
	const struct text *t = arg;

	(void)pattern;
	(void)e;
	strs_add(names, "again");
	strs_addn(texts, t->s, t->n);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct text t = {(const char *)data, n};
	struct found_hosts f = {0};
	struct fleet *fleet = NULL;
	struct buf out = {0};
	struct err e = {0};

	if (ssh_config_hosts(&f, t.s, n, "f", include, &t, &e)) {
		require(e.code == ERR_INPUT || e.code == ERR_LIMIT);
		require(!strncmp(e.msg, "f:", 2) || !strncmp(e.msg, "again:", 6));
	} else if (f.n) {
		buf_adds(&out, "estate: fuzz\nhosts:\n");
		found_hosts_text(&out, &f, 2);
		require(!fleet_read(&fleet, buf_str(&out), out.len, "fleet.yml", &e));
		require(fleet->host_count == f.n);
		fleet_free(fleet);
	}
	buf_finish(&out);
	found_hosts_finish(&f);
	return 0;
}
