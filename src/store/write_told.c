#include "config.h"

#include "base/mem.h"
#include "store/rows.h"
#include "store/writer.h"

static int take_untold(
	struct store *s, size_t limit, struct transition **out, size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int64_t last = 0;
	int rc;

	if (db_query(&q, s->db,
		    "SELECT " TRANSITION_COLS
		    ", id FROM transition WHERE told=0 ORDER BY id LIMIT ?",
		    DB_ARGS(db_int((int64_t)limit)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		struct transition *t = ARR_ADD(*out, *n, cap);

		row_transition(q, t);
		last = db_col_int(q, 7);
	}
	db_end(q);
	if (rc != 0 || last == 0)
		return rc;
	return db_run(s->db, "UPDATE transition SET told=1 WHERE told=0 AND id<=?",
		DB_ARGS(db_int(last)), e);
}

int store_take_untold(
	struct store *s, size_t limit, struct transition **out, size_t *n, struct err *e)
{
	int rc;

	*out = NULL;
	*n = 0;
	if (write_enter(s, e) != 0)
		return -1;
	rc = write_leave(s, take_untold(s, limit, out, n, e), e);
	if (rc != 0) {
		transitions_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return rc;
}
