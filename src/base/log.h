/*
 * The program's log: lines on stderr, made safe, with a level. Never secrets, never raw host
 * output.
 */
#ifndef OPSDECK_BASE_LOG_H
#define OPSDECK_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log {
	int fd;
	enum log_level level; /* lines above this level are dropped */
};

/* One line: "opsdeck: warn: text" (systemd's <N> prefix instead when JOURNAL_STREAM is set). NULL
 * log: dropped. */
void log_line(const struct log *l, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
