/*
 * Metrics and items of a finding as text in one column: a line each, fields with TABs between, and
 * \\ \t \n for those three inside a field. Read twelve hundred times a snapshot, hence no JSON.
 */
#ifndef OPSDECK_STORE_PACK_H
#define OPSDECK_STORE_PACK_H

#include "model/finding.h"

struct buf;

/* name TAB unit TAB value */
void pack_metrics(struct buf *out, const struct finding *f);
/* name TAB state TAB text */
void pack_items(struct buf *out, const struct finding *f);

/* Append to f what was packed; lines that are not understood are left out. NULL is fine. */
void unpack_metrics(struct finding *f, const char *s);
void unpack_items(struct finding *f, const char *s);

#endif
