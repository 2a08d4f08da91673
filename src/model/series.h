/*
 * The past of one metric: what it was and when. A point is where it changed; between two points it
 * stayed. NAN is what was not known, or was not there. Knows no store.
 */
#ifndef OPSDECK_MODEL_SERIES_H
#define OPSDECK_MODEL_SERIES_H

#include <stddef.h>
#include <stdint.h>

/* Of one minute, hour or day: the longer ago, the longer. */
struct series_point {
	int64_t at_s;		/* begin of the minute, hour or day; epoch seconds */
	double low, high, last; /* within it */
};

struct series {
	char *host, *check;
	char *name, *unit;
	double full;	/* the value at which it is full; 0 = it has none */
	int64_t seen_s; /* when it was last looked at: until then the last point stands */
	struct series_point *points; /* oldest first */
	size_t point_count, point_cap;
};

void series_finish(struct series *s);
void series_list_free(struct series *list, size_t n);
/* A value as people read it: "1.5 GiB", "83.0%", "4m". */
void metric_text(char *out, size_t size, const char *unit, double value);
/* The value at a time; that of the first point before it. A series without points gives NAN. */
double series_at(const struct series *s, int64_t at_s);

#endif
