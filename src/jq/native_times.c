#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "jq/native.h"

/* "Broken down time" is [year, month from 0, day, hours, minutes, seconds, weekday, day of the
 * year]; everything is UTC. */

static struct val from_tm(const struct tm *tm, double fraction)
{
	const double parts[] = {tm->tm_year + 1900, tm->tm_mon, tm->tm_mday, tm->tm_hour,
		tm->tm_min, tm->tm_sec + fraction, tm->tm_wday, tm->tm_yday};
	struct val list = val_array(8);

	for (size_t i = 0; i < 8; i++)
		list = val_push(list, val_number(parts[i]));
	return list;
}

static int to_tm(const struct val *v, struct tm *tm)
{
	int *const fields[] = {&tm->tm_year, &tm->tm_mon, &tm->tm_mday, &tm->tm_hour, &tm->tm_min,
		&tm->tm_sec, &tm->tm_wday, &tm->tm_yday};

	memset(tm, 0, sizeof *tm);
	if (v->kind != VAL_ARRAY || val_len(v) < 6)
		return -1;
	for (size_t i = 0; i < 8 && i < val_len(v); i++) {
		if (val_at(v, i)->kind != VAL_NUMBER || fabs(val_at(v, i)->u.number) > 1e9)
			return -1;
		*fields[i] = (int)val_at(v, i)->u.number;
	}
	tm->tm_year -= 1900;
	return 0;
}

static int gmtime_of(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct tm tm;
	time_t t;

	if (in.kind != VAL_NUMBER || !(fabs(in.u.number) < 1e15))
		return native_refuse(r, in, args, 0, "gmtime() requires a number");
	t = (time_t)floor(in.u.number);
	if (!gmtime_r(&t, &tm))
		return native_refuse(r, in, args, 0,
			"error converting number of seconds since epoch "
			"to datetime");
	*out = from_tm(&tm, in.u.number - floor(in.u.number));
	return 0;
}

static int mktime_of(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct tm tm;

	if (to_tm(&in, &tm))
		return native_refuse(r, in, args, 0, "mktime requires array of 6 numbers");
	val_free(in);
	*out = val_number((double)timegm(&tm));
	return 0;
}

/* Weekday and day of the year, which a format may leave out. */
static void set_days(struct tm *tm)
{
	time_t t = timegm(tm);

	gmtime_r(&t, tm);
}

static int strptime_as(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct tm tm = {.tm_wday = 8, .tm_yday = 367};
	const char *end;

	if (in.kind != VAL_STRING || args[0].kind != VAL_STRING)
		return native_refuse(
			r, in, args, 1, "strptime/1 requires string inputs and arguments");
	end = strptime(in.u.string->s, args[0].u.string->s, &tm);
	if (!end || *end)
		return native_refuse(r, in, args, 1, "date \"%s\" does not match format \"%s\"",
			in.u.string->s, args[0].u.string->s);
	if (tm.tm_wday == 8 || tm.tm_yday == 367)
		set_days(&tm);
	val_free(in);
	val_free(args[0]);
	*out = from_tm(&tm, 0);
	return 0;
}

/* The format is the expression's. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t written(char *text, size_t size, const char *format, const struct tm *tm)
{
	return strftime(text, size, format, tm);
}
#pragma GCC diagnostic pop

static int strftime_as(struct run *r, struct val in, struct val *args, struct val *out)
{
	char text[4096];
	struct tm tm;
	size_t n;

	if (in.kind == VAL_NUMBER && gmtime_of(r, in, NULL, &in)) {
		val_free(args[0]);
		return -1;
	}
	if (args[0].kind != VAL_STRING || to_tm(&in, &tm))
		return native_refuse(r, in, args, 1, "strftime/1 requires parsed datetime inputs");
	n = written(text, sizeof text, args[0].u.string->s, &tm);
	if (!n && args[0].u.string->len)
		return native_refuse(r, in, args, 1, "strftime/1: unknown system failure");
	val_free(in);
	val_free(args[0]);
	*out = val_strn(text, n);
	return 0;
}

const struct native native_times[] = {
	{"gmtime", 0, gmtime_of, NULL},
	{"mktime", 0, mktime_of, NULL},
	{"strptime", 1, strptime_as, NULL},
	{"strftime", 1, strftime_as, NULL},
	{NULL, 0, NULL, NULL},
};
