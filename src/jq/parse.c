#include "config.h"

#include "jq/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "jq/mark.h"

/* ---- nodes ---- */

struct node *node_new(struct parser *p, enum node_kind kind)
{
	struct node *n = xcalloc(1, sizeof *n);

	*ARR_ADD(p->unit->nodes, p->unit->node_count, p->unit->node_cap) = n;
	n->kind = kind;
	return n;
}

struct node *node_two(struct parser *p, enum node_kind kind, struct node *a, struct node *b)
{
	struct node *n = node_new(p, kind);

	n->a = a;
	n->b = b;
	return n;
}

void node_add(struct node *n, struct node *kid)
{
	*ARR_ADD(n->kids, n->n, n->cap) = kid;
}

static void pattern_finish(struct pattern *at)
{
	for (size_t i = 0; i < at->n; i++)
		pattern_finish(&at->kids[i]);
	free(at->kids);
	free(at->keys);
}

static void func_free(struct func *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->params[i].name);
	free(f->params);
	free(f->name);
	free(f);
}

void unit_free(struct unit *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->node_count; i++) {
		val_free(u->nodes[i]->v);
		free(u->nodes[i]->kids);
		free(u->nodes[i]);
	}
	for (size_t i = 0; i < u->func_count; i++)
		func_free(u->funcs[i]);
	for (size_t i = 0; i < u->pattern_count; i++) {
		pattern_finish(u->patterns[i]);
		free(u->patterns[i]);
	}
	free(u->nodes);
	free(u->funcs);
	free(u->patterns);
	free(u);
}

/* ---- words ---- */

int parse_fail(struct parser *p, const char *wanted)
{
	if (p->lex.kind == LEX_END)
		return err_set(p->e, ERR_INPUT, "line %d: it ends where %s is wanted",
			lex_line(&p->lex), wanted);
	return err_set(p->e, ERR_INPUT, "line %d: \"%.*s\" where %s is wanted", lex_line(&p->lex),
		(int)(p->lex.len < 40 ? p->lex.len : 40), p->lex.at, wanted);
}

int parse_next(struct parser *p)
{
	return lex_next(&p->lex, p->e);
}

int parse_sign(struct parser *p, int sign, const char *wanted)
{
	return p->lex.kind == sign ? parse_next(p) : parse_fail(p, wanted);
}

int parse_keyword(struct parser *p, const char *word)
{
	return lex_is(&p->lex, word) ? parse_next(p) : parse_fail(p, word);
}

/* ---- operators ---- */

enum {
	PREC_COMMA = 1,
	PREC_ELSE,
	PREC_ASSIGN,
	PREC_OR,
	PREC_AND,
	PREC_COMPARE,
	PREC_ADD,
	PREC_MUL
};

static int precedence(const struct lex *l)
{
	switch (l->kind) {
	case ',':
		return PREC_COMMA;
	case LEX_ELSE:
		return PREC_ELSE;
	case '=':
	case LEX_SET + '|':
	case LEX_SET + '+':
	case LEX_SET + '-':
	case LEX_SET + '*':
	case LEX_SET + '/':
	case LEX_SET + '%':
	case LEX_SET_ELSE:
		return PREC_ASSIGN;
	case LEX_SET + '=':
	case LEX_SET + '!':
	case LEX_SET + '<':
	case LEX_SET + '>':
	case '<':
	case '>':
		return PREC_COMPARE;
	case '+':
	case '-':
		return PREC_ADD;
	case '*':
	case '/':
	case '%':
		return PREC_MUL;
	default:
		return lex_is(l, "or") ? PREC_OR : lex_is(l, "and") ? PREC_AND : 0;
	}
}

static struct node *join(struct parser *p, int prec, int sign, struct node *a, struct node *b)
{
	static const enum node_kind plain[] = {[PREC_COMMA] = NODE_COMMA,
		[PREC_ELSE] = NODE_ELSE,
		[PREC_OR] = NODE_OR,
		[PREC_AND] = NODE_AND};
	struct node *n = node_two(p, NODE_BINARY, a, b);

	if (prec == PREC_COMMA || prec == PREC_ELSE || prec == PREC_OR || prec == PREC_AND) {
		n->kind = plain[prec];
	} else if (prec == PREC_ASSIGN) {
		n->kind = sign == '='		  ? NODE_ASSIGN
			  : sign == LEX_SET + '|' ? NODE_UPDATE
						  : NODE_CHANGE;
		n->op = sign == LEX_SET_ELSE ? '?' : sign - LEX_SET;
	} else if (sign >= LEX_SET) {
		n->op = sign == LEX_SET + '<' ? 'l' : sign == LEX_SET + '>' ? 'g' : sign - LEX_SET;
	} else {
		n->op = sign;
	}
	return n;
}

