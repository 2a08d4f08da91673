/* Whatever stands in sudoers: the answer names a line that is there. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/sudoers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char word0[] = "/usr/bin/systemctl", word1[] = "restart", word2[] = "a.service";
	static char *words[] = {word0, word1, word2, NULL};
	const struct strs argv = {.v = words, .n = 3};
	struct sudoers_answer a = {0};
	int lines[8], last = 1;
	size_t wide;

	for (size_t i = 0; i < n; i++)
		last += data[i] == '\n';
	if (sudoers_allows(&a, (const char *)data, n, "luna", &argv))
		require(a.line <= last && a.verdict < SUDOERS_VERDICT_COUNT);
	else
		require(a.verdict == SUDOERS_NONE);
	wide = sudoers_wide_lines(lines, 8, (const char *)data, n, "luna");
	for (size_t i = 0; i < wide && i < 8; i++)
		require(lines[i] >= 1 && lines[i] <= last);
	return 0;
}
