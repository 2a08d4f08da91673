/*
 * The expressions of checks: the language of jq 1.6, parsed and evaluated here. Knows no check: a
 * program is a name and an expression.
 *
 * Programs see `.`, $now (epoch seconds), $params and $previous, and the definitions of the
 * prelude. They cannot ask for the environment, the clock, files, more input or modules: a program
 * that names such a function is refused. Each run ends: steps and depth are bounded.
 *
 * What differs from jq 1.6, besides: `if` needs no `else`; `limit(0)`, assignments that delete and
 * empty matches are as in jq 1.7; `until`, `while` and `repeat` go on with the last result of a
 * step; `?//`, `input`, `$__loc__`, SQL-style and streaming functions are not there.
 */
#ifndef OPSDECK_PORT_JQ_PROGRAM_H
#define OPSDECK_PORT_JQ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct doc;
struct programs;

/* `prelude`: jq definitions for all programs, or NULL; trusted. */
struct programs *programs_new(const char *prelude);
void programs_free(struct programs *p);

/* Index of the new program. The text is copied; nothing is compiled yet. */
size_t programs_add(struct programs *p, const char *name, const char *text);
/* Another text for a program that is there: programs_compile takes it up. */
void programs_replace(struct programs *p, size_t i, const char *text);
/* Compiles what is not compiled; those that fail get a message. */
void programs_compile(struct programs *p);
size_t programs_count(const struct programs *p);
const char *programs_name(const struct programs *p, size_t i);
/* NULL when it compiled; borrowed. */
const char *programs_error(const struct programs *p, size_t i);

struct program_vars {
	int64_t now_s;
	const struct doc *params, *previous; /* NULL = null */
	uint64_t steps;			     /* at most; 0: 50 million */
};

/* The program's first result. -1 when it raised an error (its message), gave none, or did not
 * compile. Caller frees. */
int programs_run(struct programs *p, size_t i, const struct doc *input,
	const struct program_vars *vars, struct doc **out, struct err *e) WARN_UNUSED;

/* The expression without its comments, refused when brackets are not balanced or a function is
 * named that programs may not use: so that it can be put between brackets safely. */
int program_clean(struct buf *out, const char *text, struct err *e) WARN_UNUSED;
/* Whether the (clean or unclean) expression names this variable ("now"), outside strings' plain
 * text. */
bool program_uses(const char *text, const char *variable);

#endif
