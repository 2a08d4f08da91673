/*
 * Time: passed in, so that tests can freeze it. Wall times are milliseconds since the epoch, UTC.
 */
#ifndef OPSDECK_BASE_CLOCK_H
#define OPSDECK_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*wall_ms)(void *arg); /* may step */
	int64_t (*mono_ms)(void *arg); /* never goes back; for deadlines */
	void *arg;
};

/* The system's clocks (CLOCK_REALTIME, CLOCK_MONOTONIC). Borrowed, constant. */
const struct clock *clock_system(void);
/* A clock that stands still at *ms (both clocks read it). `ms` must outlive the clock. */
struct clock clock_frozen(int64_t *ms);

int64_t clock_wall(const struct clock *c);
int64_t clock_mono(const struct clock *c);

#define TIME_RFC3339 21 /* "2026-11-22T01:00:00Z" and NUL */
/* UTC, whole seconds (RFC 3339). */
void time_format(char out[TIME_RFC3339], int64_t ms);
/* RFC 3339 with Z or an offset, with or without fraction (cut to milliseconds); false when it is
 * not one. A second 60 is the next one's 0. */
bool time_parse(const char *s, int64_t *ms);

#define AGE_MAX 8
/* "12s", "4m", "2h", "31h" (to 47h), "3d", "now" below 1 s and for times in the future. */
void age_format(char out[AGE_MAX], int64_t age_ms);
/* Milliseconds from age_ms until age_format would say something else. */
int64_t age_next_change(int64_t age_ms);
/* "90s", "15m", "36h", "7d", or a bare number of seconds; false when it is not one. */
bool duration_parse(const char *s, int64_t *ms);

#endif
