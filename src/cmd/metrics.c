#include "config.h"

#include <math.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "model/forecast.h"
#include "model/series.h"
#include "store/read.h"

#define DAY_S 86400
#define SPARK 24 /* of a day an hour each */

static void print(const struct series *list, size_t n)
{
	struct out_table t = {.columns = 6};

	for (size_t i = 0; i < n; i++) {
		const struct series *s = &list[i];
		struct forecast f = forecast_of(s);
		char now[48], then[48], spark[4 * SPARK + 1], when[96];

		metric_text(now, sizeof now, s->unit, series_at(s, s->seen_s));
		metric_text(then, sizeof then, s->unit, series_at(s, s->seen_s - DAY_S));
		forecast_spark(spark, SPARK, s, forecast_shown(s));
		forecast_text(when, sizeof when, &f);
		out_row(&t, (const char *[]){s->check, s->name, then, spark, now, when});
	}
	out_table_end(&t);
}

static struct doc *real_or_null(double v)
{
	return isfinite(v) ? doc_new_real(v) : doc_new_null();
}

static struct doc *points_doc(const struct series *s)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < s->point_count; i++) {
		const struct series_point *p = &s->points[i];
		struct doc *d = doc_new_map();

		doc_set_int(d, "at", p->at_s);
		doc_set(d, "last", real_or_null(p->last));
		doc_set(d, "low", real_or_null(p->low));
		doc_set(d, "high", real_or_null(p->high));
		doc_push(list, d);
	}
	return list;
}

static struct doc *series_doc(const struct series *s)
{
	struct forecast f = forecast_of(s);
	struct doc *d = doc_new_map(), *full;

	doc_set_str(d, "host", s->host);
	doc_set_str(d, "check", s->check);
	doc_set_str(d, "name", s->name);
	doc_set_str(d, "unit", s->unit);
	doc_set_int(d, "seen", s->seen_s);
	doc_set(d, "points", points_doc(s));
	if (f.kind != FORECAST_FULL)
		return d;
	full = doc_new_map();
	doc_set(full, "seconds", doc_new_real(f.seconds));
	doc_set(full, "soonest", doc_new_real(f.soonest));
	doc_set(full, "latest", real_or_null(f.latest));
	doc_set(d, "full_in", full);
	return d;
}

int cmd_metrics(struct cmd *c, struct err *e)
{
	const char *host = c->args[0], *check = c->arg_count > 1 ? c->args[1] : NULL;
	struct series *list;
	struct reader *r;
	size_t n;
	int rc;

	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_series(r, host, check, &list, &n, e);
	reader_close(r);
	if (rc)
		return -1;
	if (cmd_json(c)) {
		struct doc *d = doc_new_map(), *all = doc_new_list();

		for (size_t i = 0; i < n; i++)
			doc_push(all, series_doc(&list[i]));
		doc_set(d, "metrics", all);
		out_json(d);
		doc_free(d);
	} else {
		print(list, n);
		if (!n)
			out_note("no figures of %s%s%s yet", host, check ? " " : "",
				check ? check : "");
	}
	series_list_free(list, n);
	return 0;
}
