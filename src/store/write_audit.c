#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/writer.h"

static int put_row(struct store *s, struct audit_row *r, struct err *e)
{
	char hash[SHA256_HEX];
	char *prev = store_audit_head(s);
	int rc;

	if (r->at_ms == 0)
		r->at_ms = clock_wall(s->clock);
	if (write_count(s, "audit", &r->seq, e) != 0) {
		free(prev);
		return -1;
	}
	audit_hash(hash, r, prev);
	free(prev);
	rc = db_run(s->db,
		"INSERT INTO audit(seq, at_ms, who, uid, role, request, subject, allowed, detail,"
		" hash) VALUES(?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(db_int(r->seq), db_int(r->at_ms), db_text(r->who), db_int(r->uid),
			db_text(r->role), db_text(r->request), db_text(r->subject),
			db_int(r->allowed), db_text(r->detail), db_text(hash)),
		e);
	if (rc != 0)
		return -1;
	free(r->hash);
	r->hash = xstrdup(hash);
	return write_value(s, "audit_head", hash, e);
}

int store_audit(struct store *s, struct audit_row *r, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, put_row(s, r, e), e);
}

char *store_audit_head(struct store *s)
{
	char *head = store_get(s, "audit_head");

	return head != NULL ? head : xstrdup("");
}
