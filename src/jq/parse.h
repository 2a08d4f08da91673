/*
 * What the two halves of the parser share: parse.c reads expressions, parse_term.c what stands
 * alone in them, scope.c knows the names. Only for this folder.
 */
#ifndef OPSDECK_JQ_PARSE_H
#define OPSDECK_JQ_PARSE_H

#include "jq/lex.h"
#include "jq/node.h"

#define PARSE_DEPTH_MAX 500

enum entry_kind { ENTRY_VARIABLE, ENTRY_CLOSURE, ENTRY_FUNC, ENTRY_LABEL };

/* A name that can be seen from where the parser is. */
struct entry {
	enum entry_kind kind;
	const char *name;
	size_t len;
	size_t level; /* of the function whose frame holds it */
	size_t slot;  /* or number of the closure */
	struct func *func;
};

struct parser {
	struct lex lex;
	struct unit *unit;
	const struct unit *prelude;
	struct func *func; /* that is being read */
	struct entry *scope;
	size_t scope_n, scope_cap;
	int depth;
	struct err *e;
};

struct node *node_new(struct parser *p, enum node_kind kind);
struct node *node_two(struct parser *p, enum node_kind kind, struct node *a, struct node *b);
struct node *node_literal(struct parser *p, struct val v);
void node_add(struct node *n, struct node *kid);

/* -1 with "line N: ..." */
int parse_fail(struct parser *p, const char *wanted);
int parse_next(struct parser *p);
int parse_sign(struct parser *p, int sign, const char *wanted);
int parse_keyword(struct parser *p, const char *word);

/* NULL when it failed. pipe: everything; above: what binds tighter than `|`, `,` and so on. */
struct node *parse_pipe(struct parser *p);
struct node *parse_term(struct parser *p);
struct node *parse_string(struct parser *p, const char *format, size_t len);
/* After `{`. */
struct node *parse_object(struct parser *p);
int parse_pattern(struct parser *p, struct pattern *out);

/* scope.c */
void scope_variable(struct parser *p, const char *name, size_t len, size_t *slot);
void scope_label(struct parser *p, const char *name, size_t len, size_t *slot);
void scope_func(struct parser *p, struct func *f);
/* `def`, after the word: up to its `;`, and the name stays in scope. */
int parse_def(struct parser *p);
struct node *scope_use_variable(struct parser *p, const char *name, size_t len);
struct node *scope_use_label(struct parser *p, const char *name, size_t len);
struct node *scope_call(
	struct parser *p, const char *name, size_t len, struct node **args, size_t n);

#endif