static struct node *binary(struct parser *p, int least);

/* An expression that begins with a word of its own or with `-`, or a term, maybe with `as`. */
static struct node *operand(struct parser *p)
{
	struct node *n, *body;
	size_t mark = p->scope_n;

	if (p->lex.kind == '-') {
		if (parse_next(p) || !(n = binary(p, PREC_MUL)))
			return NULL;
		return node_two(p, NODE_NEGATE, n, NULL);
	}
	if (lex_is(&p->lex, "def"))
		return parse_pipe(p);
	if (lex_is(&p->lex, "label")) {
		size_t slot;

		if (parse_next(p) || p->lex.kind != LEX_VARIABLE) {
			parse_fail(p, "$name");
			return NULL;
		}
		scope_label(p, p->lex.at, p->lex.len, &slot);
		if (parse_next(p) || parse_sign(p, '|', "\"|\"") || !(body = parse_pipe(p)))
			return NULL;
		p->scope_n = mark;
		n = node_two(p, NODE_LABEL, body, NULL);
		n->slot = slot;
		return n;
	}
	if (!(n = parse_term(p)) || !lex_is(&p->lex, "as"))
		return n;
	n = node_two(p, NODE_BIND, n, NULL);
	n->pattern = xcalloc(1, sizeof *n->pattern);
	*ARR_ADD(p->unit->patterns, p->unit->pattern_count, p->unit->pattern_cap) = n->pattern;
	if (parse_next(p) || parse_pattern(p, n->pattern) || parse_sign(p, '|', "\"|\"") ||
		!(n->b = parse_pipe(p)))
		return NULL;
	p->scope_n = mark;
	return n;
}

static struct node *binary(struct parser *p, int least)
{
	struct node *left = operand(p);

	while (left) {
		int prec = precedence(&p->lex), sign = p->lex.kind;
		struct node *right;

		if (!prec || prec < least)
			break;
		if (parse_next(p))
			return NULL;
		/* `//` groups to the right; the others to the left, and assignments and
		 * comparisons not at all. */
		right = binary(p, prec == PREC_ELSE ? prec : prec + 1);
		if (!right)
			return NULL;
		left = join(p, prec, sign, left, right);
		if ((prec == PREC_ASSIGN || prec == PREC_COMPARE) && precedence(&p->lex) == prec) {
			parse_fail(p, "an end or a bracket");
			return NULL;
		}
	}
	return left;
}

struct node *parse_pipe(struct parser *p)
{
	size_t mark = p->scope_n;
	struct node *left = NULL, *right;

	if (++p->depth > PARSE_DEPTH_MAX) {
		err_set(p->e, ERR_LIMIT, "line %d: nested too deep", lex_line(&p->lex));
		return NULL;
	}
	while (lex_is(&p->lex, "def"))
		if (parse_next(p) || parse_def(p))
			return NULL;
	left = binary(p, PREC_COMMA);
	if (left && p->lex.kind == '|') {
		right = parse_next(p) ? NULL : parse_pipe(p);
		left = right ? node_two(p, NODE_PIPE, left, right) : NULL;
	}
	p->scope_n = mark;
	p->depth--;
	return left;
}

/* ---- a whole text ---- */

int unit_parse(struct unit **out, const char *text, const struct unit *prelude,
	const char *const *globals, bool definitions, struct err *e)
{
	struct parser p = {.lex = {.text = text}, .prelude = prelude, .e = e};
	struct func *top = xcalloc(1, sizeof *top);
	int rc;

	p.unit = xcalloc(1, sizeof *p.unit);
	p.func = p.unit->top = top;
	top->name = xstrdup("");
	*ARR_ADD(p.unit->funcs, p.unit->func_count, p.unit->func_cap) = top;
	for (size_t i = 0; globals && globals[i]; i++) {
		size_t slot;

		scope_variable(&p, globals[i], strlen(globals[i]), &slot);
	}
	rc = parse_next(&p);
	while (!rc && definitions && lex_is(&p.lex, "def"))
		rc = parse_next(&p) || parse_def(&p) ? -1 : 0;
	if (!rc && !definitions && !(top->body = parse_pipe(&p)))
		rc = -1;
	if (!rc && p.lex.kind != LEX_END)
		rc = parse_fail(&p, definitions ? "a definition" : "an end");
	free(p.scope);
	p.unit->outer = prelude;
	for (size_t i = 0; !rc && i < p.unit->node_count; i++)
		node_mark(p.unit->nodes[i]);
	*out = p.unit;
	if (rc) {
		unit_free(p.unit);
		*out = NULL;
	}
	return rc;
}
