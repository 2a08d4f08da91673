#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/read.h"
#include "store/reader.h"

#define TIERS 3

static double real_or_nan(struct db_rows *q, int col)
{
	return db_col_null(q, col) ? NAN : db_col_real(q, col);
}

/* The points of one tier that lie before `before`, oldest first, in front of those that are there.
 */
static int add_tier(
	struct reader *r, struct series *s, int64_t id, int tier, int64_t before, struct err *e)
{
	struct series_point *older = NULL;
	size_t n = 0, cap = 0;
	struct db_rows *q;
	int rc;

	if (db_query(&q, r->db,
		    "SELECT at, low, high, last FROM point WHERE series=? AND tier=? AND at<?"
		    " ORDER BY at",
		    DB_ARGS(db_int(id), db_int(tier), db_int(before)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		*ARR_ADD(older, n, cap) = (struct series_point){
			db_col_int(q, 0), real_or_nan(q, 1), real_or_nan(q, 2), real_or_nan(q, 3)};
	db_end(q);
	for (size_t i = 0; i < s->point_count; i++)
		*ARR_ADD(older, n, cap) = s->points[i];
	free(s->points);
	s->points = older;
	s->point_count = n;
	s->point_cap = cap;
	return rc;
}

static const int64_t tier_s[TIERS] = {60, 3600, 86400};

static int add_points(struct reader *r, struct series *s, int64_t id, struct err *e)
{
	/* Where the finer points begin the coarser have ended. */
	for (int tier = 0; tier < TIERS; tier++) {
		int64_t before = s->point_count ? s->points[0].at_s - tier_s[tier] + 1 : INT64_MAX;

		if (add_tier(r, s, id, tier, before, e) != 0)
			return -1;
	}
	return 0;
}

static int read_all(struct reader *r, const char *host, const char *check, struct series **out,
	size_t *n, struct err *e)
{
	struct db_rows *q;
	int64_t *ids = NULL;
	size_t cap = 0, id_n = 0, id_cap = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (db_query(&q, r->db,
		    "SELECT s.id, s.host, s.chk, s.name, s.unit, s.full, j.at_ms / 1000 FROM "
		    "series s"
		    " JOIN judgement j ON j.host=s.host AND j.chk=s.chk AND j.held=0"
		    " WHERE s.host=?1 AND (?2 IS NULL OR s.chk=?2) ORDER BY s.chk, s.name",
		    DB_ARGS(db_text(host), db_text(check)), e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		*ARR_ADD(ids, id_n, id_cap) = db_col_int(q, 0);
		*ARR_ADD(*out, *n, cap) = (struct series){.host = db_col_dup(q, 1),
			.check = db_col_dup(q, 2),
			.name = db_col_dup(q, 3),
			.unit = db_col_dup(q, 4),
			.full = db_col_real(q, 5),
			.seen_s = db_col_int(q, 6)};
	}
	db_end(q);
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = add_points(r, &(*out)[i], ids[i], e);
	free(ids);
	if (rc != 0) {
		series_list_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return rc;
}

int reader_series(struct reader *r, const char *host, const char *check, struct series **out,
	size_t *n, struct err *e)
{
	*out = NULL;
	*n = 0;
	if (read_enter(r, e) != 0)
		return -1;
	return read_leave(r, read_all(r, host, check, out, n, e));
}
