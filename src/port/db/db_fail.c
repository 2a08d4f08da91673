#include "config.h"

#include <errno.h>
#include <string.h>

#include "port/db/db_busy.h"
#include "port/db/db_sqlite.h"

static int damaged(struct err *e, const struct db *d, const char *why)
{
	return err_set(e, ERR_INPUT,
		"%s is damaged (%s): %s. Move it away together with its -wal and -shm files and "
		"start again: history is lost, what stands in git is not",
		d->what, why, d->path);
}

int db_fail(struct err *e, const struct db *d, int rc, const char *doing)
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
