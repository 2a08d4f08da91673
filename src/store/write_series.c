#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
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

struct known { /* a series of a finding, as it is in the store */
	int64_t id;
	char *name;
	double last; /* NAN: not known any more */
	bool seen;   /* the finding has it */
};

struct known_list {
	struct known *v;
	size_t n, cap;
};

static int load(struct known_list *l, struct store *s, const struct finding *f, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, s->db, "SELECT id, name, last FROM series WHERE host=? AND chk=?",
		    DB_ARGS(db_text(f->host), db_text(f->check)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		*ARR_ADD(l->v, l->n, l->cap) = (struct known){.id = db_col_int(q, 0),
			.name = db_col_dup(q, 1),
			.last = db_col_null(q, 2) ? NAN : db_col_real(q, 2)};
	db_end(q);
	return rc;
}

static struct known *find(struct known_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
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

/* A value of NAN: from now on it is not known. */
static int put_point(
	struct store *s, int64_t id, size_t tier, int64_t now_s, double value, struct err *e)
{
	int64_t at = now_s - now_s % tiers[tier].seconds;

	if (db_run(s->db,
		    "INSERT INTO point(series, tier, at, low, high, last) VALUES(?1,?2,?3,?4,?4,?4)"
		    " ON CONFLICT(series, tier, at) DO UPDATE SET"
		    " low=coalesce(min(low, ?4), low, ?4),"
		    " high=coalesce(max(high, ?4), high, ?4), last=?4",
		    DB_ARGS(db_int(id), db_int((int64_t)tier), db_int(at),
			    isnan(value) ? db_text(NULL) : db_real(value)),
		    e) != 0)
		return -1;
	/* The newest of those that are too old stays: it says what was at the beginning. */
	return db_run(s->db,
		"DELETE FROM point WHERE series=?1 AND tier=?2 AND at<(SELECT max(at) FROM point"
		" WHERE series=?1 AND tier=?2 AND at<=?3)",
		DB_ARGS(db_int(id), db_int((int64_t)tier), db_int(now_s - tiers[tier].keep_s)), e);
}

static int put_points(struct store *s, int64_t id, int64_t now_s, double value, struct err *e)
{
	for (size_t tier = 0; tier < sizeof tiers / sizeof *tiers; tier++)
		if (put_point(s, id, tier, now_s, value, e) != 0)
			return -1;
	return 0;
}

static int put_metric(struct store *s, const struct finding *f, const struct metric *m,
	struct known_list *known, struct err *e)
{
	struct known *was;
	int64_t id;

	if (str_empty(m->name) || !isfinite(m->value))
		return 0;
	was = find(known, m->name);
	if (was)
		was->seen = true;
	if (was && was->last == m->value)
		return 0;
	if (was)
		id = was->id;
	else if (series_new(s, f, m, &id, e) != 0)
		return -1;
	if (!id)
		return 0;
	if (put_points(s, id, f->at_ms / 1000, m->value, e) != 0)
		return -1;
	return !was ? 0
		    : db_run(s->db, "UPDATE series SET last=?2, unit=?3, full=?4 WHERE id=?1",
			      DB_ARGS(db_int(id), db_real(m->value), db_text(m->unit),
				      db_real(m->full)),
			      e);
}

/* What the finding no longer tells is not known from now on. */
static int end_series(struct store *s, const struct known *k, int64_t now_s, struct err *e)
{
	if (put_points(s, k->id, now_s, NAN, e) != 0)
		return -1;
	return db_run(s->db, "UPDATE series SET last=NULL WHERE id=?", DB_ARGS(db_int(k->id)), e);
}

int write_series(struct store *s, const struct finding *f, struct err *e)
{
	struct known_list known = {0};
	int rc = load(&known, s, f, e);

	for (size_t i = 0; rc == 0 && i < f->metric_count; i++)
		rc = put_metric(s, f, &f->metrics[i], &known, e);
	for (size_t i = 0; rc == 0 && i < known.n; i++)
		if (!known.v[i].seen && !isnan(known.v[i].last))
			rc = end_series(s, &known.v[i], f->at_ms / 1000, e);
	for (size_t i = 0; i < known.n; i++)
		free(known.v[i].name);
	free(known.v);
	return rc;
}
