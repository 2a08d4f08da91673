/* A worker that was taken over may send anything: the server reads it, or refuses it. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "server/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *bytes = (const char *)data;
	struct judge_answer answer;
	struct packet_request request;
	struct packet_in in, again;
	size_t len;
	int64_t id;
	struct err e;

	if (packet_frame(bytes, n, &len, &e) || !len || packet_read(&in, bytes, len, &e))
		return 0;
	if (len > n)
		abort();
	again = in;
	if (!packet_get_answer(&answer, &id, &in, &e))
		judge_answer_finish(&answer);
	if (!packet_get_request(&request, &again, &e))
		packet_request_finish(&request);
	return 0;
}
