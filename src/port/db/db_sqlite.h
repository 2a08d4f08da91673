/*
 * What the files of this folder share: sqlite's handles and its errors in our words. Not for
 * anybody else.
 */
#ifndef OPSDECK_PORT_DB_SQLITE_H
#define OPSDECK_PORT_DB_SQLITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <sqlite3.h>

#include "base/err.h"
#include "port/db/db.h"

/* A statement and its text; as a query, the rows that are being read. */
struct db_rows {
	struct db *d;
	sqlite3_stmt *stmt;
	char *sql;
	bool in_use;
	bool kept; /* in the cache of the database */
};

struct db {
	sqlite3 *h;
	char *path, *what;
	enum db_mode mode;
	dev_t dev;
	ino_t ino;
	struct db_rows **kept;
	size_t kept_count, kept_cap;
};

/* What sqlite says, with what was being done, in words. Returns -1. */
int db_fail(struct err *e, const struct db *d, int rc, const char *doing);
/* Ends a statement that is kept. */
void db_rows_free(struct db_rows *q);

#endif
