/*
 * Recorded command lines and the `reads:` patterns of checks: which commands read what. Knows no
 * file.
 */
#ifndef OPSDECK_SERVER_CHECK_READS_H
#define OPSDECK_SERVER_CHECK_READS_H

#include <stdbool.h>

#include "model/check.h"

/*
 * As it is matched: blanks squeezed, without quotes, assignments, `env`, `timeout`, `sudo` and its
 * -n, without the tool's folder, without redirections at its end. Heap.
 */
char *command_line_plain(const char *line);

/* One of the patterns fits and none of those with '!' in front. `plain` is command_line_plain's. */
bool command_reads(const struct check_command *cmd, const char *plain);
bool pattern_fits(const char *pattern, const char *plain);

#endif
