#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "store/reader.h"
#include "store/rows.h"

static int read_proposal(struct db *d, const char *id, struct proposal_row *out, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d, "SELECT " PROPOSAL_COLS " FROM proposal WHERE n=?",
		    DB_ARGS(db_int(proposal_number(id))), e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1)
		row_proposal(q, out);
	db_end(q);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "no proposal %s", id);
	return rc < 0 ? -1 : 0;
}

int reader_proposal(struct reader *r, const char *id, struct proposal_row *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(r, read_proposal(r->db, id, out, e));
}

static void row_step_run(struct db_rows *q, struct step_run *out)
{
	*out = (struct step_run){
		.phase = db_col_dup(q, 0),
		.index = (int)db_col_int(q, 1),
		.host = str_empty(db_col_text(q, 2)) ? NULL : db_col_dup(q, 2),
		.title = db_col_dup(q, 3),
		.state = db_col_dup(q, 4),
		.exit_status = (int)db_col_int(q, 5),
		.started_ms = db_col_int(q, 6),
		.ended_ms = db_col_int(q, 7),
		.output = db_col_dup(q, 8),
	};
}

static int read_step_runs(
	struct db *d, const char *id, struct step_run **out, size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int rc;

	if (db_query(&q, d,
		    "SELECT phase, idx, host, title, state, exit_status, started_ms, ended_ms,"
		    " output FROM step_run WHERE proposal=? ORDER BY id",
		    DB_ARGS(db_int(proposal_number(id))), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		row_step_run(q, ARR_ADD(*out, *n, cap));
	db_end(q);
	return rc;
}

int reader_step_runs(
	struct reader *r, const char *id, struct step_run **out, size_t *n, struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	if (read_leave(r, read_step_runs(r->db, id, out, n, e)) == 0)
		return 0;
	step_runs_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}

static int read_strs(
	struct db *d, const char *sql, const char *arg, struct strs *out, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d, sql, DB_ARGS(db_text(arg)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		strs_add(out, db_col_text(q, 0));
	db_end(q);
	return rc;
}

int reader_proposals_in(
	struct reader *r, enum proposal_state state, struct strs *out, struct err *e)
{
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(
		r, read_strs(r->db, "SELECT 'P-'||n FROM proposal WHERE state=? ORDER BY n",
			   proposal_state_name(state), out, e));
}

int reader_docs(struct reader *r, const char *kind, struct strs *out, struct err *e)
{
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(r,
		read_strs(r->db, "SELECT name FROM doc WHERE kind=? ORDER BY name", kind, out, e));
}

int reader_doc(struct reader *r, const char *kind, const char *name, char **out, struct err *e)
{
	int rc;

	*out = NULL;
	if (read_enter(r, e) != 0)
		return -1;
	rc = db_one_text(out, r->db, "SELECT text FROM doc WHERE kind=? AND name=?",
		DB_ARGS(db_text(kind), db_text(name)), e);
	if (rc == 0 && *out == NULL)
		rc = err_set(e, ERR_MISSING, "no %s %s in the accepted commit", kind, name);
	return read_leave(r, rc);
}

static int read_log(struct db *d, size_t limit, struct commit_row **out, size_t *n, struct err *e)
{
	struct db_rows *q;
	size_t cap = 0;
	int rc;

	if (db_query(&q, d, "SELECT id, author, subject, body, at_ms FROM log ORDER BY pos LIMIT ?",
		    DB_ARGS(db_int((int64_t)limit)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		struct commit_row *c = ARR_ADD(*out, *n, cap);

		c->id = db_col_dup(q, 0);
		c->author = db_col_dup(q, 1);
		c->subject = db_col_dup(q, 2);
		c->body = db_col_dup(q, 3);
		c->at_ms = db_col_int(q, 4);
	}
	db_end(q);
	return rc;
}

int reader_log(struct reader *r, size_t limit, struct commit_row **out, size_t *n, struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	if (read_leave(r, read_log(r->db, limit, out, n, e)) == 0)
		return 0;
	commit_rows_free(*out, *n);
	*out = NULL;
	*n = 0;
	return -1;
}

void commit_rows_free(struct commit_row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(rows[i].id);
		free(rows[i].author);
		free(rows[i].subject);
		free(rows[i].body);
	}
	free(rows);
}
