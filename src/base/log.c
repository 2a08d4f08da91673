#include "config.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/safe.h"

#define LINE_MAX_BYTES 4096

static const struct {
	const char *name;
	int syslog; /* priority for the journal's prefix, sd-daemon(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", 3},
	[LOG_LEVEL_WARN] = {"warn", 4},
	[LOG_LEVEL_INFO] = {"info", 6},
	[LOG_LEVEL_DEBUG] = {"debug", 7},
};

void log_line(const struct log *l, enum log_level level, const char *fmt, ...)
{
	struct buf line = {.max = LINE_MAX_BYTES};
	va_list ap;
	char *text;

	if (!l || level > l->level)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (getenv("JOURNAL_STREAM"))
		buf_addf(&line, "<%d>", levels[level].syslog);
	else
		buf_addf(&line, "opsdeck: %s: ", levels[level].name);
	safe_text(&line, text, strlen(text), SAFE_TEXT);
	line.max++;
	buf_addc(&line, '\n');
	/* One write, so that lines of several processes do not mix. A log that cannot be written
	 * has nobody to tell. */
	if (write(l->fd, line.data, line.len) < 0)
		line.len = 0;
	buf_finish(&line);
	free(text);
}
