#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "port/db/db_busy.h"
#include "port/db/db_sqlite.h"

/* How long a statement waits for a lock before it is BUSY. The server's loop stands still
 * meanwhile. */
#define BUSY_WAIT_MS 1500
/* The -wal file is cut back to this when it has been copied into the database. */
#define WAL_LIMIT_BYTES "8388608"
/* Pages kept in memory, in KiB: the findings of a thousand hosts. */
#define CACHE_PRAGMA "PRAGMA cache_size=-16384;"

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
		return db_fail(e, d, rc, "keep the -wal file");
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
		db_fail(e, d, rc, "open it");
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

void db_close(struct db *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->kept_count; i++)
		db_rows_free(d->kept[i]);
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
