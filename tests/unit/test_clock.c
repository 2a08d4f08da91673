#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define S ((int64_t)1000)
#define M (60 * S)
#define H (60 * M)
#define D (24 * H)

static void frozen_clock_reads_its_place(void **state)
{
	int64_t ms = 5;
	struct clock c = clock_frozen(&ms);

	(void)state;
	assert_int_equal(clock_wall(&c), 5);
	ms = 7;
	assert_int_equal(clock_wall(&c), 7);
	assert_int_equal(clock_mono(&c), 7);
}

static void system_clock_runs_forward(void **state)
{
	const struct clock *c = clock_system();
	int64_t before = clock_mono(c);

	(void)state;
	assert_true(clock_mono(c) >= before);
	assert_true(clock_wall(c) > 1577836800 * S); /* 2020 */
}

static const struct {
	int64_t ms;
	const char *text;
} times[] = {
	{0, "1970-01-01T00:00:00Z"},
	{-1 * S, "1969-12-31T23:59:59Z"},
	{1795309200 * S, "2026-11-22T01:00:00Z"},
	{951782400 * S, "2000-02-29T00:00:00Z"},
	{4107542400 * S, "2100-03-01T00:00:00Z"},
	{4107542399 * S, "2100-02-28T23:59:59Z"},
	{1735689599 * S, "2024-12-31T23:59:59Z"},
	{253402300799 * S, "9999-12-31T23:59:59Z"},
	{-62167219200 * S, "0000-01-01T00:00:00Z"},
	{-62135596800 * S, "0001-01-01T00:00:00Z"},
};

static void times_go_there_and_back(void **state)
{
	char out[TIME_RFC3339];

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		int64_t ms = 0;

		time_format(out, times[i].ms);
		assert_string_equal(out, times[i].text);
		assert_true(time_parse(out, &ms));
		assert_true(ms == times[i].ms);
	}
}

static void days_of_800_years_go_there_and_back(void **state)
{
	char out[TIME_RFC3339];
	int64_t back;

	(void)state;
	for (int64_t day = -146097; day < 146097; day += 13) {
		time_format(out, day * D);
		if (!time_parse(out, &back) || back != day * D)
			fail_msg("day %lld became %s", (long long)day, out);
	}
}

static void times_out_of_range_are_clamped(void **state)
{
	char out[TIME_RFC3339];

	(void)state;
	time_format(out, INT64_MAX);
	assert_string_equal(out, "9999-12-31T23:59:59Z");
	time_format(out, INT64_MIN);
	assert_string_equal(out, "0000-01-01T00:00:00Z");
	time_format(out, -1);
	assert_string_equal(out, "1969-12-31T23:59:59Z");
}

static void reads_offsets_and_fractions(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"1970-01-01T01:00:00+01:00", 0},
		{"1969-12-31T19:00:00-05:00", 0},
		{"1970-01-01T00:00:00.5Z", 500},
		{"1970-01-01T00:00:00.1239999Z", 123},
		{"1970-01-01t00:00:01z", 1 * S},
		{"1970-01-01T05:30:00.25+05:30", 250},
		{"1970-01-01T00:00:00-00:00", 0},
		{"2016-12-31T23:59:60Z", 1483228800 * S},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ms = -1;

		assert_true(time_parse(cases[i].text, &ms));
		assert_true(ms == cases[i].ms);
	}
}

static void refuses_what_is_no_rfc_3339_time(void **state)
{
	static const char *const wrong[] = {
		NULL,
		"",
		"now",
		"1970-01-01",
		"1970-01-01T00:00Z",
		"1970-01-01T00:00:00",
		"1970-01-01 00:00:00Z",
		" 1970-01-01T00:00:00Z",
		"1970-01-01T00:00:00Z ",
		"1970-01-01T00:00:00ZZ",
		"1970-1-01T00:00:00Z",
		"1970-00-01T00:00:00Z",
		"1970-13-01T00:00:00Z",
		"1970-01-00T00:00:00Z",
		"1970-01-32T00:00:00Z",
		"1970-04-31T00:00:00Z",
		"1970-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"1970-01-01T24:00:00Z",
		"1970-01-01T00:60:00Z",
		"1970-01-01T00:00:61Z",
		"1970-01-01T00:00:00.Z",
		"1970-01-01T00:00:00,5Z",
		"1970-01-01T00:00:00+1",
		"1970-01-01T00:00:00+0100",
		"1970-01-01T00:00:00+24:00",
		"1970-01-01T00:00:00+01:60",
		"-970-01-01T00:00:00Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		int64_t ms = 4711;

		if (time_parse(wrong[i], &ms))
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(ms, 4711);
	}
}

static const struct {
	int64_t ms;
	const char *text;
	int64_t next;
} ages[] = {
	{INT64_MIN, "now", D + S},
	{-5 * S, "now", 6 * S},
	{0, "now", S},
	{999, "now", 1},
	{1000, "1s", S},
	{12345, "12s", 655},
	{M - 1, "59s", 1},
	{M, "1m", M},
	{H - 1, "59m", 1},
	{H, "1h", H},
	{31 * H + 5, "31h", H - 5},
	{48 * H - 1, "47h", 1},
	{48 * H, "2d", D},
	{72 * H - 1, "2d", 1},
	{365 * D, "365d", D},
	{INT64_MAX, "99999d", D - INT64_MAX % D},
};

static void ages_are_short(void **state)
{
	char out[AGE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		age_format(out, ages[i].ms);
		assert_string_equal(out, ages[i].text);
		assert_true(age_next_change(ages[i].ms) == ages[i].next);
	}
}

static void an_age_changes_exactly_when_told(void **state)
{
	char now[AGE_MAX], before[AGE_MAX], then[AGE_MAX];

	(void)state;
	for (int64_t age = 0; age < 4 * D;) {
		int64_t next = age_next_change(age);

		assert_true(next > 0);
		age_format(now, age);
		age_format(before, age + next - 1);
		age_format(then, age + next);
		assert_string_equal(now, before);
		assert_string_not_equal(now, then);
		age += next;
	}
}

static void reads_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
		int good;
	} cases[] = {
		{"90s", 90 * S, 1},
		{"15m", 15 * M, 1},
		{"36h", 36 * H, 1},
		{"7d", 7 * D, 1},
		{"45", 45 * S, 1},
		{"0", 0, 1},
		{"", 0, 0},
		{NULL, 0, 0},
		{"s", 0, 0},
		{"-1s", 0, 0},
		{"+1s", 0, 0},
		{"1 s", 0, 0},
		{" 1s", 0, 0},
		{"1sm", 0, 0},
		{"1w", 0, 0},
		{"1.5h", 0, 0},
		{"99999999999999999999d", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ms = 4711;

		assert_int_equal(duration_parse(cases[i].text, &ms), cases[i].good);
		assert_true(ms == (cases[i].good ? cases[i].ms : 4711));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frozen_clock_reads_its_place),
		cmocka_unit_test(system_clock_runs_forward),
		cmocka_unit_test(times_go_there_and_back),
		cmocka_unit_test(days_of_800_years_go_there_and_back),
		cmocka_unit_test(times_out_of_range_are_clamped),
		cmocka_unit_test(reads_offsets_and_fractions),
		cmocka_unit_test(refuses_what_is_no_rfc_3339_time),
		cmocka_unit_test(ages_are_short),
		cmocka_unit_test(an_age_changes_exactly_when_told),
		cmocka_unit_test(reads_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
