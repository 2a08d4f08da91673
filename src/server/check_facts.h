/*
 * Facts of a recorded output, written as text ("pools=2;state=ONLINE"), against what a check made
 * of it. By value: numbers as numbers, lists joined by ",". Knows no check.
 */
#ifndef OPSDECK_SERVER_CHECK_FACTS_H
#define OPSDECK_SERVER_CHECK_FACTS_H

#include <stdbool.h>

#include "base/strs.h"

struct buf;
struct doc;

struct fact {
	char *name, *value;
};

struct facts {
	struct fact *v;
	size_t n, cap;
};

/* "NAME=VALUE;NAME=VALUE"; a backslash takes the special meaning of what follows it. */
void facts_read(struct facts *out, const char *text);
void facts_finish(struct facts *f);

/* What stands under that name, as it is or as a dotted path; NULL when nothing does. */
const struct doc *facts_find(const struct doc *map, const char *name);
/* NULL is "absent". */
bool facts_same(const char *wanted, const struct doc *got);
/* As the text that it is compared with. */
void facts_show(struct buf *out, const struct doc *got);

#endif
