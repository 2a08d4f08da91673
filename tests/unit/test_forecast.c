#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/forecast.h"

#define T0 INT64_C(1780000000)
#define DAY 86400

static void add(struct series *s, int64_t at_s, double v)
{
	*ARR_ADD(s->points, s->point_count, s->point_cap) = (struct series_point){at_s, v, v, v};
	s->seen_s = at_s;
}

static void between(double low, double v, double high)
{
	if (!(v >= low && v <= high))
		fail_msg("%g is not between %g and %g", v, low, high);
}

/* 1 % a day from 50 %: full in 40 days after ten. */
static void a_line_is_continued(void **state)
{
	struct series s = {.full = 1};
	struct forecast f;
	char text[96];

	(void)state;
	for (int h = 0; h <= 240; h++)
		add(&s, T0 + h * 3600, 0.5 + 0.01 * h / 24);
	f = forecast_of(&s);
	assert_int_equal(f.kind, FORECAST_FULL);
	between(39.5 * DAY, f.seconds, 40.5 * DAY);
	between(38 * DAY, f.soonest, f.seconds);
	between(f.seconds, f.latest, 42 * DAY);
	forecast_text(text, sizeof text, &f);
	assert_string_equal(text, "full in 40 days (39 to 41)");
	series_finish(&s);
}

/* One night's dump of 30 % that is cleared again moves a mean, not this. */
static void a_burst_hardly_counts(void **state)
{
	struct series s = {.full = 1};
	struct forecast f;

	(void)state;
	for (int h = 0; h <= 240; h++)
		add(&s, T0 + h * 3600, 0.5 + 0.01 * h / 24 + (h >= 200 && h < 206 ? 0.3 : 0));
	f = forecast_of(&s);
	assert_int_equal(f.kind, FORECAST_FULL);
	between(35 * DAY, f.seconds, 45 * DAY);
	series_finish(&s);
}

/* What goes up and down by chance has no date, and noise widens the interval. */
static void noise_is_told_from_growth(void **state)
{
	struct series flat = {.full = 1}, noisy = {.full = 1};
	uint32_t random = 1;
	struct forecast f;

	(void)state;
	for (int h = 0; h <= 240; h++) {
		double r;

		random = random * 1664525 + 1013904223;
		r = (double)(random >> 8) / (1 << 24) - 0.5;
		add(&flat, T0 + h * 3600, 0.5 + 0.02 * r);
		add(&noisy, T0 + h * 3600, 0.5 + 0.01 * h / 24 + 0.1 * r);
	}
	assert_int_equal(forecast_of(&flat).kind, FORECAST_STEADY);
	f = forecast_of(&noisy);
	assert_int_equal(f.kind, FORECAST_FULL);
	between(20 * DAY, f.soonest, f.seconds - DAY);
	between(f.seconds + DAY, f.latest, 80 * DAY);
	series_finish(&flat);
	series_finish(&noisy);
}

static void too_little_is_not_told(void **state)
{
	struct series s = {.full = 1};
	char text[96] = "x";
	struct forecast f;

	(void)state;
	assert_int_equal(forecast_of(&s).kind, FORECAST_NONE);
	add(&s, T0, 0.5);
	add(&s, T0 + 1800, 0.6);
	f = forecast_of(&s);
	assert_int_equal(f.kind, FORECAST_NONE);
	forecast_text(text, sizeof text, &f);
	assert_string_equal(text, "");
	/* Falling, or full already, or without an end. */
	add(&s, T0 + DAY, 0.4);
	assert_int_equal(forecast_of(&s).kind, FORECAST_STEADY);
	add(&s, T0 + 2 * DAY, 1.2);
	assert_int_equal(forecast_of(&s).kind, FORECAST_STEADY);
	s.full = 0;
	assert_int_equal(forecast_of(&s).kind, FORECAST_NONE);
	series_finish(&s);
}

/* What was not known for a while takes no part; what is gone has no date. */
static void gaps_are_passed_over(void **state)
{
	struct series s = {.full = 1};
	char spark[4 * 4 + 1];

	(void)state;
	for (int h = 0; h <= 240; h++)
		add(&s, T0 + h * 3600, h >= 100 && h < 150 ? NAN : 0.5 + 0.01 * h / 24);
	between(39 * DAY, forecast_of(&s).seconds, 41 * DAY);
	add(&s, T0 + 241 * 3600, NAN);
	assert_int_equal(forecast_of(&s).kind, FORECAST_NONE);
	series_finish(&s);
	add(&s, T0, 1);
	add(&s, T0 + 100, NAN);
	add(&s, T0 + 200, 5);
	s.seen_s = T0 + 300;
	forecast_spark(spark, 4, &s, 400);
	assert_string_equal(spark, "▁ ██");
	series_finish(&s);
	/* Fewer than a quarter known: that is too little. */
	s.full = 1;
	add(&s, T0, 0.5);
	add(&s, T0 + 3600, NAN);
	for (int h = 230; h <= 240; h++)
		add(&s, T0 + h * 3600, 0.5 + 0.01 * h / 24);
	assert_int_equal(forecast_of(&s).kind, FORECAST_NONE);
	series_finish(&s);
}

static void values_stay_until_they_change(void **state)
{
	struct series s = {.full = 0};
	char spark[4 * 4 + 1];

	(void)state;
	add(&s, T0, 1);
	add(&s, T0 + 100, 5);
	s.seen_s = T0 + 200;
	assert_true(series_at(&s, T0 - 5) == 1 && series_at(&s, T0 + 99) == 1);
	assert_true(series_at(&s, T0 + 100) == 5 && series_at(&s, T0 + 999) == 5);
	forecast_spark(spark, 4, &s, 400);
	assert_string_equal(spark, " ▁██");
	assert_int_equal(forecast_shown(&s), 3600);
	s.seen_s = T0 + 7200;
	assert_int_equal(forecast_shown(&s), 7200);
	s.seen_s = T0 + 100000;
	assert_int_equal(forecast_shown(&s), 86400);
	series_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_continued),
		cmocka_unit_test(a_burst_hardly_counts),
		cmocka_unit_test(noise_is_told_from_growth),
		cmocka_unit_test(too_little_is_not_told),
		cmocka_unit_test(gaps_are_passed_over),
		cmocka_unit_test(values_stay_until_they_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
