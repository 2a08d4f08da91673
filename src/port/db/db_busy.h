/*
 * Who holds a database file: read from /proc/locks. Opening the file to ask fcntl(2) would drop
 * this process's own locks on it when it is closed again.
 */
#ifndef OPSDECK_PORT_DB_BUSY_H
#define OPSDECK_PORT_DB_BUSY_H

#include <stddef.h>

/* "process 1234 (sqlite3)" into out, or "another process" when it cannot be found out. A process
 * that may write goes before one that only reads. */
void db_busy_holder(char *out, size_t size, const char *db_path);

#endif
