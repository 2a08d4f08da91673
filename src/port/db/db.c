#include "config.h"

#include "port/db/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "port/db/db_sqlite.h"

struct db_arg db_text(const char *s)
{
	return (struct db_arg){
		.kind = s == NULL ? DB_NULL : DB_TEXT, .p = s, .n = s == NULL ? 0 : strlen(s)};
}

struct db_arg db_int(int64_t i)
{
	return (struct db_arg){.kind = DB_INT, .i = i};
}

struct db_arg db_real(double r)
{
	return (struct db_arg){.kind = DB_REAL, .r = r};
}

struct db_arg db_blob(const void *p, size_t n)
{
	return (struct db_arg){.kind = p == NULL ? DB_NULL : DB_BLOB, .p = p, .n = n};
}

void db_rows_free(struct db_rows *q)
{
	sqlite3_finalize(q->stmt);
	free(q->sql);
	free(q);
}

static struct db_rows *find_kept(const struct db *d, const char *sql)
{
	size_t i;

	for (i = 0; i < d->kept_count; i++) {
		if (strcmp(d->kept[i]->sql, sql) == 0)
			return d->kept[i];
	}
	return NULL;
}

static struct db_rows *prepare(struct db *d, const char *sql, struct err *e)
{
	struct db_rows *q = find_kept(d, sql);
	bool keep = q == NULL;
	int rc;

	if (q != NULL && !q->in_use) {
		q->in_use = true;
		return q;
	}
	q = xcalloc(1, sizeof *q);
	q->d = d;
	q->sql = xstrdup(sql);
	q->kept = keep;
	q->in_use = true;
	rc = sqlite3_prepare_v3(
		d->h, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &q->stmt, NULL);
	if (rc != SQLITE_OK) {
		db_fail(e, d, rc, "prepare a statement");
		db_rows_free(q);
		return NULL;
	}
	if (keep)
		*(struct db_rows **)ARR_ADD(d->kept, d->kept_count, d->kept_cap) = q;
	return q;
}

static int bind_one(sqlite3_stmt *s, int at, const struct db_arg *a)
{
	switch (a->kind) {
	case DB_NULL:
		return sqlite3_bind_null(s, at);
	case DB_INT:
		return sqlite3_bind_int64(s, at, a->i);
	case DB_REAL:
		return sqlite3_bind_double(s, at, a->r);
	case DB_TEXT:
		return sqlite3_bind_text64(s, at, a->p, a->n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(s, at, a->n == 0 ? "" : a->p, a->n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

int db_query(struct db_rows **out, struct db *d, const char *sql, const struct db_arg *args,
	size_t n, struct err *e)
{
	struct db_rows *q = prepare(d, sql, e);
	size_t i;
	int rc;

	*out = NULL;
	if (q == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		rc = bind_one(q->stmt, (int)i + 1, &args[i]);
		if (rc != SQLITE_OK) {
			db_fail(e, d, rc, "bind a value");
			db_end(q);
			return -1;
		}
	}
	*out = q;
	return 0;
}

int db_next(struct db_rows *q, struct err *e)
{
	int rc = sqlite3_step(q->stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return db_fail(e, q->d, rc, q->d->mode == DB_READ ? "read it" : "write it");
}

void db_end(struct db_rows *q)
{
	if (q == NULL)
		return;
	if (!q->kept) {
		db_rows_free(q);
		return;
	}
	sqlite3_reset(q->stmt);
	sqlite3_clear_bindings(q->stmt);
	q->in_use = false;
}

int db_run(struct db *d, const char *sql, const struct db_arg *args, size_t n, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d, sql, args, n, e) != 0)
		return -1;
	rc = db_next(q, e);
	db_end(q);
	return rc < 0 ? -1 : 0;
}

int db_script(struct db *d, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(d->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(e, d, rc, "set it up");
}

int64_t db_changes(const struct db *d)
{
	return sqlite3_changes(d->h);
}

int64_t db_total_changes(const struct db *d)
{
	return sqlite3_total_changes(d->h);
}

int64_t db_col_int(struct db_rows *q, int col)
{
	return sqlite3_column_int64(q->stmt, col);
}

double db_col_real(struct db_rows *q, int col)
{
	return sqlite3_column_double(q->stmt, col);
}

const char *db_col_text(struct db_rows *q, int col)
{
	return (const char *)sqlite3_column_text(q->stmt, col);
}

size_t db_col_len(struct db_rows *q, int col)
{
	return (size_t)sqlite3_column_bytes(q->stmt, col);
}

char *db_col_dup(struct db_rows *q, int col)
{
	const char *s = db_col_text(q, col);

	return s == NULL ? NULL : xmemdup(s, db_col_len(q, col));
}

bool db_col_null(struct db_rows *q, int col)
{
	return sqlite3_column_type(q->stmt, col) == SQLITE_NULL;
}

int db_one_int(int64_t *out, int64_t otherwise, struct db *d, const char *sql,
	const struct db_arg *args, size_t n, struct err *e)
{
	struct db_rows *q;
	int rc;

	*out = otherwise;
	if (db_query(&q, d, sql, args, n, e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1 && !db_col_null(q, 0))
		*out = db_col_int(q, 0);
	db_end(q);
	return rc < 0 ? -1 : 0;
}

int db_one_text(char **out, struct db *d, const char *sql, const struct db_arg *args, size_t n,
	struct err *e)
{
	struct db_rows *q;
	int rc;

	*out = NULL;
	if (db_query(&q, d, sql, args, n, e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1)
		*out = db_col_dup(q, 0);
	db_end(q);
	return rc < 0 ? -1 : 0;
}

int db_begin(struct db *d, struct err *e)
{
	return db_run(d, d->mode == DB_READ ? "BEGIN" : "BEGIN IMMEDIATE", DB_NONE, e);
}

int db_commit(struct db *d, struct err *e)
{
	if (db_run(d, "COMMIT", DB_NONE, e) == 0)
		return 0;
	db_rollback(d);
	return -1;
}

void db_rollback(struct db *d)
{
	if (db_in_transaction(d))
		sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
}

bool db_in_transaction(const struct db *d)
{
	return sqlite3_get_autocommit(d->h) == 0;
}
