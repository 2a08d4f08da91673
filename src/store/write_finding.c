#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "store/pack.h"
#include "store/rows.h"
#include "store/writer.h"

enum held { STANDS = 0, HELD = 1 };

/* What stands now for a check of a host, and the streak against it. */
struct standing {
	bool there;
	enum finding_state state;
	enum finding_condition condition;
	int64_t since_ms;
	int streak;	      /* judgements held back in a row; 0 = none */
	int streak_direction; /* 1 worse, -1 better */
};

static int direction(enum finding_state from, enum finding_state to)
{
	int a = finding_state_rank(from), b = finding_state_rank(to);

	return b > a ? 1 : b < a ? -1 : 0;
}

static int load_standing(
	struct store *s, const char *host, const char *check, struct standing *out, struct err *e)
{
	struct db_rows *q;
	struct finding f;
	int rc;

	*out = (struct standing){.state = FINDING_UNKNOWN};
	if (db_query(&q, s->db,
		    "SELECT " FINDING_COLS ", j.held, j.streak FROM judgement j"
		    " WHERE j.host=? AND j.chk=? ORDER BY j.held",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		row_finding(q, &f);
		if (db_col_int(q, 14) == STANDS) {
			out->there = true;
			out->state = f.state;
			out->condition = f.condition;
			out->since_ms = f.since_ms;
		} else {
			out->streak = (int)db_col_int(q, 15);
			out->streak_direction = direction(out->state, f.state);
		}
		finding_finish(&f);
	}
	db_end(q);
	return rc;
}

static int need_host(struct store *s, const char *host, struct err *e)
{
	int64_t there;

	if (db_one_int(&there, 0, s->db, "SELECT 1 FROM host WHERE name=?", DB_ARGS(db_text(host)),
		    e) != 0)
		return -1;
	return there ? 0 : err_set(e, ERR_MISSING, "no host %s in the fleet in force", host);
}

static int drop_held(struct store *s, const char *host, const char *check, struct err *e)
{
	if (db_run(s->db, "DELETE FROM judgement WHERE host=? AND chk=? AND held=1",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	return db_run(s->db, "DELETE FROM detail WHERE host=? AND chk=? AND held=1",
		DB_ARGS(db_text(host), db_text(check)), e);
}

static int put_judgement(struct store *s, const struct finding *f, enum held held, int64_t since_ms,
	int streak, int need, const char *cause, struct err *e)
{
	struct buf metrics = {0}, items = {0};
	int rc;

	pack_metrics(&metrics, f);
	pack_items(&items, f);
	rc = db_run(s->db,
		"INSERT OR REPLACE INTO judgement(host, chk, held, state, cond, summary, metrics,"
		" items, added, removed, fingerprint, at_ms, since_ms, valid_until_ms, every_ms,"
		" streak, need, cause) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(db_text(f->host), db_text(f->check), db_int(held),
			db_text(finding_state_name(f->state)),
			db_text(finding_condition_name(f->condition)), db_text(f->summary),
			db_text(metrics.data), db_text(items.data), db_int(f->added),
			db_int(f->removed), db_text(f->fingerprint), db_int(f->at_ms),
			db_int(since_ms), db_int(f->valid_until_ms), db_int(f->every_ms),
			db_int(streak), db_int(need), db_text(cause)),
		e);
	if (rc == 0)
		rc = db_run(s->db,
			"INSERT INTO detail(host, chk, held, facts, diff) VALUES(?1,?2,?3,?4,?5)"
			" ON CONFLICT(host, held, chk) DO UPDATE SET facts=?4, diff=?5"
			" WHERE facts IS NOT ?4 OR diff IS NOT ?5",
			DB_ARGS(db_text(f->host), db_text(f->check), db_int(held),
				db_text(f->facts), db_text(f->diff)),
			e);
	buf_finish(&metrics);
	buf_finish(&items);
	return rc;
}

static int put_samples(struct store *s, const struct finding *f, const struct sample *samples,
	size_t n, struct err *e)
{
	size_t i;

	if (db_run(s->db, "DELETE FROM sample WHERE host=? AND chk=?",
		    DB_ARGS(db_text(f->host), db_text(f->check)), e) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		const struct sample *p = &samples[i];

		if (db_run(s->db,
			    "INSERT INTO sample(host, chk, pos, command, status, exit_status, out,"
			    " err, truncated, at_ms, duration_ms, note)"
			    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
			    DB_ARGS(db_text(f->host), db_text(f->check), db_int((int64_t)i),
				    db_text(p->command), db_text(sample_status_name(p->status)),
				    db_int(p->exit_status), db_blob(p->out, p->out_len),
				    db_blob(p->err, p->err_len), db_int(p->truncated),
				    db_int(p->at_ms), db_int(p->duration_ms), db_text(p->note)),
			    e) != 0)
			return -1;
	}
	return 0;
}

static int put_transition(struct store *s, const struct finding *f, enum finding_state from,
	const char *cause, struct transition *turned, struct err *e)
{
	if (db_run(s->db,
		    "INSERT INTO transition(at_ms, host, chk, was, became, summary, cause)"
		    " VALUES(?,?,?,?,?,?,?)",
		    DB_ARGS(db_int(f->at_ms), db_text(f->host), db_text(f->check),
			    db_text(finding_state_name(from)),
			    db_text(finding_state_name(f->state)), db_text(f->summary),
			    db_text(cause)),
		    e) != 0)
		return -1;
	if (turned != NULL)
		*turned = (struct transition){
			.at_ms = f->at_ms,
			.host = xstrdup(f->host),
			.check = xstrdup(f->check),
			.from = from,
			.to = f->state,
			.summary = xstrdup(f->summary),
			.cause = xstrdup(cause),
		};
	return 0;
}

/* The judgement stands from now on. */
static int let_stand(struct store *s, struct finding *f, const struct standing *was,
	const char *cause, struct transition *turned, struct err *e)
{
	bool first = !was->there || was->condition == CONDITION_NOT_LOOKED;
	bool same = f->state == was->state;

	f->since_ms = same && !first ? was->since_ms : f->at_ms;
	if (drop_held(s, f->host, f->check, e) != 0 ||
		put_judgement(s, f, STANDS, f->since_ms, 0, 0, NULL, e) != 0)
		return -1;
	if (!same && !(first && f->state == FINDING_OK) &&
		put_transition(s, f, was->state, cause, turned, e) != 0)
		return -1;
	return same && !first ? 0 : write_host_state(s, f->host, f->at_ms, NULL, e);
}

static int touch(struct store *s, const char *host, const char *check, int64_t at_ms, struct err *e)
{
	return db_run(s->db,
		"UPDATE judgement SET at_ms=?3 WHERE host=?1 AND chk=?2 AND held=0 AND at_ms<?3",
		DB_ARGS(db_text(host), db_text(check), db_int(at_ms)), e);
}

static int put_finding(struct store *s, struct finding *f, int fail_after, int recover_after,
	const char *cause, struct transition *turned, struct err *e)
{
	struct standing was;
	int dir, need, streak;

	if (need_host(s, f->host, e) != 0 || load_standing(s, f->host, f->check, &was, e) != 0)
		return -1;
	dir = direction(was.state, f->state);
	if (!was.there || was.condition == CONDITION_NOT_LOOKED || dir == 0)
		return let_stand(s, f, &was, cause, turned, e);
	need = dir > 0 ? fail_after : recover_after;
	streak = was.streak_direction == dir ? was.streak + 1 : 1;
	if (streak >= need)
		return let_stand(s, f, &was, cause, turned, e);
	f->since_ms = was.since_ms;
	if (put_judgement(s, f, HELD, f->at_ms, streak, need, cause, e) != 0)
		return -1;
	return touch(s, f->host, f->check, f->at_ms, e);
}

int store_put_finding(struct store *s, struct finding *f, int fail_after, int recover_after,
	const char *cause, const struct sample *samples, size_t sample_count,
	struct transition *turned, struct err *e)
{
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = put_finding(s, f, fail_after, recover_after, cause, turned, e);
	if (rc == 0)
		rc = put_samples(s, f, samples, sample_count, e);
	if (rc == 0)
		rc = write_series(s, f, e);
	rc = write_leave(s, rc, e);
	if (rc != 0 && turned != NULL)
		transition_release(turned);
	return rc;
}

void transition_release(struct transition *t)
{
	free(t->host);
	free(t->check);
	free(t->summary);
	free(t->cause);
	*t = (struct transition){0};
}

/* The held judgement of a check, with its detail; 1 when there is one whose streak is long enough.
 */
static int load_ripe(struct store *s, const char *host, const char *check, struct finding *out,
	char **cause, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, s->db,
		    "SELECT " FINDING_COLS ", d.facts, d.diff, j.cause FROM judgement j"
		    " LEFT JOIN detail d ON d.host=j.host AND d.held=j.held AND d.chk=j.chk"
		    " WHERE j.host=? AND j.chk=? AND j.held=1 AND j.streak>=j.need",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1) {
		row_finding(q, out);
		out->facts = db_col_dup(q, 14);
		out->diff = db_col_dup(q, 15);
		*cause = db_col_dup(q, 16);
	}
	db_end(q);
	return rc;
}

static int touch_finding(
	struct store *s, const char *host, const char *check, int64_t at_ms, struct err *e)
{
	struct standing was;
	struct finding f = {0};
	char *cause = NULL;
	int rc;

