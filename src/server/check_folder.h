/*
 * Checks as folders on disk, for the commands that work on them without a server:
 * DIR/NAME/check.yml and what stands beside it. Judges nothing.
 */
#ifndef OPSDECK_SERVER_CHECK_FOLDER_H
#define OPSDECK_SERVER_CHECK_FOLDER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/check.h"

struct doc;

/* DIR/NAME/check.yml. Caller finishes with check_finish. */
int check_folder_read(
	struct check *out, const char *dir, const char *name, struct err *e) WARN_UNUSED;
/* Adds the named checks, or all in dir when there are none named; sorted. */
int check_folder_names(
	struct strs *out, const char *dir, const struct strs *names, struct err *e) WARN_UNUSED;
/* A YAML file; caller frees. */
int check_folder_yaml(struct doc **out, const char *path, struct err *e) WARN_UNUSED;

#endif
