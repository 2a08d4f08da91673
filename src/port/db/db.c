#include "config.h"

#include "port/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "port/db/db_busy.h"

/* How long a statement waits for a lock before it is BUSY. The server's loop stands still
 * meanwhile. */
#define BUSY_WAIT_MS 1500
/* The -wal file is cut back to this when it has been copied into the database. */
#define WAL_LIMIT_BYTES "8388608"
/* Pages kept in memory, in KiB: the findings of a thousand hosts. */
#define CACHE_PRAGMA "PRAGMA cache_size=-16384;"

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

static int damaged(struct err *e, const struct db *d, const char *why)
{
	return err_set(e, ERR_INPUT,
		"%s is damaged (%s): %s. Move it away together with its -wal and -shm files and "
		"start again: history is lost, what stands in git is not",
		d->what, why, d->path);
}

/* Turns what sqlite says into words. Returns -1. */
static int fail(struct err *e, const struct db *d, int rc, const char *doing)
{
	char holder[96];
	int errnum = d->h == NULL ? 0 : sqlite3_system_errno(d->h);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		db_busy_holder(holder, sizeof holder, d->path);
		return err_set(e, ERR_BUSY, "%s is held by %s, cannot %s: %s", d->what, holder,
			doing, d->path);
	case SQLITE_FULL:
		return err_set(e, ERR_LIMIT, "no space left for %s, nothing was written: %s",
			d->what, d->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return damaged(e, d, sqlite3_errmsg(d->h));
	case SQLITE_READONLY:
		return err_set(e, ERR_FAIL, "%s cannot be written (read-only file or disk): %s",
			d->what, d->path);
	case SQLITE_CANTOPEN:
		return err_sys(
			e, errnum != 0 ? errnum : EACCES, "cannot open %s at %s", d->what, d->path);
	case SQLITE_IOERR:
		if (errnum == ENOSPC || errnum == EDQUOT)
			return err_set(e, ERR_LIMIT,
				"no space left for %s, nothing was written: %s", d->what, d->path);
		return err_set(e, ERR_FAIL, "the disk failed while trying to %s (%s%s%s): %s",
			doing, sqlite3_errstr(rc), errnum != 0 ? ", " : "",
			errnum != 0 ? strerror(errnum) : "", d->path);
	default:
		return err_set(e, ERR_FAIL, "%s: cannot %s: %s", d->what, doing,
			d->h != NULL ? sqlite3_errmsg(d->h) : sqlite3_errstr(rc));
	}
}

/*
 * sqlite makes -wal and -shm with the mode and group of the file, so the file is made by hand. One
 * that is there is not opened: closing it would drop this process's locks on it (fcntl(2)).
 */
static int make_file(const struct db *d, struct err *e)
{
	int fd = open(d->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return err_sys(e, errno, "cannot make %s at %s", d->what, d->path);
	if (fchmod(fd, 0640) != 0) {
		err_sys(e, errno, "cannot set the mode of %s", d->path);
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

static int remember_file(struct db *d, struct err *e)
{
	struct stat st;

	if (stat(d->path, &st) != 0)
		return err_sys(e, errno, "cannot open %s at %s", d->what, d->path);
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	return 0;
}

static int set_up(struct db *d, struct err *e)
{
	int keep = 1, rc;

	sqlite3_extended_result_codes(d->h, 1);
	sqlite3_busy_timeout(d->h, BUSY_WAIT_MS);
	/* Content of the file is not trusted to call functions (sqlite.org/security.html). */
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	rc = sqlite3_file_control(d->h, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep);
	if (rc != SQLITE_OK)
		return fail(e, d, rc, "keep the -wal file");
	if (d->mode == DB_READ)
		return db_script(d, CACHE_PRAGMA "PRAGMA query_only=1", e);
	return db_script(d,
		CACHE_PRAGMA
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1;"
		"PRAGMA journal_size_limit=" WAL_LIMIT_BYTES,
		e);
}

int db_open(struct db **out, const char *path, enum db_mode mode, const char *what, struct err *e)
{
	struct db *d = xcalloc(1, sizeof *d);
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int rc;

	*out = NULL;
	d->path = xstrdup(path);
	d->what = xstrdup(what);
	d->mode = mode;
	if ((mode == DB_WRITE && make_file(d, e) != 0) || remember_file(d, e) != 0)
		goto fail;
	rc = sqlite3_open_v2(path, &d->h, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		fail(e, d, rc, "open it");
		goto fail;
	}
	if (set_up(d, e) != 0)
		goto fail;
	*out = d;
	return 0;
fail:
	db_close(d);
	return -1;
}

static void rows_free(struct db_rows *q)
{
	sqlite3_finalize(q->stmt);
	free(q->sql);
	free(q);
}

void db_close(struct db *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->kept_count; i++)
		rows_free(d->kept[i]);
	free(d->kept);
	/* The -wal file stays, but empty: beside an older database put back it would be played
	 * again. */
	if (d->h != NULL && d->mode == DB_WRITE)
		sqlite3_wal_checkpoint_v2(d->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close_v2(d->h);
	free(d->path);
	free(d->what);
	free(d);
}

bool db_is_current(const struct db *d)
{
	struct stat st;

	return stat(d->path, &st) == 0 && st.st_ino == d->ino && st.st_dev == d->dev;
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
		fail(e, d, rc, "prepare a statement");
		rows_free(q);
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
			fail(e, d, rc, "bind a value");
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
	return fail(e, q->d, rc, q->d->mode == DB_READ ? "read it" : "write it");
}

void db_end(struct db_rows *q)
{
	if (q == NULL)
		return;
	if (!q->kept) {
		rows_free(q);
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

	return rc == SQLITE_OK ? 0 : fail(e, d, rc, "set it up");
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
