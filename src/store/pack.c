#include "config.h"

#include "store/pack.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define FIELDS 3

static void add_field(struct buf *out, const char *s, char end)
{
	for (; s != NULL && *s != '\0'; s++) {
		switch (*s) {
		case '\\':
			buf_add(out, "\\\\", 2);
			break;
		case '\t':
			buf_add(out, "\\t", 2);
			break;
		case '\n':
			buf_add(out, "\\n", 2);
			break;
		default:
			buf_addc(out, *s);
		}
	}
	buf_addc(out, end);
}

/* Numbers are kept with a dot whatever the locale of the screen is. */
static void swap_point(char *s, char from, char to)
{
	char *p = strchr(s, from);

	if (p != NULL)
		*p = to;
}

void pack_metrics(struct buf *out, const struct finding *f)
{
	char value[40];
	size_t i;

	for (i = 0; i < f->metric_count; i++) {
		snprintf(value, sizeof value, "%.17g", f->metrics[i].value);
		swap_point(value, localeconv()->decimal_point[0], '.');
		add_field(out, f->metrics[i].name, '\t');
		add_field(out, f->metrics[i].unit, '\t');
		add_field(out, value, '\n');
	}
}

void pack_items(struct buf *out, const struct finding *f)
{
	size_t i;

	for (i = 0; i < f->item_count; i++) {
		add_field(out, f->items[i].name, '\t');
		add_field(out, finding_state_name(f->items[i].state), '\t');
		add_field(out, f->items[i].text, '\n');
	}
}

/* Takes one field off *s; heap. *end is the byte that ended it: TAB, newline or NUL. */
static char *take_field(const char **s, char *end)
{
	const char *p = *s;
	char *out = xmalloc(strcspn(p, "\t\n") + 1);
	size_t n = 0;

	for (; *p != '\0' && *p != '\t' && *p != '\n'; p++) {
		if (*p == '\\' && p[1] != '\0') {
			p++;
			out[n++] = *p == 't' ? '\t' : *p == 'n' ? '\n' : *p;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
	*end = *p;
	*s = *p == '\0' ? p : p + 1;
	return out;
}

/* One line into its fields; false when it has not exactly FIELDS (they are freed then). */
static bool take_line(const char **s, char *fields[FIELDS])
{
	char end = '\t', *extra;
	size_t n = 0;

	memset(fields, 0, FIELDS * sizeof *fields);
	while (end == '\t' && n < FIELDS)
		fields[n++] = take_field(s, &end);
	if (n == FIELDS && end != '\t')
		return true;
	while (end == '\t') {
		extra = take_field(s, &end);
		free(extra);
	}
	while (n > 0)
		free(fields[--n]);
	return false;
}

void unpack_metrics(struct finding *f, const char *s)
{
	char *fields[FIELDS];
	struct metric *m;

	while (s != NULL && *s != '\0') {
		if (!take_line(&s, fields))
			continue;
		m = ARR_ADD(f->metrics, f->metric_count, f->metric_cap);
		m->name = fields[0];
		m->unit = fields[1];
		swap_point(fields[2], '.', localeconv()->decimal_point[0]);
		m->value = strtod(fields[2], NULL);
		free(fields[2]);
	}
}

void unpack_items(struct finding *f, const char *s)
{
	char *fields[FIELDS];
	struct finding_item *it;
	enum finding_state state;

	while (s != NULL && *s != '\0') {
		if (!take_line(&s, fields))
			continue;
		it = ARR_ADD(f->items, f->item_count, f->item_cap);
		it->name = fields[0];
		it->state = finding_state_parse(fields[1], &state) ? state : FINDING_UNKNOWN;
		it->text = fields[2];
		free(fields[1]);
	}
}
