#include "config.h"

#include "base/mem.h"
#include "store/audit.h"
#include "store/reader.h"
#include "store/rows.h"

static int read_audit(
	struct db *d, int64_t after, size_t limit, struct audit_row **out, size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int rc;

	if (db_query(&q, d, "SELECT " AUDIT_COLS " FROM audit WHERE seq>? ORDER BY seq LIMIT ?",
		    DB_ARGS(db_int(after), db_int((int64_t)limit)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		row_audit(q, ARR_ADD(*out, *n, cap));
	db_end(q);
	return rc;
}

int reader_audit(struct reader *r, int64_t after, size_t limit, struct audit_row **out, size_t *n,
	struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	if (read_leave(r, read_audit(r->db, after, limit, out, n, e)) == 0)
		return 0;
	audit_rows_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}

int reader_audit_verify(struct reader *r, int64_t *rows, char **head, struct err *e)
{
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(r, audit_verify(r->db, rows, head, e));
}

int reader_audit_find(struct reader *r, const char *hash, int64_t *seq, struct err *e)
{
	int64_t found;
	int rc;

	if (read_enter(r, e) != 0)
		return -1;
	rc = db_one_int(
		&found, 0, r->db, "SELECT seq FROM audit WHERE hash=?", DB_ARGS(db_text(hash)), e);
	if (rc == 0 && seq != NULL)
		*seq = found;
	return read_leave(r, rc);
}
