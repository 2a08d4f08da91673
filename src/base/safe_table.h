/*
 * The table behind safe.c alone: ranges of code points that may be shown, sorted, with their cells.
 */
#ifndef OPSDECK_BASE_SAFE_TABLE_H
#define OPSDECK_BASE_SAFE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct safe_range {
	int32_t first, last; /* both belong to it */
	int cells;	     /* 1 or 2 */
};

extern const struct safe_range safe_table[];
extern const size_t safe_table_count;

#endif
