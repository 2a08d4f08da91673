#include "config.h"

#include "model/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void series_finish(struct series *s)
{
	free(s->host);
	free(s->check);
	free(s->name);
	free(s->unit);
	free(s->points);
	*s = (struct series){0};
}

void series_list_free(struct series *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		series_finish(&list[i]);
	free(list);
}

double series_at(const struct series *s, int64_t at_s)
{
	size_t low = 0, high = s->point_count;

	if (!s->point_count)
		return NAN;
	/* The last point that is not later. */
	while (low + 1 < high) {
		size_t mid = low + (high - low) / 2;

		if (s->points[mid].at_s <= at_s)
			low = mid;
		else
			high = mid;
	}
	return s->points[low].last;
}

void metric_text(char *out, size_t size, const char *unit, double v)
{
	static const char *const steps[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	size_t step = 0;

	if (!unit)
		unit = "";
	if (isnan(v))
		snprintf(out, size, "-");
	else if (strcmp(unit, "bytes") == 0) {
		while ((v >= 1024 || v <= -1024) && step + 1 < sizeof steps / sizeof *steps) {
			v /= 1024;
			step++;
		}
		snprintf(out, size, step ? "%.1f %s" : "%.0f %s", v, steps[step]);
	} else if (strcmp(unit, "ratio") == 0) {
		snprintf(out, size, "%.1f%%", v * 100);
	} else if (strcmp(unit, "seconds") == 0 && v >= 0 && v < 1e12) {
		char age[AGE_MAX];

		age_format(age, (int64_t)(v * 1000));
		snprintf(out, size, "%s", v < 1 ? "under 1s" : age);
	} else {
		snprintf(out, size, "%g%s%s", v, strcmp(unit, "count") && *unit ? " " : "",
			strcmp(unit, "count") ? unit : "");
	}
}
