/*
 * Which rows are shown: an extended regular expression without case, `!` in front inverts, `-f` in
 * front matches letters in order. Knows no row.
 */
#ifndef OPSDECK_UI_FILTER_H
#define OPSDECK_UI_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "base/err.h"

struct filter {
	char *text; /* as typed; NULL: everything is shown */
	bool invert, fuzzy, compiled;
	char *letters; /* fuzzy: what to look for */
	regex_t re;
};

void filter_finish(struct filter *f);
/* "" shows everything. On an error the old filter stays. */
int filter_set(struct filter *f, const char *text, struct err *e) WARN_UNUSED;
bool filter_matches(const struct filter *f, const char *row);

#endif
