#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/reader.h"
#include "store/rows.h"

static int read_finding(
	struct db *d, const char *host, const char *check, struct finding *out, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d,
		    "SELECT " FINDING_COLS ", d.facts, d.diff FROM judgement j LEFT JOIN detail d"
		    " ON d.host=j.host AND d.held=j.held AND d.chk=j.chk"
		    " WHERE j.host=? AND j.chk=? AND j.held=0",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1) {
		row_finding(q, out);
		out->facts = db_col_dup(q, 14);
		out->diff = db_col_dup(q, 15);
	}
	db_end(q);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "no finding of %s on %s", check, host);
	return rc < 0 ? -1 : 0;
}

int reader_finding(
	struct reader *r, const char *host, const char *check, struct finding *out, struct err *e)
{
	*out = (struct finding){0};
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(r, read_finding(r->db, host, check, out, e));
}

static void row_sample(struct db_rows *q, const char *check, struct sample *out)
{
	*out = (struct sample){
		.check = xstrdup(check),
		.command = db_col_dup(q, 0),
		.exit_status = (int)db_col_int(q, 2),
		.out = db_col_dup(q, 3),
		.out_len = db_col_len(q, 3),
		.err = db_col_dup(q, 4),
		.err_len = db_col_len(q, 4),
		.truncated = db_col_int(q, 5) != 0,
		.at_ms = db_col_int(q, 6),
		.duration_ms = db_col_int(q, 7),
		.note = db_col_dup(q, 8),
	};
	if (!sample_status_parse(db_col_text(q, 1), &out->status))
		out->status = SAMPLE_NOT_MADE;
}

static int read_samples(struct db *d, const char *host, const char *check, struct sample **out,
	size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int rc;

	if (db_query(&q, d,
		    "SELECT command, status, exit_status, out, err, truncated, at_ms, duration_ms,"
		    " note FROM sample WHERE host=? AND chk=? ORDER BY pos",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		row_sample(q, check, ARR_ADD(*out, *n, cap));
	db_end(q);
	return rc;
}

int reader_samples(struct reader *r, const char *host, const char *check, struct sample **out,
	size_t *n, struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	if (read_leave(r, read_samples(r->db, host, check, out, n, e)) == 0)
		return 0;
	samples_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}

/* Newest first; each form is a statement of its own so that each has its index. */
static int query_transitions(struct db_rows **q, struct db *d, const char *host, const char *check,
	size_t limit, struct err *e)
{
	if (host != NULL && check != NULL)
		return db_query(q, d,
			"SELECT " TRANSITION_COLS " FROM transition WHERE host=? AND chk=?"
			" ORDER BY id DESC LIMIT ?",
			DB_ARGS(db_text(host), db_text(check), db_int((int64_t)limit)), e);
	if (host != NULL)
		return db_query(q, d,
			"SELECT " TRANSITION_COLS " FROM transition WHERE host=?"
			" ORDER BY id DESC LIMIT ?",
			DB_ARGS(db_text(host), db_int((int64_t)limit)), e);
	if (check != NULL)
		return db_query(q, d,
			"SELECT " TRANSITION_COLS " FROM transition WHERE chk=?"
			" ORDER BY id DESC LIMIT ?",
			DB_ARGS(db_text(check), db_int((int64_t)limit)), e);
	return db_query(q, d, "SELECT " TRANSITION_COLS " FROM transition ORDER BY id DESC LIMIT ?",
		DB_ARGS(db_int((int64_t)limit)), e);
}

static int read_transitions(struct db *d, const char *host, const char *check, size_t limit,
	struct transition **out, size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int rc;

	if (query_transitions(&q, d, host, check, limit, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		row_transition(q, ARR_ADD(*out, *n, cap));
	db_end(q);
	return rc;
}

int reader_transitions(struct reader *r, const char *host, const char *check, size_t limit,
	struct transition **out, size_t *n, struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	if (read_leave(r, read_transitions(r->db, host, check, limit, out, n, e)) == 0)
		return 0;
	transitions_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}
