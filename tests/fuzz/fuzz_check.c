/* Whatever stands in check.yml; and its sudo commands make lines that allow exactly themselves. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/check.h"
#include "codec/sudoers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static int probe(void *arg, const char *file, struct buf *out, struct err *e)
{
	(void)arg;
	(void)file;
	(void)e;
	buf_adds(out, "echo\n");
	return 0;
}

static void check_lines(const struct check *c, const struct host *h)
{
	for (size_t i = 0; i < c->command_count; i++) {
		struct sudoers_answer a = {0};
		struct strs argv = {0};
		struct buf line = {0};

		if (c->commands[i].sudo &&
			!check_command_argv(&argv, &c->commands[i], h, NULL, NULL)) {
			require(!sudo_line(&line, "luna", &argv, NULL));
			sudoers_allows(&a, buf_str(&line), line.len, "luna", &argv);
			require(a.verdict == SUDOERS_EXACT);
		}
		strs_finish(&argv);
		buf_finish(&line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char name[] = "web1", params[] = "{\"a\":\"/x\",\"b\":1}";
	const struct host h = {.name = name, .params = params};
	struct check c;
	struct err e = {0};

	if (check_read(&c, "x", (const char *)data, n, "c", probe, NULL, &e))
		require(e.code == ERR_INPUT && *e.msg && !c.name);
	else
		check_lines(&c, &h);
	check_finish(&c);
	return 0;
}
