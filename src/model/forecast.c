#include "config.h"

#include "model/forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MIN_S 3600
#define SHOWN_MAX_S 86400
#define LOOK_BACK_S (14 * 86400)
#define SHORTEST_S 3600
#define VALUES 64
#define VALUES_MIN 16 /* of them known */
#define PAIRS (VALUES * (VALUES - 1) / 2)
#define Z_90 1.6449 /* two-sided */
/* Beyond this nobody plans. */
#define FARTHEST_S (3.0 * 365 * 86400)

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double at_rank(const double *sorted, size_t n, double rank)
{
	if (rank < 0)
		return sorted[0];
	if (rank > (double)(n - 1))
		return sorted[n - 1];
	return sorted[(size_t)rank];
}

struct slopes {
	double median, low, high;
};

/* Values at equal distances of `step` seconds, NAN where there is none. False: there are too few.
 */
static bool slopes_of(struct slopes *out, const double *v, size_t n, double step)
{
	double all[PAIRS], m = 0, width;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		m += !isnan(v[i]);
		for (size_t k = i + 1; k < n; k++)
			if (!isnan(v[i]) && !isnan(v[k]))
				all[count++] = (v[k] - v[i]) / ((double)(k - i) * step);
	}
	if (m < VALUES_MIN)
		return false;
	qsort(all, count, sizeof *all, by_size);
	width = Z_90 * sqrt(m * (m - 1) * (2 * m + 5) / 18);
	*out = (struct slopes){at_rank(all, count, (double)(count - 1) / 2),
		at_rank(all, count, ((double)count - width) / 2),
		at_rank(all, count, ((double)count + width) / 2)};
	return true;
}

struct forecast forecast_of(const struct series *s)
{
	struct forecast f = {.kind = FORECAST_NONE};
	double v[VALUES], step, left;
	struct slopes slopes;
	int64_t from;

	if (s->full <= 0 || !s->point_count)
		return f;
	from = s->points[0].at_s;
	if (s->seen_s - from > LOOK_BACK_S)
		from = s->seen_s - LOOK_BACK_S;
	if (s->seen_s - from < SHORTEST_S)
		return f;
	step = (double)(s->seen_s - from) / (VALUES - 1);
	for (size_t i = 0; i < VALUES; i++)
		v[i] = series_at(s, from + (int64_t)((double)i * step));
	if (isnan(v[VALUES - 1]) || !slopes_of(&slopes, v, VALUES, step))
		return f;
	left = s->full - v[VALUES - 1];
	f.kind = FORECAST_STEADY;
	f.slope = slopes.median;
	if (left <= 0 || slopes.median <= 0 || slopes.low < 0 || left / slopes.median > FARTHEST_S)
		return f;
	f.kind = FORECAST_FULL;
	f.seconds = left / slopes.median;
	f.soonest = left / slopes.high;
	f.latest = slopes.low > 0 ? left / slopes.low : INFINITY;
	return f;
}

/* In what a time is told: minutes, hours or days. */
static double unit_of(double seconds)
{
	return seconds < 2 * 3600 ? 60 : seconds < 2 * 86400 ? 3600 : 86400;
}

void forecast_text(char *out, size_t size, const struct forecast *f)
{
	double unit = unit_of(f->seconds);
	const char *name = unit == 60 ? "min" : unit == 3600 ? "h" : "days";
	double about = round(f->seconds / unit), soonest = floor(f->soonest / unit);

	out[0] = '\0';
	if (f->kind == FORECAST_STEADY)
		snprintf(out, size, "not rising");
	else if (f->kind == FORECAST_FULL && f->latest > FARTHEST_S)
		snprintf(out, size, "full in %.0f %s (%.0f or later)", about, name, soonest);
	else if (f->kind == FORECAST_FULL)
		snprintf(out, size, "full in %.0f %s (%.0f to %.0f)", about, name, soonest,
			ceil(f->latest / unit));
}

int64_t forecast_shown(const struct series *s)
{
	int64_t known = s->point_count ? s->seen_s - s->points[0].at_s : 0;

	return known < SHOWN_MIN_S ? SHOWN_MIN_S : known > SHOWN_MAX_S ? SHOWN_MAX_S : known;
}

void forecast_spark(char *out, size_t width, const struct series *s, int64_t seconds)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	double low = INFINITY, high = -INFINITY, step = (double)seconds / (double)width;
	char *end = out + 4 * width + 1;

	*out = '\0';
	if (!s->point_count)
		return;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < width; i++) {
			int64_t at = s->seen_s - (int64_t)((double)(width - 1 - i) * step);
			double v = series_at(s, at);
			size_t level;

			if (!pass) { /* nothing is below or above NAN */
				low = v < low ? v : low;
				high = v > high ? v : high;
				continue;
			}
			level = high > low && !isnan(v)
					? (size_t)((v - low) / (high - low) * 7 + 0.5)
					: 0;
			out += snprintf(out, (size_t)(end - out), "%s",
				at < s->points[0].at_s || isnan(v) ? " "
								   : blocks[level > 7 ? 7 : level]);
		}
}
