/* What a host says first and what an agent answers: read within their bounds. */
#include "config.h"

#include <stdint.h>

#include "base/buf.h"
#include "port/ssh/agent.h"
#include "port/ssh/kex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct kex_offer offer, none = {0};
	struct agent_keys keys;
	struct buf answer = {0}, bare = {0}, request = {0};
	struct err e;

	if (kex_read(&offer, data, n))
		kex_explain(&e, &offer, &none, "fuzz");
	kex_offer_finish(&offer);
	buf_add(&answer, data, n);
	if (!agent_read_list(&keys, &answer, &e))
		agent_keys_finish(&keys);
	(void)!agent_read_sign(&bare, &answer, data, n, &e);
	(void)!agent_write_sign(&request, &answer, data, n, &e);
	buf_finish(&answer);
	buf_finish(&bare);
	buf_finish(&request);
	return 0;
}
