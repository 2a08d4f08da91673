/*
 * For tests: a folder of their own that goes when they end, and programs run in it.
 */
#ifndef OPSDECK_TESTS_SCRATCH_H
#define OPSDECK_TESTS_SCRATCH_H

#include <stddef.h>

/* Heap path of a new empty folder. */
char *scratch_new(void);
/* Removes it with all it holds; frees the path. */
void scratch_free(char *dir);

/* Runs argv[0] (absolute) in dir with a clean environment, HOME=dir. Its stdout as a heap string;
 * the test fails when the exit status is not `want`. */
char *scratch_run(const char *dir, int want, const char *const *argv);
/* `git ARGS...` in dir; the list ends with NULL. */
#define GIT(dir, ...)                                                                              \
	scratch_run((dir), 0, (const char *const[]){"/usr/bin/git", __VA_ARGS__, NULL})

/* Writes dir/name, making folders on the way. */
void scratch_write(const char *dir, const char *name, const char *text);
/* What dir/name holds; NULL where there is none. Heap. */
char *scratch_read(const char *dir, const char *name);

#endif
