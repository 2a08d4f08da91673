#include "config.h"

#include "store/reader.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/lock.h"
#include "store/schema.h"

static int reopen(struct reader *r, struct err *e)
{
	db_close(r->db);
	r->db = NULL;
	if (!file_exists(r->path))
		return err_set(e, ERR_MISSING, "no store yet at %s", r->dir);
	if (db_open(&r->db, r->path, DB_READ, "the store", e) != 0)
		return -1;
	if (schema_check(r->db, e) == 0)
		return 0;
	db_close(r->db);
	r->db = NULL;
	return -1;
}

int reader_open(struct reader **out, const char *dir, struct err *e)
{
	struct reader *r = xcalloc(1, sizeof *r);

	*out = NULL;
	r->dir = xstrdup(dir);
	r->path = path_join(dir, STORE_DB_NAME);
	if (reopen(r, e) != 0) {
		reader_close(r);
		return -1;
	}
	*out = r;
	return 0;
}

void reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	db_close(r->db);
	free(r->dir);
	free(r->path);
	free(r);
}

int64_t reader_seq(const struct reader *r)
{
	return seq_read(r->dir);
}

int read_enter(struct reader *r, struct err *e)
{
	if ((r->db == NULL || !db_is_current(r->db)) && reopen(r, e) != 0)
		return -1;
	return db_begin(r->db, e);
}

int read_leave(struct reader *r, int rc)
{
	db_rollback(r->db);
	return rc;
}
