/*
 * When a metric will be full. The slope is Theil and Sen's: the median of the slopes between all
 * pairs of values, which a burst or a clean-up hardly moves; its interval is the one after Kendall
 * (Sen 1968, "Estimates of the regression coefficient based on Kendall's tau"; Gilbert 1987, 16.5).
 */
#ifndef OPSDECK_MODEL_FORECAST_H
#define OPSDECK_MODEL_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/series.h"

enum forecast_kind {
	FORECAST_NONE,	 /* it has no end, or too little is known */
	FORECAST_STEADY, /* it does not rise, as far as can be told */
	FORECAST_FULL,	 /* it is full in `seconds` */
};

struct forecast {
	enum forecast_kind kind;
	double slope;		/* a second */
	double seconds;		/* from when it was last looked at */
	double soonest, latest; /* with 90 % confidence; latest may be infinite */
};

/* Looks back 14 days at the most; less than an hour is too little to tell. */
struct forecast forecast_of(const struct series *s);

/* "full in 12 days (9 to 20)"; "" where there is nothing to tell. */
void forecast_text(char *out, size_t size, const struct forecast *f);

/* How much of the past is shown: seconds, a day at the most, as long as it is known, but an hour.
 */
int64_t forecast_shown(const struct series *s);

/* The last `width` equal parts of the past `seconds` as block characters (UTF-8), lowest to highest
 * of what is shown; flat where nothing moved. `out` of 4 * width + 1 bytes. */
void forecast_spark(char *out, size_t width, const struct series *s, int64_t seconds);

#endif
