/*
 * What the files of the reader share: the handle, and how a read is bracketed. Knows no table.
 */
#ifndef OPSDECK_STORE_READER_H
#define OPSDECK_STORE_READER_H

#include "base/err.h"
#include "port/db/db.h"
#include "store/read.h"

struct reader {
	char *dir, *path;
	struct db *db; /* NULL while there is no store */
};

/* Opens the store again when it was deleted or replaced, then begins a snapshot. */
int read_enter(struct reader *r, struct err *e) WARN_UNUSED;
/* Ends it; gives rc back. */
int read_leave(struct reader *r, int rc);

#endif
