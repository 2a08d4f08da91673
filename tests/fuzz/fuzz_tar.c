/* Whatever a host sends as an archive: entries lie inside it, and it ends. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *bytes = (const char *)data;
	struct tar_entry entry;
	struct err e = {0};
	struct tar t;
	int got;

	tar_init(&t, bytes, n);
	while ((got = tar_next(&t, &entry, &e)) > 0) {
		require(*entry.path && strlen(entry.path) <= TAR_PATH_MAX);
		require(entry.type < TAR_TYPE_COUNT && entry.mode <= 07777u);
		if (entry.type == TAR_FILE)
			require(entry.data >= bytes && entry.size <= n &&
				entry.data + entry.size <= bytes + n);
	}
	require(got == 0 || (e.code == ERR_INPUT && *e.msg));
	tar_finish(&t);
	return 0;
}
