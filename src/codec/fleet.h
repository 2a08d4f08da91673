/*
 * fleet.yml to a struct fleet. Refuses to know files, git and checks; every mistake is named with
 * file, line, column and what to do.
 */
#ifndef OPSDECK_CODEC_FLEET_H
#define OPSDECK_CODEC_FLEET_H

#include <stddef.h>

#include "base/err.h"
#include "model/check.h"
#include "model/host.h"

/* `name` stands in messages ("fleet.yml"). Caller frees with fleet_free. */
int fleet_read(struct fleet **out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;

/* Holds the same text against the catalogue: checks that `without` and `managed` name must exist.
 */
int fleet_read_checks(const char *text, size_t n, const char *name, const struct catalogue *c,
	struct err *e) WARN_UNUSED;

#endif
