/*
 * A database file: statements with typed values in and out, transactions, errors in words. The only
 * user of sqlite3. Knows no table and no schema.
 */
#ifndef OPSDECK_PORT_DB_H
#define OPSDECK_PORT_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_rows; /* a running query */

enum db_mode {
	DB_READ,  /* read-only: never creates, never blocks the writer */
	DB_WRITE, /* WAL, synchronous=FULL, the -wal and -shm files stay when it closes */
};

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

/* One value to bind. Text and bytes are borrowed until the statement has ended. */
struct db_arg {
	enum db_kind kind;
	int64_t i;
	double r;
	const void *p;
	size_t n;
};

/* NULL text binds as NULL. */
struct db_arg db_text(const char *s);
struct db_arg db_int(int64_t i);
struct db_arg db_real(double r);
struct db_arg db_blob(const void *p, size_t n);

/* The argument list of db_run and db_query: DB_ARGS(db_text(host), db_int(now)) or DB_NONE. */
#define DB_ARGS(...)                                                                               \
	(const struct db_arg[]){__VA_ARGS__},                                                      \
		sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg)
#define DB_NONE NULL, 0

/*
 * `what` names the file in messages ("the store"). Errors: ERR_MISSING where DB_READ finds no file,
 * ERR_BUSY names the process that holds it where that can be found out, ERR_INPUT for a file that
 * is damaged or no database (the message says what to do), ERR_LIMIT for a full disk, ERR_FAIL
 * else. DB_WRITE makes the file with mode 0640.
 */
int db_open(struct db **out, const char *path, enum db_mode mode, const char *what,
	struct err *e) WARN_UNUSED;
void db_close(struct db *d);

/* True while the path still names the file that was opened (it may be deleted or replaced). */
bool db_is_current(const struct db *d);

/* Runs a statement that gives no rows. Statements are kept by their text: use literals. */
int db_run(struct db *d, const char *sql, const struct db_arg *args, size_t n,
	struct err *e) WARN_UNUSED;
/* Several statements, no arguments: for schemas. */
int db_script(struct db *d, const char *sql, struct err *e) WARN_UNUSED;
/* Rows changed by the last db_run, and by all since it was opened. */
int64_t db_changes(const struct db *d);
int64_t db_total_changes(const struct db *d);

/* Rows: db_query, then db_next until it is not 1 (0: no more, -1: error), then db_end. */
int db_query(struct db_rows **out, struct db *d, const char *sql, const struct db_arg *args,
	size_t n, struct err *e) WARN_UNUSED;
int db_next(struct db_rows *q, struct err *e) WARN_UNUSED;
void db_end(struct db_rows *q); /* NULL is fine */

/* Columns from 0, of the current row. Text is borrowed until the next db_next or db_end. */
int64_t db_col_int(struct db_rows *q, int col);
double db_col_real(struct db_rows *q, int col);
const char *db_col_text(struct db_rows *q, int col); /* NULL for NULL */
size_t db_col_len(struct db_rows *q, int col);
char *db_col_dup(struct db_rows *q, int col); /* heap; NULL for NULL */
bool db_col_null(struct db_rows *q, int col);

/* The first column of the first row; `otherwise` when there is no row or it is NULL. */
int db_one_int(int64_t *out, int64_t otherwise, struct db *d, const char *sql,
	const struct db_arg *args, size_t n, struct err *e) WARN_UNUSED;
/* Heap; NULL when there is no row or it is NULL. */
int db_one_text(char **out, struct db *d, const char *sql, const struct db_arg *args, size_t n,
	struct err *e) WARN_UNUSED;

/* DB_WRITE takes the write lock at once (BEGIN IMMEDIATE); DB_READ begins a snapshot. */
int db_begin(struct db *d, struct err *e) WARN_UNUSED;
int db_commit(struct db *d, struct err *e) WARN_UNUSED; /* rolls back when it fails */
void db_rollback(struct db *d);				/* fine outside a transaction */
bool db_in_transaction(const struct db *d);

#endif
