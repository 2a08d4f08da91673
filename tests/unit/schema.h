/*
 * JSON Schema (draft 07), as much of it as checks/schema.json uses: an editor's view of a
 * check.yml, held against the loader's. An unknown keyword is an error, so that nothing goes
 * unchecked.
 */
#ifndef OPSDECK_TESTS_UNIT_SCHEMA_H
#define OPSDECK_TESTS_UNIT_SCHEMA_H

#include <stdbool.h>

struct buf;
struct doc;

/* Whether the value fits; otherwise what does not, by its path, is added to why. */
bool schema_fits(const struct doc *root, const struct doc *value, struct buf *why);

#endif
