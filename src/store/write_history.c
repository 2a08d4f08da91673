#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/writer.h"

static int sweep_run(struct store *s, const char *sql, int64_t value, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, db_run(s->db, sql, DB_ARGS(db_int(value)), e), e);
}

int store_sweep_start(struct store *s, int hosts, struct err *e)
{
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = db_run(s->db,
		"INSERT INTO sweep(started_ms, ended_ms, hosts_total, hosts_done)"
		" VALUES(?, 0, ?, 0)",
		DB_ARGS(db_int(clock_wall(s->clock)), db_int(hosts)), e);
	return write_leave(s, rc, e);
}

int store_sweep_progress(struct store *s, int done, struct err *e)
{
	return sweep_run(
		s, "UPDATE sweep SET hosts_done=?1 WHERE ended_ms=0 AND hosts_done<>?1", done, e);
}

int store_sweep_end(struct store *s, struct err *e)
{
	/* A clock that stepped back must not leave it running for ever. */
	return sweep_run(s, "UPDATE sweep SET ended_ms=max(?, started_ms, 1) WHERE ended_ms=0",
		clock_wall(s->clock), e);
}

/* History that is kept. */
#define DAY_MS ((int64_t)86400 * 1000)
#define TRANSITIONS_MS (180 * DAY_MS)
#define TRANSITIONS_MAX 200000
#define PRUNE_MAX 20000 /* rows a call: the server stands still meanwhile */
#define SWEEPS_MAX 1000
#define PROPOSALS_MS (365 * DAY_MS)
#define PROPOSALS_MIN 500
#define GONE_MS (90 * DAY_MS) /* series */

/* The proposals that are over and old: ?1 and ?2 are the time and how many newest stay. Heap. */
static char *finished_sql(void)
{
	struct buf b = {0};
	int i;

	buf_adds(&b, "SELECT n FROM proposal WHERE state IN (''");
	for (i = 0; i < PROPOSAL_STATE_COUNT; i++) {
		if (proposal_state_is_final(i))
			buf_addf(&b, ",'%s'", proposal_state_name(i));
	}
	buf_adds(&b, ") AND moved_ms<?1 AND n<=(SELECT max(n) FROM proposal)-?2");
	return buf_take(&b);
}

static int prune_proposals(struct store *s, int64_t now, struct err *e)
{
	char *finished = finished_sql();
	char *runs = xasprintf("DELETE FROM step_run WHERE proposal IN (%s)", finished);
	char *rows = xasprintf("DELETE FROM proposal WHERE n IN (%s)", finished);
	int rc = db_run(s->db, runs, DB_ARGS(db_int(now - PROPOSALS_MS), db_int(PROPOSALS_MIN)), e);

	if (rc == 0)
		rc = db_run(
			s->db, rows, DB_ARGS(db_int(now - PROPOSALS_MS), db_int(PROPOSALS_MIN)), e);
	free(finished);
	free(runs);
	free(rows);
	return rc;
}

/* What has been gone for long: a disk that was taken out, a container of last year. */
static int prune_series(struct store *s, int64_t now, struct err *e)
{
	return db_run(s->db,
		"DELETE FROM series WHERE last IS NULL AND"
		" (SELECT max(at) FROM point WHERE series=id AND tier=2)<?",
		DB_ARGS(db_int((now - GONE_MS) / 1000)), e);
}

static int prune(struct store *s, int64_t now, struct err *e)
{
	if (db_run(s->db,
		    "DELETE FROM transition WHERE id IN (SELECT id FROM transition WHERE at_ms<?"
		    " OR id<=(SELECT max(id) FROM transition)-? ORDER BY id LIMIT ?)",
		    DB_ARGS(db_int(now - TRANSITIONS_MS), db_int(TRANSITIONS_MAX),
			    db_int(PRUNE_MAX)),
		    e) != 0 ||
		db_run(s->db,
			"DELETE FROM sweep WHERE id<=(SELECT max(id) FROM sweep)-? AND ended_ms<>0",
			DB_ARGS(db_int(SWEEPS_MAX)), e) != 0)
		return -1;
	return prune_series(s, now, e) != 0 ? -1 : prune_proposals(s, now, e);
}

int store_prune(struct store *s, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, prune(s, clock_wall(s->clock), e), e);
}