	if (touch(s, host, check, at_ms, e) != 0 ||
		db_run(s->db,
			"UPDATE judgement SET streak=streak+1, at_ms=?3"
			" WHERE host=?1 AND chk=?2 AND held=1",
			DB_ARGS(db_text(host), db_text(check), db_int(at_ms)), e) != 0)
		return -1;
	if (db_changes(s->db) == 0)
		return 0;
	rc = load_ripe(s, host, check, &f, &cause, e);
	if (rc == 1)
		rc = load_standing(s, host, check, &was, e) == 0
			     ? let_stand(s, &f, &was, cause, NULL, e)
			     : -1;
	finding_finish(&f);
	free(cause);
	return rc;
}

static int list_checks(struct store *s, const char *host, struct strs *out, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, s->db, "SELECT chk FROM judgement WHERE host=? AND held=0 AND cond<>?",
		    DB_ARGS(db_text(host), db_text(finding_condition_name(CONDITION_NOT_LOOKED))),
		    e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		strs_add(out, db_col_text(q, 0));
	db_end(q);
	return rc;
}

int store_touch_findings(struct store *s, const char *host, const char *const *checks, size_t n,
	int64_t at_ms, struct err *e)
{
	struct strs all = {0};
	size_t i;
	int rc = 0;

	if (write_enter(s, e) != 0)
		return -1;
	if (checks == NULL) {
		rc = list_checks(s, host, &all, e);
		checks = (const char *const *)all.v;
		n = all.n;
	}
	for (i = 0; rc == 0 && i < n; i++)
		rc = touch_finding(s, host, checks[i], at_ms, e);
	strs_finish(&all);
	return write_leave(s, rc, e);
}

static int worst_state(struct store *s, const char *host, enum finding_state *out, struct err *e)
{
	struct db_rows *q;
	enum finding_state state;
	bool any = false;
	int rc;

	*out = FINDING_UNKNOWN;
	if (db_query(&q, s->db,
		    "SELECT DISTINCT j.state FROM judgement j WHERE host=?1 AND held=0"
		    " UNION SELECT 'unreachable' FROM host WHERE name=?1 AND error IS NOT NULL",
		    DB_ARGS(db_text(host)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		if (!finding_state_parse(db_col_text(q, 0), &state))
			continue;
		/* Unreachable is the host's state whatever was known before. */
		if (state == FINDING_UNREACHABLE || !any ||
			(*out != FINDING_UNREACHABLE &&
				finding_state_rank(state) > finding_state_rank(*out)))
			*out = state;
		any = true;
	}
	db_end(q);
	return rc;
}

int write_host_state(struct store *s, const char *host, int64_t at_ms, bool *changed, struct err *e)
{
	enum finding_state state;

	if (worst_state(s, host, &state, e) != 0 ||
		db_run(s->db, "UPDATE host SET state=?2, since_ms=?3 WHERE name=?1 AND state<>?2",
			DB_ARGS(db_text(host), db_text(finding_state_name(state)), db_int(at_ms)),
			e) != 0)
		return -1;
	if (changed != NULL)
		*changed = db_changes(s->db) > 0;
	return 0;
}

int store_put_host(struct store *s, const char *host, int64_t at_ms, const char *error,
	bool *changed, struct err *e)
{
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = need_host(s, host, e);
	if (rc == 0)
		rc = db_run(s->db,
			"UPDATE host SET looked=1, error=?3, at_ms=CASE WHEN ?3 IS NULL THEN ?2"
			" ELSE at_ms END WHERE name=?1",
			DB_ARGS(db_text(host), db_int(at_ms), db_text(error)), e);
	if (rc == 0)
		rc = write_host_state(s, host, at_ms, changed, e);
	return write_leave(s, rc, e);
}
