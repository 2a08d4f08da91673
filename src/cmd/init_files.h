/*
 * The files of a new ops repo. Writes nothing.
 */
#ifndef OPSDECK_CMD_INIT_FILES_H
#define OPSDECK_CMD_INIT_FILES_H

#include <stddef.h>

#define INIT_FILES_MAX 16
#define INIT_SANDBOX "sandbox" /* folder below the repo, outside of git */

struct init_file {
	const char *path;
	char *text; /* heap */
};

/* For the machine `name`, without the checks that do not fit it; dir is the repo's absolute path,
 * `hosts` more entries below fleet.yml's hosts, or NULL. Returns how many. */
size_t init_files(struct init_file *out, const char *dir, const char *name, const char *hosts);
void init_files_free(struct init_file *files, size_t n);

#endif
