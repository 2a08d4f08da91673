/*
 * Regular expressions as jq reads them: Oniguruma's with Perl's syntax. PCRE2 evaluates them, which
 * in all that checks use means the same: `^` and `$` are the ends of the text. Oniguruma itself
 * cannot be linked: its library brings a regcomp() that would take the place of libc's. Only for
 * this folder.
 */
#ifndef OPSDECK_JQ_REGEX_H
#define OPSDECK_JQ_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "jq/val.h"

struct buf;

enum regex_option {
	REGEX_CASELESS = 1,
	REGEX_EXTENDED = 2, /* white space and comments are no pattern */
	REGEX_DOTALL = 4,   /* a dot is a newline too */
};

/* Those that were compiled already, each kept until another takes its place. */
struct regexes;
struct regex;

struct regexes *regexes_new(void);
void regexes_free(struct regexes *r);

/* Valid until the next is compiled; NULL with one line in *why. */
const struct regex *regexes_compile(
	struct regexes *r, struct val_string *pattern, unsigned options, struct buf *why);
/* How many groups it has, the whole match among them. */
unsigned regex_groups(const struct regex *re);
/* The groups' names in a list by number, null or short where there are none. */
struct val regex_names(const struct regex *re);

#define REGEX_UNSET ((size_t)-1) /* begin and end of a group that took no part */
/* One search in the bytes from `from` on: 1 with begin and end of each group in *ends (valid until
 * the next), 0 when there is none, else PCRE2's error, which is negative. not_empty: no empty
 * match. */
int regexes_match(struct regexes *r, const struct regex *re, const struct val_string *s,
	size_t from, bool not_empty, const size_t **ends);

#endif
