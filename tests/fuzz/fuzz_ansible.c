/* Whatever stands in an inventory: it is refused with a place, or its hosts make a fleet.yml that
 * reads. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/ansible.h"
#include "codec/fleet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void read_as(const char *name, const char *text, size_t n)
{
	struct found_hosts f = {0};
	struct fleet *fleet = NULL;
	struct buf out = {0};
	struct err e = {0};

	if (ansible_hosts(&f, text, n, name, &e)) {
		require(e.code == ERR_INPUT || e.code == ERR_LIMIT);
		require(!strncmp(e.msg, name, strlen(name)) && e.msg[strlen(name)] == ':');
	} else if (f.n) {
		buf_adds(&out, "estate: fuzz\nhosts:\n");
		found_hosts_text(&out, &f, 2);
		require(!fleet_read(&fleet, buf_str(&out), out.len, "fleet.yml", &e));
		require(fleet->host_count == f.n);
		fleet_free(fleet);
	}
	buf_finish(&out);
	found_hosts_finish(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_as("f.ini", (const char *)data, n);
	read_as("f.yml", (const char *)data, n);
	read_as("f", (const char *)data, n);
	return 0;
}
