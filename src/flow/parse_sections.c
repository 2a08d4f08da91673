#include "config.h"

#include "flow/parse_kinds.h"

#include <string.h>

#include "codec/doc.h"
#include "flow/parse_line.h"

#define LINES "lines"

/* "<<<df>>>" is the header of "df". */
static bool is_header(struct line line, const char *start, const char *end, struct line *name)
{
	size_t a = strlen(start), b = strlen(end);

	if (line.n <= a + b || !line_starts(line, start) || !line_ends(line, end))
		return false;
	*name = line_trim(line.s + a, line.n - a - b);
	return name->n > 0;
}

struct section {
	struct doc *map, *lines;
};

static void begin(struct section *s, struct line name)
{
	*s = (struct section){doc_new_map(), doc_new_list()};
	doc_set(s->map, "name", doc_new_strn(name.s, name.n));
}

static void end(struct section *s, struct doc *list)
{
	if (!s->map)
		return;
	doc_set(s->map, LINES, s->lines);
	doc_push(list, s->map);
	*s = (struct section){0};
}

/* What stands before the first header is a section without a name. */
int parse_sections(
	struct doc **out, const char *s, size_t n, const struct doc *options, struct err *e)
{
	const char *start = doc_get_str(options, "start", "<<<");
	const char *stop = doc_get_str(options, "end", ">>>");
	struct section section = {0};
	struct line line, name;
	size_t rows = 0;
	int rc = 0;

	*out = doc_new_list();
	while (!rc && line_next(&s, &n, &line)) {
		if (!line.n)
			continue;
		if (++rows > PARSE_ROWS_MAX) {
			rc = err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
		} else if (is_header(line, start, stop, &name)) {
			end(&section, *out);
			begin(&section, name);
		} else {
			if (!section.map)
				begin(&section, (struct line){"", 0});
			doc_push(section.lines, doc_new_strn(line.s, line.n));
		}
	}
	end(&section, *out);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
