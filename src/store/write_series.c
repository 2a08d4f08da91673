#include "config.h"

#include <math.h>

#include "base/strs.h"
#include "model/finding.h"
#include "store/writer.h"

/*
 * The past of metrics. Each value that differs from the one before goes into the minute, the hour
 * and the day it lies in; what did not move costs nothing. Each kind is kept for a time, so that a
 * series has at most 360 + 336 + 730 points.
 */
static const struct tier {
	int64_t seconds, keep_s;
} tiers[] = {{60, 6 * 3600}, {3600, 14 * 86400}, {86400, 730 * 86400}};

#define SERIES_MAX 4000 /* of a host: what a check names after its data may not grow for ever */

static int series_id(struct store *s, const struct finding *f, const struct metric *m, int64_t *id,
	double *last, bool *known, struct err *e)
{
	struct db_rows *q;
	int rc;

	*known = false;
	if (db_query(&q, s->db, "SELECT id, last FROM series WHERE host=? AND chk=? AND name=?",
		    DB_ARGS(db_text(f->host), db_text(f->check), db_text(m->name)), e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1) {
		*id = db_col_int(q, 0);
		*last = db_col_real(q, 1);
		*known = true;
	}
	db_end(q);
	return rc < 0 ? -1 : 0;
}

static int series_new(struct store *s, const struct finding *f, const struct metric *m, int64_t *id,
	struct err *e)
{
	int64_t count;

	*id = 0;
	if (db_one_int(&count, 0, s->db, "SELECT count(*) FROM series WHERE host=?",
		    DB_ARGS(db_text(f->host)), e) != 0)
		return -1;
	if (count >= SERIES_MAX)
		return 0;
	if (db_run(s->db,
		    "INSERT INTO series(host, chk, name, unit, full, last) VALUES(?,?,?,?,?,?)",
		    DB_ARGS(db_text(f->host), db_text(f->check), db_text(m->name), db_text(m->unit),
			    db_real(m->full), db_real(m->value)),
		    e) != 0)
		return -1;
	return db_one_int(id, 0, s->db, "SELECT id FROM series WHERE host=? AND chk=? AND name=?",
		DB_ARGS(db_text(f->host), db_text(f->check), db_text(m->name)), e);
}

static int put_point(
	struct store *s, int64_t id, size_t tier, int64_t now_s, double value, struct err *e)
{
	int64_t at = now_s - now_s % tiers[tier].seconds;

	if (db_run(s->db,
		    "INSERT INTO point(series, tier, at, low, high, last) VALUES(?1,?2,?3,?4,?4,?4)"
		    " ON CONFLICT(series, tier, at) DO UPDATE SET low=min(low, ?4),"
		    " high=max(high, ?4), last=?4",
		    DB_ARGS(db_int(id), db_int((int64_t)tier), db_int(at), db_real(value)), e) != 0)
		return -1;
	/* The newest of those that are too old stays: it says what was at the beginning. */
	return db_run(s->db,
		"DELETE FROM point WHERE series=?1 AND tier=?2 AND at<(SELECT max(at) FROM point"
		" WHERE series=?1 AND tier=?2 AND at<=?3)",
		DB_ARGS(db_int(id), db_int((int64_t)tier), db_int(now_s - tiers[tier].keep_s)), e);
}

static int put_metric(
	struct store *s, const struct finding *f, const struct metric *m, struct err *e)
{
	int64_t id, now_s = f->at_ms / 1000;
	double last = 0;
	bool known;

	if (str_empty(m->name) || !isfinite(m->value))
		return 0;
	if (series_id(s, f, m, &id, &last, &known, e) != 0)
		return -1;
	if (known && last == m->value)
		return 0;
	if (!known && series_new(s, f, m, &id, e) != 0)
		return -1;
	if (!id)
		return 0;
	for (size_t tier = 0; tier < sizeof tiers / sizeof *tiers; tier++)
		if (put_point(s, id, tier, now_s, m->value, e) != 0)
			return -1;
	return !known ? 0
		      : db_run(s->db, "UPDATE series SET last=?2, unit=?3, full=?4 WHERE id=?1",
				DB_ARGS(db_int(id), db_real(m->value), db_text(m->unit),
					db_real(m->full)),
				e);
}

int write_series(struct store *s, const struct finding *f, struct err *e)
{
	for (size_t i = 0; i < f->metric_count; i++)
		if (put_metric(s, f, &f->metrics[i], e) != 0)
			return -1;
	return 0;
}
