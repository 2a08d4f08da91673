#include "config.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Years 0000 to 9999, all that RFC 3339 can write. */
#define TIME_FIRST (-62167219200 * SECOND)
#define TIME_LAST (253402300799 * SECOND)

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000000;
}

static int64_t system_wall(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_MONOTONIC);
}

const struct clock *clock_system(void)
{
	static const struct clock clock = {.wall_ms = system_wall, .mono_ms = system_mono};

	return &clock;
}

static int64_t frozen(void *arg)
{
	const int64_t *ms = arg;

	return *ms;
}

struct clock clock_frozen(int64_t *ms)
{
	return (struct clock){.wall_ms = frozen, .mono_ms = frozen, .arg = ms};
}

int64_t clock_wall(const struct clock *c)
{
	return c->wall_ms(c->arg);
}

int64_t clock_mono(const struct clock *c)
{
	return c->mono_ms(c->arg);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first of a year (proleptic Gregorian calendar, year >= 0). */
static int64_t days_to_year(int year)
{
	/* Leap days before `year`, year 0 being one. */
	int64_t leaps = year ? (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 : 0;

	return (int64_t)year * 365 + leaps - 719528;
}

static char *put_digits(char *out, int64_t value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return out + width;
}

void time_format(char out[TIME_RFC3339], int64_t ms)
{
	int64_t day, rest;
	int year, month = 1;
	char *at = out;

	if (ms < TIME_FIRST)
		ms = TIME_FIRST;
	if (ms > TIME_LAST)
		ms = TIME_LAST;
	day = ms / DAY - (ms % DAY < 0);
	rest = ms - day * DAY;
	year = (int)(1970 + day / 366 - (day < 0));
	while (year > 0 && days_to_year(year) > day)
		year--;
	while (days_to_year(year + 1) <= day)
		year++;
	day -= days_to_year(year);
	while (day >= days_of_month(year, month))
		day -= days_of_month(year, month++);
	at = put_digits(at, year, 4);
	*at++ = '-';
	at = put_digits(at, month, 2);
	*at++ = '-';
	at = put_digits(at, day + 1, 2);
	*at++ = 'T';
	at = put_digits(at, rest / HOUR, 2);
	*at++ = ':';
	at = put_digits(at, rest / MINUTE % 60, 2);
	*at++ = ':';
	at = put_digits(at, rest / SECOND % 60, 2);
	*at++ = 'Z';
	*at = '\0';
}

/* Exactly `width` digits, then moves on. */
static bool take_digits(const char **s, int width, int *out)
{
	int value = 0;

	for (int i = 0; i < width; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	*out = value;
	return true;
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool take_date(const char **s, int64_t *ms)
{
	int year, month, day;

	if (!take_digits(s, 4, &year) || !take_char(s, '-') || !take_digits(s, 2, &month) ||
		!take_char(s, '-') || !take_digits(s, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*ms = days_to_year(year) + day - 1;
	for (int m = 1; m < month; m++)
		*ms += days_of_month(year, m);
	*ms *= DAY;
	return true;
}

static bool take_hour_minute(const char **s, int64_t *ms)
{
	int hour, minute;

	if (!take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute))
		return false;
	*ms = hour * HOUR + minute * MINUTE;
	return hour < 24 && minute < 60;
}

/* ".123456": what is finer than a millisecond is cut. */
static bool take_fraction(const char **s, int64_t *ms)
{
	int64_t unit = 100;

	*ms = 0;
	if (!take_char(s, '.'))
		return true;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++, unit /= 10)
		*ms += (**s - '0') * unit;
	return true;
}

static bool take_offset(const char **s, int64_t *ms)
{
	bool west;

	*ms = 0;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	west = **s == '-';
	if (!take_char(s, '+') && !take_char(s, '-'))
		return false;
	if (!take_hour_minute(s, ms))
		return false;
	if (west)
		*ms = -*ms;
	return true;
}

bool time_parse(const char *s, int64_t *ms)
{
	int64_t date, time, fraction, offset;
	int second;

	if (!s || !take_date(&s, &date))
		return false;
	if (!take_char(&s, 'T') && !take_char(&s, 't'))
		return false;
	/* 60 is a leap second (RFC 3339, 5.6); the epoch has none, so it is the next second. */
	if (!take_hour_minute(&s, &time) || !take_char(&s, ':') || !take_digits(&s, 2, &second) ||
		second > 60)
		return false;
	if (!take_fraction(&s, &fraction) || !take_offset(&s, &offset) || *s)
		return false;
	*ms = date + time + second * SECOND + fraction - offset;
	return true;
}

void age_format(char out[AGE_MAX], int64_t age_ms)
{
	if (age_ms < SECOND)
		snprintf(out, AGE_MAX, "now");
	else if (age_ms < MINUTE)
		snprintf(out, AGE_MAX, "%ds", (int)(age_ms / SECOND));
	else if (age_ms < HOUR)
		snprintf(out, AGE_MAX, "%dm", (int)(age_ms / MINUTE));
	else if (age_ms < 2 * DAY)
		snprintf(out, AGE_MAX, "%dh", (int)(age_ms / HOUR));
	else
		snprintf(out, AGE_MAX, "%dd", age_ms / DAY > 99999 ? 99999 : (int)(age_ms / DAY));
}

int64_t age_next_change(int64_t age_ms)
{
	if (age_ms < -DAY) /* also keeps the sum below from overflowing */
		return DAY + SECOND;
	if (age_ms < SECOND)
		return SECOND - age_ms;
	if (age_ms < MINUTE)
		return SECOND - age_ms % SECOND;
	if (age_ms < HOUR)
		return MINUTE - age_ms % MINUTE;
	if (age_ms < 2 * DAY)
		return HOUR - age_ms % HOUR;
	return DAY - age_ms % DAY;
}

static int64_t unit_of(char c)
{
	switch (c) {
	case '\0':
	case 's':
		return SECOND;
	case 'm':
		return MINUTE;
	case 'h':
		return HOUR;
	case 'd':
		return DAY;
	default:
		return 0;
	}
}

bool duration_parse(const char *s, int64_t *ms)
{
	int64_t value = 0, unit;

	if (!s || *s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		value = value * 10 + (*s - '0');
		if (value > INT64_MAX / DAY / 10)
			return false;
	}
	unit = unit_of(*s);
	if (!unit || (*s && s[1]))
		return false;
	*ms = value * unit;
	return true;
}
