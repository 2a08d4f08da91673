/* Any known_hosts is read to its end, and what is taken over from it can be read again. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "codec/knownhosts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct {
		const char *host;
		int port;
	} names[] = {{"web1", 22}, {"web1", 2222}, {"2001:db8::1", 22}};
	struct known_hosts *k = known_hosts_new();

	known_hosts_read(k, (const char *)data, n, "fuzz", NULL);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct known_hosts *again = known_hosts_new();
		struct strs complaints = {0}, algorithms = {0}, algorithms_again = {0};
		struct buf taken = {0}, taken_again = {0};
		size_t count = known_hosts_take(&taken, k, names[i].host, names[i].port);

		known_hosts_read(again, buf_str(&taken), taken.len, "again", &complaints);
		require(complaints.n == 0);
		require(known_hosts_take(&taken_again, again, names[i].host, names[i].port) ==
			count);
		known_hosts_algorithms(&algorithms, k, names[i].host, names[i].port);
		known_hosts_algorithms(&algorithms_again, again, names[i].host, names[i].port);
		require(algorithms.n == algorithms_again.n);
		known_hosts_look(k, names[i].host, names[i].port, data, n, NULL);
		strs_finish(&complaints);
		strs_finish(&algorithms);
		strs_finish(&algorithms_again);
		buf_finish(&taken);
		buf_finish(&taken_again);
		known_hosts_free(again);
	}
	known_hosts_free(k);
	return 0;
}
