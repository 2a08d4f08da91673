#include "config.h"

#include "store/audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "port/db/db.h"
#include "store/rows.h"

void audit_encode(struct buf *out, const struct audit_row *r, const char *prev)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "prev", prev);
	doc_set_int(d, "seq", r->seq);
	doc_set_int(d, "at_ms", r->at_ms);
	doc_set_str(d, "who", r->who);
	doc_set_int(d, "uid", r->uid);
	doc_set_str(d, "role", r->role);
	doc_set_str(d, "request", r->request);
	doc_set_str(d, "subject", r->subject);
	doc_set_bool(d, "allowed", r->allowed);
	doc_set_str(d, "detail", r->detail);
	json_write_canonical(out, d);
	doc_free(d);
}

void audit_hash(char out[SHA256_HEX], const struct audit_row *r, const char *prev)
{
	struct buf b = {0};

	audit_encode(&b, r, prev);
	sha256_hex(out, b.data, b.len);
	buf_finish(&b);
}

/* Holds the row against the one before; `prev` becomes its hash. */
static int check_row(const struct audit_row *r, int64_t rows, char prev[SHA256_HEX], struct err *e)
{
	char want[SHA256_HEX];

	if (r->seq != rows + 1)
		return err_set(e, ERR_CONFLICT, "audit: row %" PRId64 " is missing", rows + 1);
	audit_hash(want, r, prev);
	if (!str_eq(want, r->hash))
		return err_set(e, ERR_CONFLICT,
			"audit: row %" PRId64 " does not fit the chain: it or a row before it was "
			"changed",
			r->seq);
	memcpy(prev, want, SHA256_HEX);
	return 0;
}

static int check_rows(struct db *d, int64_t *rows, char prev[SHA256_HEX], struct err *e)
{
	struct db_rows *q;
	struct audit_row r;
	int rc;

	if (db_query(&q, d, "SELECT " AUDIT_COLS " FROM audit ORDER BY seq", DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		row_audit(q, &r);
		rc = check_row(&r, *rows, prev, e);
		audit_rows_free(xmemdup(&r, sizeof r), 1);
		if (rc != 0)
			break;
		(*rows)++;
	}
	db_end(q);
	return rc;
}

static int check_end(struct db *d, int64_t rows, const char *prev, struct err *e)
{
	int64_t count;
	char *head;
	int rc = 0;

	if (db_one_int(&count, 0, d, "SELECT n FROM counter WHERE name='audit'", DB_NONE, e) != 0 ||
		db_one_text(&head, d, "SELECT value FROM meta WHERE name='audit_head'", DB_NONE,
			e) != 0)
		return -1;
	if (count != rows)
		rc = err_set(e, ERR_CONFLICT,
			"audit: the chain ends at row %" PRId64 ", %" PRId64 " were written", rows,
			count);
	else if (!str_eq(head != NULL ? head : "", prev))
		rc = err_set(e, ERR_CONFLICT,
			"audit: the last row, %" PRId64 ", is not the one that was written", rows);
	free(head);
	return rc;
}

int audit_verify(struct db *d, int64_t *rows, char **head, struct err *e)
{
	char prev[SHA256_HEX] = "";

	*rows = 0;
	*head = NULL;
	if (check_rows(d, rows, prev, e) != 0 || check_end(d, *rows, prev, e) != 0)
		return -1;
	*head = xstrdup(prev);
	return 0;
}
