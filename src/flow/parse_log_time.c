#include "config.h"

#include "flow/parse_log_time.h"

#include <ctype.h>
#include <string.h>

#define DAY 86400

static int64_t days_before_month(int64_t year, int month)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return before[month - 1] + (leap && month > 2 ? 1 : 0);
}

/* Days since the epoch. */
static int64_t day_number(int64_t year, int month, int day)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 + days_before_month(year, month) + day -
	       1;
}

/* Exactly n digits; nothing is taken when they are not there. */
static bool take_digits(struct line *l, size_t n, int *out)
{
	*out = 0;
	if (l->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)l->s[i]))
			return false;
		*out = *out * 10 + (l->s[i] - '0');
	}
	*l = line_after(*l, n);
	return true;
}

static bool take_char(struct line *l, const char *any)
{
	if (!l->n || !*l->s || !strchr(any, *l->s))
		return false;
	*l = line_after(*l, 1);
	return true;
}

static double take_fraction(struct line *l)
{
	double value = 0, unit = 0.1;

	if (l->n < 2 || !strchr(".,", *l->s) || !isdigit((unsigned char)l->s[1]))
		return 0;
	*l = line_after(*l, 1);
	for (; l->n && isdigit((unsigned char)*l->s); *l = line_after(*l, 1), unit /= 10)
		value += (*l->s - '0') * unit;
	return value;
}

/* "00:35:12", a fraction if there is one. */
static bool take_clock(struct line *l, double *seconds)
{
	int h, m, s;

	if (!take_digits(l, 2, &h) || !take_char(l, ":") || !take_digits(l, 2, &m) ||
		!take_char(l, ":") || !take_digits(l, 2, &s) || h > 23 || m > 59 || s > 60)
		return false;
	*seconds = h * 3600 + m * 60 + s + take_fraction(l);
	return true;
}

/* "Z", "+00:00", "+0000"; none is UTC. */
static double take_offset(struct line *l)
{
	struct line was = *l;
	bool west;
	int h, m;

	if (take_char(l, "Zz") || !l->n || !strchr("+-", *l->s))
		return 0;
	west = *l->s == '-';
	*l = line_after(*l, 1);
	if (take_digits(l, 2, &h) && (take_char(l, ":"), take_digits(l, 2, &m)))
		return (west ? -1 : 1) * (h * 3600 + m * 60);
	*l = was;
	return 0;
}

static bool take_date(struct line *l, int64_t *day)
{
	int y, m, d;

	if (!take_digits(l, 4, &y) || !take_char(l, "-") || !take_digits(l, 2, &m) ||
		!take_char(l, "-") || !take_digits(l, 2, &d) || y < 1970 || m < 1 || m > 12 ||
		d < 1 || d > 31)
		return false;
	*day = day_number(y, m, d);
	return true;
}

static bool take_iso(struct line *l, double *at)
{
	double seconds;
	int64_t day;

	if (!take_date(l, &day) || !take_char(l, "T ") || !take_clock(l, &seconds))
		return false;
	*at = (double)(day * DAY) + seconds - take_offset(l);
	return true;
}

/* "Sat 2026-11-22 00:35:12 UTC", as journalctl -o short-full has it. */
static bool take_full(struct line *l, double *at)
{
	struct line word = line_word(l);

	if (word.n != 3 || !isalpha((unsigned char)*word.s) || !take_iso(l, at))
		return false;
	if (line_starts(*l, " UTC"))
		*l = line_after(*l, strlen(" UTC"));
	return true;
}

static int month_number(struct line word)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; word.n == 3 && i < 12; i++)
		if (!memcmp(names + 3 * i, word.s, 3))
			return i + 1;
	return 0;
}

/* The year that is not said: the last one that does not put the line more than a day after now. */
static int64_t guess_year(int64_t now_s, int month, int day)
{
	int64_t year = 1970 + now_s / (365 * DAY + DAY / 4) + 1;

	while (year > 1970 && day_number(year, month, day) * DAY > now_s + DAY)
		year--;
	return year;
}

/* "Nov 22 00:35:12", the day filled up with a blank; "Nov 22 2026 00:35:12" too. */
static bool take_classic(struct line *l, int64_t now_s, double *at)
{
	int month = month_number(line_word(l)), day = 0, year = 0;
	struct line word = line_word(l);
	double seconds;

	for (size_t i = 0; i < word.n && i < 3; i++)
		day = isdigit((unsigned char)word.s[i]) ? day * 10 + (word.s[i] - '0') : 99;
	if (!month || day < 1 || day > 31)
		return false;
	if (l->n > 4 && l->s[4] == ' ' && take_digits(l, 4, &year))
		*l = line_after(*l, 1);
	if (!take_clock(l, &seconds))
		return false;
	*at = (double)(day_number(year ? year : guess_year(now_s, month, day), month, day) * DAY) +
	      seconds;
	return true;
}

/* "1763770512.123456": journalctl -o short-unix; a number alone is no time. */
static bool take_epoch(struct line *l, double *at)
{
	int seconds;

	if (l->n < 12 || l->s[10] != '.')
		return false;
	/* Ten digits pass 2^31 in 2038: read in two halves. */
	if (!take_digits(l, 5, &seconds))
		return false;
	*at = seconds * 1e5;
	if (!take_digits(l, 5, &seconds))
		return false;
	*at += seconds + take_fraction(l);
	return true;
}

bool log_time_take(struct line *l, int64_t now_s, double *at)
{
	struct line was = *l;

	if (take_iso(l, at) && (!l->n || line_is_blank(*l->s)))
		return true;
	*l = was;
	if (take_classic(l, now_s, at) && (!l->n || strchr(" \t:", *l->s)))
		return true;
	*l = was;
	if (take_full(l, at))
		return true;
	*l = was;
	if (take_epoch(l, at))
		return true;
	*l = was;
	return false;
}
