/*
 * Looking a word up in a table of names that an enum indexes. Knows no enum.
 */
#ifndef OPSDECK_MODEL_NAMES_H
#define OPSDECK_MODEL_NAMES_H

#include <stdbool.h>

/* Index of s in names[0..count); false, with *out untouched, when it is not there or NULL. */
bool names_find(const char *const *names, int count, const char *s, int *out);

#endif
