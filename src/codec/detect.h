/*
 * How a check shows that it fits a host (`detect` of its check.yml), as checks that look for it:
 * they are collected and judged like any other. Knows no host and no fleet.yml.
 */
#ifndef OPSDECK_CODEC_DETECT_H
#define OPSDECK_CODEC_DETECT_H

#include <stdbool.h>

#include "base/err.h"
#include "model/check.h"

struct doc;

/* `detect` of the check; NULL when it has none. Heap. */
struct doc *detect_of(const struct check *c);
/* Its paths. */
void detect_paths(struct strs *out, const struct doc *detect);

#define DETECT_SCAN "scan" /* name of the check that looks for paths */

/* A check whose facts are the list of those paths that are there. ERR_LIMIT past some thousand. */
int detect_paths_check(struct check *out, const struct strs *paths, struct err *e) WARN_UNUSED;
/* A check of that name whose facts are {PARAM: {value: X} or {why: TEXT}} for the parameters that
 * `wanted` has; `params` is of a detect. */
int detect_params_check(struct check *out, const char *name, const struct doc *params,
	const struct strs *wanted, struct err *e) WARN_UNUSED;

/* Whether what a host says of a parameter may stand in fleet.yml: words, numbers, lists of them or
 * of maps of them, bounded; no text that begins like an option. When not, *why says it. */
bool detect_value_ok(const struct doc *value, const char **why);

#endif
