#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"
#include "store/writer.h"

int store_put_doc(struct store *s, const char *kind, const char *name, const char *text, size_t n,
	struct err *e)
{
	char *copy = text == NULL ? NULL : xstrndup(text, n);
	int rc;

	if (write_enter(s, e) != 0) {
		free(copy);
		return -1;
	}
	if (copy == NULL)
		rc = db_run(s->db, "DELETE FROM doc WHERE kind=? AND name=?",
			DB_ARGS(db_text(kind), db_text(name)), e);
	else
		rc = db_run(s->db,
			"INSERT INTO doc(kind, name, text) VALUES(?1, ?2, ?3)"
			" ON CONFLICT(kind, name) DO UPDATE SET text=?3 WHERE text<>?3",
			DB_ARGS(db_text(kind), db_text(name), db_text(copy)), e);
	free(copy);
	return write_leave(s, rc, e);
}

static int keep_docs(struct store *s, const char *kind, const struct strs *names, struct err *e)
{
	struct db_rows *q;
	struct strs gone = {0};
	size_t i;
	int rc;

	if (db_query(&q, s->db, "SELECT name FROM doc WHERE kind=?", DB_ARGS(db_text(kind)), e) !=
		0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		if (!strs_has(names, db_col_text(q, 0)))
			strs_add(&gone, db_col_text(q, 0));
	}
	db_end(q);
	for (i = 0; rc == 0 && i < gone.n; i++)
		rc = db_run(s->db, "DELETE FROM doc WHERE kind=? AND name=?",
			DB_ARGS(db_text(kind), db_text(gone.v[i])), e);
	strs_finish(&gone);
	return rc;
}

int store_keep_docs(struct store *s, const char *kind, const struct strs *names, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, keep_docs(s, kind, names, e), e);
}

/* Same ids in the same order: a commit never changes. */
static int log_is_same(
	struct store *s, const struct commit_row *rows, size_t n, bool *same, struct err *e)
{
	struct db_rows *q;
	size_t i = 0;
	int rc;

	*same = true;
	if (db_query(&q, s->db, "SELECT id FROM log ORDER BY pos", DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		*same = *same && i < n && str_eq(rows[i].id, db_col_text(q, 0));
		i++;
	}
	db_end(q);
	*same = *same && i == n;
	return rc;
}

static int put_log(struct store *s, const struct commit_row *rows, size_t n, struct err *e)
{
	bool same;
	size_t i;

	if (log_is_same(s, rows, n, &same, e) != 0)
		return -1;
	if (same)
		return 0;
	if (db_run(s->db, "DELETE FROM log", DB_NONE, e) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (db_run(s->db,
			    "INSERT INTO log(pos, id, author, subject, body, at_ms)"
			    " VALUES(?,?,?,?,?,?)",
			    DB_ARGS(db_int((int64_t)i), db_text(rows[i].id),
				    db_text(rows[i].author), db_text(rows[i].subject),
				    db_text(rows[i].body), db_int(rows[i].at_ms)),
			    e) != 0)
			return -1;
	}
	return 0;
}

int store_put_log(struct store *s, const struct commit_row *rows, size_t n, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, put_log(s, rows, n, e), e);
}
