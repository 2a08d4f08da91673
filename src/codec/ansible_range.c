#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/inventory.h"

#define DIGITS_MAX 9
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* "[01:10:2]" or "[a:c]", in what stands before and behind it. */
struct range {
	const char *open, *close; /* the brackets */
	bool alpha;
	long first, last, step;
	int width; /* digits, when it is padded with zeros */
};

static bool is_number(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return n <= DIGITS_MAX;
}

static long letter_index(char c)
{
	const char *p = strchr(letters, c);

	return c && p ? p - letters : -1;
}

/* "[2001:db8::1]": brackets around an address are no range. */
static bool is_address(const char *pattern, const struct range *r)
{
	size_t colons = 0;

	for (const char *p = r->open + 1; p < r->close; p++) {
		if (!isxdigit((unsigned char)*p) && !strchr(":.", *p))
			return false;
		colons += *p == ':';
	}
	return r->open == pattern && colons >= 2 && (!r->close[1] || r->close[1] == ':');
}

static const char *read_bounds(struct range *r)
{
	const char *begin = r->open + 1, *end, *step;
	size_t n = strcspn(begin, ":]"), m;

	if (begin[n] != ':')
		return "a range has a beginning and an end: [01:10] or [a:c]";
	end = begin + n + 1;
	m = strcspn(end, ":]");
	step = end[m] == ':' ? end + m + 1 : NULL;
	r->step = 1;
	if (step && (!is_number(step, (size_t)(r->close - step)) || strtol(step, NULL, 10) < 1))
		return "the step of a range is a number above 0";
	if (step)
		r->step = strtol(step, NULL, 10);
	if (n == 1 && m == 1 && letter_index(*begin) >= 0 && letter_index(*end) >= 0) {
		r->alpha = true;
		r->first = letter_index(*begin);
		r->last = letter_index(*end);
	} else if (m && is_number(begin, n) && is_number(end, m)) {
		r->first = n ? strtol(begin, NULL, 10) : 0;
		r->last = strtol(end, NULL, 10);
		r->width = n > 1 && *begin == '0' ? (int)n : 0;
		if (r->width && m != n)
			return "both ends of a range that begins with 0 are equally long";
	} else {
		return "a range goes from number to number or from letter to letter";
	}
	return r->first > r->last ? "a range that ends before it begins" : NULL;
}

/* 1: there is a range, 0: there is none, -1: *why. */
static int next_range(struct range *r, const char *pattern, const char **why)
{
	*r = (struct range){.open = strchr(pattern, '[')};
	if (!r->open)
		return 0;
	r->close = strchr(r->open, ']');
	if (!r->close) {
		*why = "the bracket is not closed";
		return -1;
	}
	*why = read_bounds(r);
	if (*why && is_address(pattern, r))
		return 0;
	return *why ? -1 : 1;
}

static void put(struct buf *out, const struct range *r, long i)
{
	if (r->alpha)
		buf_addc(out, letters[i]);
	else
		buf_addf(out, "%0*ld", r->width, i);
}

/* `before` is what the ranges to the left gave. */
static int expand(struct strs *out, const char *before, const char *pattern, size_t max,
	const char **wrong, struct err *e)
{
	struct range r;
	const char *why = NULL;
	int found = next_range(&r, pattern, &why), rc = 0;

	if (found)
		*wrong = r.open;
	if (found < 0)
		return err_set(e, ERR_INPUT, "%s", why);
	if (out->n >= max || (found && (size_t)((r.last - r.first) / r.step) >= max))
		return err_set(e, ERR_LIMIT, "more than %zu hosts", max);
	if (!found) {
		strs_addf(out, "%s%s", before, pattern);
		return 0;
	}
	for (long i = r.first; !rc && i <= r.last; i += r.step) {
		struct buf name = {0};

		buf_adds(&name, before);
		buf_add(&name, pattern, (size_t)(r.open - pattern));
		put(&name, &r, i);
		rc = expand(out, buf_str(&name), r.close + 1, max, wrong, e);
		buf_finish(&name);
	}
	return rc;
}

int inv_range(struct strs *out, const char *pattern, size_t max, size_t *bad, struct err *e)
{
	const char *wrong = pattern;
	int rc = expand(out, "", pattern, max, &wrong, e);

	*bad = (size_t)(wrong - pattern);
	return rc;
}
