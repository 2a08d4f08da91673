#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"

/* The plugin protocol: https://nagios-plugins.org/doc/guidelines.html, "TEXT | perfdata", exit 0-3.
 */

#define PERF_MAX 512

static const char *const state_names[] = {"ok", "warn", "crit", "unknown"};

/* Units as plugins write them, and what is kept. Percent stays percent, a counter is a count. */
static const struct {
	const char *unit, *kept;
	double factor;
} units[] = {
	{"ns", "seconds", 1e-9},
	{"us", "seconds", 1e-6},
	{"µs", "seconds", 1e-6},
	{"ms", "seconds", 1e-3},
	{"s", "seconds", 1},
	{"d", "seconds", 86400},
	{"%", "percent", 1},
	{"B", "bytes", 1},
	{"KB", "bytes", 1024},
	{"kB", "bytes", 1024},
	{"MB", "bytes", 1048576},
	{"GB", "bytes", 1073741824},
	{"TB", "bytes", 1099511627776},
	{"PB", "bytes", 1125899906842624},
	{"KiB", "bytes", 1024},
	{"MiB", "bytes", 1048576},
	{"GiB", "bytes", 1073741824},
	{"TiB", "bytes", 1099511627776},
	{"PiB", "bytes", 1125899906842624},
	{"c", "count", 1},
	{"", "", 1},
};

static const char *skip_blank(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* A label, which quotes may hold together ('' is a quote inside); NULL when no "=" follows. */
static const char *label(const char *s, struct buf *out)
{
	bool quoted = *s == '\'';

	s += quoted;
	while (*s && (quoted || (*s != '=' && !isspace((unsigned char)*s)))) {
		if (quoted && *s == '\'') {
			if (s[1] != '\'')
				break;
			s++;
		}
		buf_addc(out, *s++);
	}
	if (quoted && *s == '\'')
		s++;
	return *s == '=' && out->len ? s + 1 : NULL;
}

static void put_range(struct doc *map, const char *key, const char *s, size_t n)
{
	char *text = xstrndup(s, n);

	if (n)
		doc_set(map, key, doc_new_str(text));
	free(text);
}

/* Plugins that heed the locale write "0,5". */
static void decimal_points(char *s)
{
	for (char *c = s; *c; c++)
		if (*c == ',' && c > s && isdigit((unsigned char)c[-1]) &&
			isdigit((unsigned char)c[1]))
			*c = '.';
}

/* Whether a value is one that the range gives alert for: "10" is beyond 0 to 10, "10:" below 10,
 * "~:10" above it, "10:20" outside, "@10:20" inside. A range that is none gives no alert. */
static bool range_alerts(const char *s, double v)
{
	bool inside = *s == '@', beyond;
	double low = 0, high = INFINITY;
	const char *colon, *number;
	char *end;

	s += inside;
	colon = strchr(s, ':');
	if (colon && *s == '~')
		low = -INFINITY;
	else if (colon && s != colon)
		low = strtod(s, &end);
	number = colon ? colon + 1 : s;
	if (*number) {
		high = strtod(number, &end);
		if (end == number)
			return false;
	} else if (!colon) {
		return false;
	}
	beyond = v < low || v > high;
	return inside ? !beyond : beyond;
}

/* Which of its own limits the value is beyond. */
static void put_beyond(struct doc *map, double v)
{
	static const char *const limits[] = {"crit", "warn"};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const char *range = doc_get_str(map, limits[i], NULL);

		if (range && range_alerts(range, v)) {
			doc_set_str(map, "beyond", limits[i]);
			return;
		}
	}
}

/* VALUE[UNIT];[warn];[crit];[min];[max]. "U" means that the plugin could not tell. */
static struct doc *perf_value(const char *s, size_t n)
{
	static const char *const keys[] = {"warn", "crit", "min", "max"};
	char *text = xstrndup(s, n), *unit;
	struct doc *map = doc_new_map();
	char *rest = strchr(text, ';');
	double v;

	decimal_points(text);
	if (rest)
		*rest++ = '\0';
	v = strtod(text, &unit);
	if (unit == text)
		doc_set(map, "value", doc_new_null());
	for (size_t i = 0; unit != text && i < sizeof units / sizeof *units; i++)
		if (str_eq(unit, units[i].unit)) {
			doc_set(map, "value", doc_new_real(v * units[i].factor));
			doc_set_str(map, "unit", units[i].kept);
		}
	if (!doc_get(map, "value")) {
		doc_set(map, "value", doc_new_real(v));
		doc_set_str(map, "unit", unit);
	}
	for (size_t i = 0; rest && i < sizeof keys / sizeof *keys; i++) {
		size_t len = strcspn(rest, ";");

		put_range(map, keys[i], rest, len);
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	if (unit != text)
		put_beyond(map, v);
	free(text);
	return map;
}

static void perfdata(struct doc *out, const char *s)
{
	for (s = skip_blank(s); *s && doc_len(out) < PERF_MAX; s = skip_blank(s)) {
		struct buf name = {0};
		const char *value = label(s, &name);
		size_t n = value ? strcspn(value, " \t\r\n") : strcspn(s, " \t\r\n");

		if (value)
			doc_set(out, buf_str(&name), perf_value(value, n));
		s = (value ? value : s) + n;
		s += !n && *s;
		buf_finish(&name);
	}
}

int parse_nagios(struct doc **out, const char *s, size_t n, int exit_status, struct err *e)
{
	char *text = xstrndup(s, n), *long_text = strchr(text, '\n'), *bar;
	struct doc *perf = doc_new_map();

	*out = NULL;
	if (long_text)
		*long_text++ = '\0';
	bar = strchr(text, '|');
	if (bar) {
		*bar++ = '\0';
		perfdata(perf, bar);
	}
	/* More perfdata may stand behind a bar in the lines below. */
	bar = long_text ? strchr(long_text, '|') : NULL;
	if (bar) {
		*bar++ = '\0';
		perfdata(perf, bar);
	}
	if (!*skip_blank(text)) {
		doc_free(perf);
		free(text);
		return err_set(e, ERR_INPUT, "the plugin printed no text");
	}
	*out = doc_new_map();
	doc_set_str(
		*out, "state", state_names[exit_status >= 0 && exit_status <= 3 ? exit_status : 3]);
	doc_set_str(*out, "text", text);
	doc_set_str(*out, "long", long_text ? long_text : "");
	doc_set(*out, "perf", perf);
	free(text);
	return 0;
}
