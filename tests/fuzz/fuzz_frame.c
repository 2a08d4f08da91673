/* Whatever a host sends and however it is cut into pieces, the samples are the same and capped. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/frame.h"

#define BOUNDARY "0123456789abcdef0123456789abcdef"
#define CAP 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static struct sample *read_all(const uint8_t *data, size_t n, size_t piece, size_t *count)
{
	static const struct strs none;
	const struct frame_command commands[] = {
		{.check = "a", .command = "x", .argv = &none, .cap = CAP, .timeout_ms = 1000},
		{.check = "b", .command = "y", .argv = &none, .cap = CAP},
	};
	struct frame *f =
		frame_new(commands, 2, &(struct frame_options){.is_root = true}, BOUNDARY);
	struct sample *samples;

	for (size_t i = 0; i < n; i += piece) {
		size_t part = n - i < piece ? n - i : piece;

		frame_feed(f, FRAME_OUT, (const char *)data + i, part);
		frame_feed(f, FRAME_ERR, (const char *)data + i, part);
	}
	require(!frame_complete(f) || frame_began(f));
	frame_noise(f);
	samples = frame_take(f, 1700000000000, "cut", count);
	frame_free(f);
	return samples;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t whole_count, count;
	struct sample *whole, *pieces;

	if (!n)
		return 0;
	whole = read_all(data + 1, n - 1, n, &whole_count);
	pieces = read_all(data + 1, n - 1, 1 + data[0] % 64, &count);
	require(count == 2 && whole_count == 2);
	for (size_t i = 0; i < count; i++) {
		require(whole[i].out_len <= CAP && whole[i].err_len <= FRAME_ERR_CAP);
		require(whole[i].status == pieces[i].status);
		require(whole[i].exit_status == pieces[i].exit_status);
		require(whole[i].out_len == pieces[i].out_len);
		require(!memcmp(whole[i].out, pieces[i].out, whole[i].out_len));
		require(whole[i].duration_ms >= 0 && whole[i].at_ms <= 1700000000000);
	}
	samples_free(whole, whole_count);
	samples_free(pieces, count);
	return 0;
}
