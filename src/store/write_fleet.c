#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/writer.h"

#define WHAT_NOT_LOOKED "not looked at yet"

static int put_host_row(
	struct store *s, const struct host *h, size_t pos, int64_t now, struct err *e)
{
	char *tags = strs_join(&h->tags, "\n"), *groups = strs_join(&h->groups, "\n");
	int rc = db_run(s->db,
		"INSERT INTO host(name, pos, address, transport, tags, groups, state, looked,"
		" since_ms, at_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 'unknown', 0, ?7, 0)"
		" ON CONFLICT(name) DO UPDATE SET pos=?2, address=?3, transport=?4, tags=?5,"
		" groups=?6 WHERE pos<>?2 OR address IS NOT ?3 OR transport IS NOT ?4"
		" OR tags IS NOT ?5 OR groups IS NOT ?6",
		DB_ARGS(db_text(h->name), db_int((int64_t)pos), db_text(h->address),
			db_text(transport_kind_name(h->transport)), db_text(tags), db_text(groups),
			db_int(now)),
		e);

	free(tags);
	free(groups);
	return rc;
}

static int put_wanted(
	struct store *s, const struct host *h, const struct check *c, int64_t now, struct err *e)
{
	return db_run(s->db,
		"INSERT INTO judgement(host, chk, held, state, cond, summary, added, removed,"
		" at_ms, since_ms, valid_until_ms, every_ms)"
		" VALUES(?1, ?2, 0, 'unknown', ?3, ?4, 0, 0, 0, ?5, 0, ?6)"
		" ON CONFLICT(host, held, chk) DO UPDATE SET every_ms=?6 WHERE every_ms<>?6",
		DB_ARGS(db_text(h->name), db_text(c->name),
			db_text(finding_condition_name(CONDITION_NOT_LOOKED)),
			db_text(WHAT_NOT_LOOKED), db_int(now), db_int(c->every_ms)),
		e);
}

static int put_hosts(struct store *s, const struct fleet *f, const struct catalogue *c, int64_t now,
	struct err *e)
{
	size_t i, k;

	for (i = 0; i < f->host_count; i++) {
		if (put_host_row(s, &f->hosts[i], i, now, e) != 0)
			return -1;
		for (k = 0; k < c->check_count; k++) {
			if (check_applies(&c->checks[k], &f->hosts[i]) &&
				put_wanted(s, &f->hosts[i], &c->checks[k], now, e) != 0)
				return -1;
		}
	}
	return 0;
}

/* What was wrong with it ends in the history; the rest goes without a word. */
static int drop_finding(
	struct store *s, const char *host, const char *check, int64_t now, struct err *e)
{
	static const char *const sql[] = {
		"DELETE FROM judgement WHERE host=? AND chk=?",
		"DELETE FROM detail WHERE host=? AND chk=?",
		"DELETE FROM sample WHERE host=? AND chk=?",
		"DELETE FROM series WHERE host=? AND chk=?",
	};
	size_t i;

	if (db_run(s->db,
		    "INSERT INTO transition(at_ms, host, chk, was, became, summary, cause, told)"
		    " SELECT ?3, host, chk, state, 'unknown', 'no longer watched',"
		    " 'fleet.yml or the checks changed', 1 FROM judgement"
		    " WHERE host=?1 AND chk=?2 AND held=0 AND state NOT IN ('ok', 'unknown')",
		    DB_ARGS(db_text(host), db_text(check), db_int(now)), e) != 0)
		return -1;
	for (i = 0; i < sizeof sql / sizeof sql[0]; i++) {
		if (db_run(s->db, sql[i], DB_ARGS(db_text(host), db_text(check)), e) != 0)
			return -1;
	}
	return 0;
}

/* Pairs of host and check that the store has and the fleet does not want: host, check, host, ... */
static int list_unwanted(struct store *s, const struct fleet *f, const struct catalogue *c,
	struct strs *out, struct err *e)
{
	struct db_rows *q;
	const struct host *h = NULL;
	char *last = NULL;
	int rc;

