/*
 * The words of an expression. Strings are read piece by piece by the parser, which alone knows what
 * stands in \( ). Only for this folder.
 */
#ifndef OPSDECK_JQ_LEX_H
#define OPSDECK_JQ_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;

/* Signs of one character are that character; `x=` is LEX_SET + x. */
enum {
	LEX_END = 0,
	LEX_NUMBER = 256,
	LEX_NAME,
	LEX_KEYWORD,  /* its text is in at/len */
	LEX_FIELD,    /* .name: at/len without the point */
	LEX_VARIABLE, /* $name: without the sign */
	LEX_FORMAT,   /* @name: with it */
	LEX_RECURSE,  /* .. */
	LEX_ELSE,     /* // */
	LEX_SET = 512,
	LEX_SET_ELSE = LEX_SET + LEX_ELSE,
};

struct lex {
	const char *text;
	size_t pos;
	/* The word that is at hand. */
	int kind;
	const char *at;
	size_t len;
	double number;
};

/* Goes on to the next word. */
int lex_next(struct lex *l, struct err *e) WARN_UNUSED;
bool lex_is(const struct lex *l, const char *keyword);
int lex_line(const struct lex *l);

/* After '"' is at hand: appends plain text up to the end of the string (*end true) or up to an
 * interpolation's "\(". The word at hand is used up. */
int lex_text(struct lex *l, struct buf *out, bool *end, struct err *e) WARN_UNUSED;

#endif
