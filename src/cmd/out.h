/*
 * What the command line prints: everything goes through safe text on its way out. Knows no
 * subcommand.
 */
#ifndef OPSDECK_CMD_OUT_H
#define OPSDECK_CMD_OUT_H

#include <stddef.h>
#include <stdint.h>

struct diff;
struct doc;
struct view;

/* Text of many lines is fine; controls but newline and tab are spelt out. */
void out_text(const char *s, size_t n);
void out_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Pretty JSON in which everything that is not plainly printable is written \uXXXX. */
void out_json(const struct doc *d);

/* A line for a person on stderr: "opsdeck: ...". */
void out_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void out_diff(const struct diff *d);
/* The diff as a request's answer brought it. */
void out_diff_doc(const struct doc *d);
void out_view(const struct view *v);

/* Columns: cells of one row after another; the widths fit the contents, but for the last. */
struct out_table {
	size_t columns;
	char **cells;
	size_t count, cap;
};
void out_row(struct out_table *t, const char *const *cells); /* t->columns of them; copied */
void out_table_end(struct out_table *t);		     /* prints and frees */

/* "12s", "4m" ago; "never" for 0. Static text of the buffer. */
const char *out_age(char *text, size_t size, int64_t at_ms);

#endif