	if (db_query(&q, s->db, "SELECT host, chk FROM judgement WHERE held=0 ORDER BY host, chk",
		    DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		const struct check *check = catalogue_check(c, db_col_text(q, 1));

		if (!str_eq(last, db_col_text(q, 0))) {
			free(last);
			last = db_col_dup(q, 0);
			h = fleet_host(f, last);
		}
		if (h == NULL || check == NULL || !check_applies(check, h)) {
			strs_add(out, last);
			strs_add(out, db_col_text(q, 1));
		}
	}
	db_end(q);
	free(last);
	return rc;
}

static int drop_hosts(struct store *s, const struct fleet *f, struct err *e)
{
	struct db_rows *q;
	struct strs gone = {0};
	size_t i;
	int rc;

	if (db_query(&q, s->db, "SELECT name FROM host", DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		if (fleet_host(f, db_col_text(q, 0)) == NULL)
			strs_add(&gone, db_col_text(q, 0));
	}
	db_end(q);
	for (i = 0; rc == 0 && i < gone.n; i++)
		rc = db_run(s->db, "DELETE FROM host WHERE name=?", DB_ARGS(db_text(gone.v[i])), e);
	strs_finish(&gone);
	return rc;
}

static int drop_unwanted(struct store *s, const struct fleet *f, const struct catalogue *c,
	int64_t now, struct err *e)
{
	struct strs pairs = {0};
	size_t i;
	int rc = list_unwanted(s, f, c, &pairs, e);

	for (i = 0; rc == 0 && i + 1 < pairs.n; i += 2)
		rc = drop_finding(s, pairs.v[i], pairs.v[i + 1], now, e);
	strs_finish(&pairs);
	return rc == 0 ? drop_hosts(s, f, e) : rc;
}

static int put_checks(struct store *s, const struct catalogue *c, struct err *e)
{
	struct db_rows *q;
	struct strs gone = {0};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < c->check_count; i++) {
		const struct check *k = &c->checks[i];

		rc = db_run(s->db,
			"INSERT INTO chk(name, title, runbook, pane) VALUES(?1, ?2, ?3, ?4)"
			" ON CONFLICT(name) DO UPDATE SET title=?2, runbook=?3, pane=?4"
			" WHERE title IS NOT ?2 OR runbook IS NOT ?3 OR pane IS NOT ?4",
			DB_ARGS(db_text(k->name), db_text(k->title), db_text(k->runbook),
				db_text(pane_name(k->pane))),
			e);
	}
	if (rc != 0 || db_query(&q, s->db, "SELECT name FROM chk", DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		if (catalogue_check(c, db_col_text(q, 0)) == NULL)
			strs_add(&gone, db_col_text(q, 0));
	}
	db_end(q);
	for (i = 0; rc == 0 && i < gone.n; i++)
		rc = db_run(s->db, "DELETE FROM chk WHERE name=?", DB_ARGS(db_text(gone.v[i])), e);
	strs_finish(&gone);
	return rc;
}

int store_put_fleet(
	struct store *s, const struct fleet *f, const struct catalogue *c, struct err *e)
{
	int64_t now = clock_wall(s->clock), before = db_total_changes(s->db);
	size_t i;
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = put_checks(s, c, e);
	if (rc == 0)
		rc = drop_unwanted(s, f, c, now, e);
	if (rc == 0)
		rc = put_hosts(s, f, c, now, e);
	if (rc == 0 && f->estate != NULL)
		rc = write_value(s, "estate", f->estate, e);
	for (i = 0; rc == 0 && db_total_changes(s->db) != before && i < f->host_count; i++)
		rc = write_host_state(s, f->hosts[i].name, now, NULL, e);
	return write_leave(s, rc, e);
}
