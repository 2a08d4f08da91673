/*
 * The times that log lines begin with. Knows no more of the line.
 */
#ifndef OPSDECK_FLOW_PARSE_LOG_TIME_H
#define OPSDECK_FLOW_PARSE_LOG_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/parse_line.h"

/* Takes a time off the line's beginning: ISO 8601 with 'T' or a blank, with or without fraction and
 * offset; "Nov 22 00:35:12"; "Sat 2026-11-22 00:35:12 UTC"; seconds since the epoch with a
 * fraction. What says no offset is taken as UTC; a year that is not said is the one that puts the
 * line last before now_s. False, and nothing taken, when it begins with none. */
bool log_time_take(struct line *l, int64_t now_s, double *at);

#endif
