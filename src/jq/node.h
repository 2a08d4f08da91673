/*
 * An expression as a tree, its names resolved to slots and functions. Made by parse.c, walked by
 * eval.c. Only for this folder.
 */
#ifndef OPSDECK_JQ_NODE_H
#define OPSDECK_JQ_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "jq/val.h"

struct native;
struct node;

enum node_kind {
	NODE_SELF,    /* . */
	NODE_LITERAL, /* v */
	NODE_INDEX,   /* a[b] */
	NODE_SLICE,   /* a[b:c], b and c may be missing */
	NODE_EACH,    /* a[] */
	NODE_TRY,     /* try a catch b; b may be missing */
	NODE_TEXT,    /* "..\(kids[0]).." as `format` says */
	NODE_ARRAY,   /* [a], a may be missing */
	NODE_OBJECT,  /* {kids[0]: kids[1], ...} */
	NODE_NEGATE,
	NODE_PIPE,
	NODE_COMMA,
	NODE_AND,
	NODE_OR,
	NODE_ELSE,    /* a // b */
	NODE_BINARY,  /* a `op` b */
	NODE_ASSIGN,  /* a = b */
	NODE_UPDATE,  /* a |= b */
	NODE_CHANGE,  /* a `op`= b; op '?' is //= */
	NODE_IF,      /* if a then b else c */
	NODE_REDUCE,  /* reduce a as pattern (b; c) */
	NODE_FOREACH, /* foreach a as pattern (b; c; d) */
	NODE_BIND,    /* a as pattern | b */
	NODE_VARIABLE,
	NODE_LABEL, /* label slot | a */
	NODE_BREAK,
	NODE_CALL,    /* func(kids) */
	NODE_CLOSURE, /* a parameter of an enclosing function, evaluated where it was written */
	NODE_NATIVE,  /* native(kids): kids are expressions as they stand */
};

/* What is taken apart by `as`: one variable, [patterns] or {keys: patterns}. */
struct pattern {
	enum { PATTERN_VARIABLE, PATTERN_ARRAY, PATTERN_OBJECT } kind;
	size_t slot;
	struct pattern *kids;
	struct node **keys; /* of an object, one for each kid */
	size_t n, cap, key_cap;
};

struct node {
	enum node_kind kind;
	int op; /* of NODE_BINARY and NODE_CHANGE: + - * / % = (==) ! (!=) < > l (<=) g (>=) */
	bool lenient; /* `?` behind an index, a slice or each: its own failure is no result */
	bool one;     /* gives exactly one result, or fails */
	bool one_if;  /* the same, if all closures do */
	bool marked;
	size_t up;   /* how many functions further out the slot, closure or callee stands */
	size_t slot; /* variable, label, or number of the closure */
	struct node *a, *b, *c, *d;
	struct node **kids;
	size_t n, cap;
	struct val v; /* literal; list of plain parts of a text; format's name */
	struct pattern *pattern;
	struct func *func;
	const struct native *native;
};

struct param {
	char *name;
	bool by_value; /* $name: evaluated before, one call for each of its values */
	size_t slot;
};

struct func {
	char *name;
	struct param *params;
	size_t n, cap;
	size_t slots; /* variables that a call needs room for */
	size_t level; /* how many functions it stands in */
	struct node *body;
	bool marking; /* node_mark is on its way through the body */
};

/* Everything that belongs to one text. */
struct unit {
	struct node **nodes;
	size_t node_count, node_cap;
	struct func **funcs;
	size_t func_count, func_cap;
	struct pattern **patterns;
	size_t pattern_count, pattern_cap;
	struct func *top;	  /* the text itself, a function without parameters */
	const struct unit *outer; /* whose functions may be named too; or NULL */
};

/* `prelude`: a unit whose functions may be named, or NULL. `globals`: names of the variables that
 * stand in the first slots, NULL-terminated. With `definitions` the text is definitions only.
 * "line N: what is wrong". */
int unit_parse(struct unit **out, const char *text, const struct unit *prelude,
	const char *const *globals, bool definitions, struct err *e) WARN_UNUSED;
void unit_free(struct unit *u);

#endif
