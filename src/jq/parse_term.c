#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jq/native.h"
#include "jq/parse.h"

#define ARGS_MAX 8

struct node *node_literal(struct parser *p, struct val v)
{
	struct node *n = node_new(p, NODE_LITERAL);

	n->v = v;
	return n;
}

static struct node *index_by(struct parser *p, struct node *of, const char *name, size_t len)
{
	return node_two(p, NODE_INDEX, of, node_literal(p, val_strn(name, len)));
}

/* ---- strings ---- */

/* The word at hand is '"'. Afterwards the next one is at hand. */
struct node *parse_string(struct parser *p, const char *format, size_t len)
{
	struct node *n = node_new(p, NODE_TEXT);
	struct val parts = val_array(1);
	bool end = false;

	while (!end) {
		struct buf text = {0};
		struct node *kid;

		if (lex_text(&p->lex, &text, &end, p->e)) {
			buf_finish(&text);
			val_free(parts);
			return NULL;
		}
		parts = val_push(parts, val_take_buf(&text));
		if (end)
			break;
		if (parse_next(p) || !(kid = parse_pipe(p)) || p->lex.kind != ')') {
			if (!*p->e->msg || p->lex.kind != ')')
				parse_fail(p, "\")\"");
			val_free(parts);
			return NULL;
		}
		node_add(n, kid);
	}
	if (!n->n) {
		n->kind = NODE_LITERAL;
		n->v = val_copy(val_at(&parts, 0));
		val_free(parts);
	} else {
		n->v = parts;
		n->a = format ? node_literal(p, val_strn(format, len)) : NULL;
	}
	return parse_next(p) ? NULL : n;
}

/* ---- what stands behind a term ---- */

/* After `[`: an index, a slice or each. */
static struct node *bracket(struct parser *p, struct node *of)
{
	struct node *n, *from = NULL;

	if (p->lex.kind == ']')
		return parse_next(p) ? NULL : node_two(p, NODE_EACH, of, NULL);
	if (p->lex.kind != ':' && !(from = parse_pipe(p)))
		return NULL;
	if (p->lex.kind != ':') {
		n = node_two(p, NODE_INDEX, of, from);
	} else {
		n = node_two(p, NODE_SLICE, of, from);
		if (parse_next(p))
			return NULL;
		if (p->lex.kind != ']' && !(n->c = parse_pipe(p)))
			return NULL;
		if (!n->b && !n->c) {
			parse_fail(p, "an end of the slice");
			return NULL;
		}
	}
	return parse_sign(p, ']', "\"]\"") ? NULL : n;
}

/* After a point: a string or a bracket. */
static struct node *pointed(struct parser *p, struct node *of)
{
	struct node *key;

	if (p->lex.kind == '"') {
		key = parse_string(p, NULL, 0);
		return key ? node_two(p, NODE_INDEX, of, key) : NULL;
	}
	if (p->lex.kind == '[')
		return parse_next(p) ? NULL : bracket(p, of);
	parse_fail(p, "a name or a bracket");
	return NULL;
}

/* Behind a step it is for that step alone: what comes before may fail. */
static struct node *optional(struct parser *p, struct node *n)
{
	if (n->kind != NODE_INDEX && n->kind != NODE_SLICE && n->kind != NODE_EACH)
		return node_two(p, NODE_TRY, n, NULL);
	n->lenient = true;
	return n;
}

static struct node *postfix(struct parser *p, struct node *n)
{
	while (n) {
		if (p->lex.kind == LEX_FIELD) {
			n = index_by(p, n, p->lex.at, p->lex.len);
			if (parse_next(p))
				return NULL;
		} else if (p->lex.kind == '.') {
			n = parse_next(p) ? NULL : pointed(p, n);
		} else if (p->lex.kind == '[') {
			n = parse_next(p) ? NULL : bracket(p, n);
		} else if (p->lex.kind == '?') {
			n = optional(p, n);
			if (parse_next(p))
				return NULL;
		} else {
			break;
		}
	}
	return n;
}

/* ---- words with a shape of their own ---- */

static struct node *condition(struct parser *p)
{
	struct node *n = node_new(p, NODE_IF);

	if (!(n->a = parse_pipe(p)) || parse_keyword(p, "then") || !(n->b = parse_pipe(p)))
		return NULL;
	if (lex_is(&p->lex, "elif")) {
		n->c = parse_next(p) ? NULL : condition(p);
		return n->c ? n : NULL;
	}
	if (lex_is(&p->lex, "else")) {
		if (parse_next(p) || !(n->c = parse_pipe(p)))
			return NULL;
	} else {
		n->c = node_new(p, NODE_SELF);
	}
	return parse_keyword(p, "end") ? NULL : n;
}

static struct node *loop(struct parser *p, bool reduce)
{
	struct node *n = node_new(p, reduce ? NODE_REDUCE : NODE_FOREACH);
	size_t mark = p->scope_n;

	n->pattern = xcalloc(1, sizeof *n->pattern);
	*ARR_ADD(p->unit->patterns, p->unit->pattern_count, p->unit->pattern_cap) = n->pattern;
	if (!(n->a = parse_term(p)) || parse_keyword(p, "as") || parse_pattern(p, n->pattern) ||
		parse_sign(p, '(', "\"(\""))
		return NULL;
	if (!(n->b = parse_pipe(p)) || parse_sign(p, ';', "\";\"") || !(n->c = parse_pipe(p)))
		return NULL;
	if (!reduce && p->lex.kind == ';' && (parse_next(p) || !(n->d = parse_pipe(p))))
		return NULL;
	p->scope_n = mark;
	return parse_sign(p, ')', "\")\"") ? NULL : n;
}

static struct node *attempt(struct parser *p)
{
	struct node *n = node_new(p, NODE_TRY);

	if (!(n->a = parse_term(p)))
		return NULL;
	if (!lex_is(&p->lex, "catch"))
		return n;
	n->b = parse_next(p) ? NULL : parse_term(p);
	return n->b ? n : NULL;
}

/* null, false and true; NULL when it is none of them. */
static struct node *constant(struct parser *p, const char *name, size_t len)
{
	static const char *const words[] = {"null", "false", "true"};

	for (int i = 0; i < 3; i++)
		if (strlen(words[i]) == len && !memcmp(words[i], name, len))
			return node_literal(p, (struct val){.kind = (enum val_kind)i});
	return NULL;
}

static struct node *call(struct parser *p)
{
	struct node *args[ARGS_MAX];
	const char *name = p->lex.at;
	size_t len = p->lex.len, n = 0;
	struct node *word;

	if (parse_next(p))
		return NULL;
	if (p->lex.kind != '(' && (word = constant(p, name, len)))
		return word;
	if (len == 5 && !memcmp(name, "break", 5) && p->lex.kind == LEX_VARIABLE) {
		struct node *leave = scope_use_label(p, p->lex.at, p->lex.len);

		return leave && !parse_next(p) ? leave : NULL;
	}
	if (p->lex.kind == '(') {
		do {
			if (n == ARGS_MAX) {
				parse_fail(p, "\")\"");
				return NULL;
			}
			if (parse_next(p) || !(args[n++] = parse_pipe(p)))
				return NULL;
		} while (p->lex.kind == ';');
		if (parse_sign(p, ')', "\")\""))
			return NULL;
	}
	return scope_call(p, name, len, args, n);
}

static struct node *keyword(struct parser *p)
{
	static const char *const words[] = {"if", "reduce", "foreach", "try"};

	for (int i = 0; i < 4; i++) {
		if (!lex_is(&p->lex, words[i]))
			continue;
		if (parse_next(p))
			return NULL;
		return i == 0 ? condition(p) : i < 3 ? loop(p, i == 1) : attempt(p);
	}
	parse_fail(p, "an expression");
	return NULL;
}

static struct node *format(struct parser *p)
{
	const char *name = p->lex.at;
	size_t len = p->lex.len;
	struct node *n;

	if (parse_next(p))
		return NULL;
	if (p->lex.kind == '"')
		return parse_string(p, name, len);
	n = node_new(p, NODE_TEXT);
	n->a = node_literal(p, val_strn(name, len));
	node_add(n, node_new(p, NODE_SELF));
	n->v = val_push(val_push(val_array(2), val_str("")), val_str(""));
	return n;
}

static struct node *bracketed(struct parser *p)
{
	struct node *n;

	if (p->lex.kind == '{')
		return parse_next(p) ? NULL : parse_object(p);
	if (p->lex.kind == '(') {
		if (parse_next(p) || !(n = parse_pipe(p)))
			return NULL;
		return parse_sign(p, ')', "\")\"") ? NULL : n;
	}
	n = node_new(p, NODE_ARRAY);
	if (parse_next(p))
		return NULL;
	if (p->lex.kind != ']' && !(n->a = parse_pipe(p)))
		return NULL;
	return parse_sign(p, ']', "\"]\"") ? NULL : n;
}

static struct node *primary(struct parser *p)
{
	struct node *n;

	switch (p->lex.kind) {
	case LEX_NUMBER:
		n = node_literal(p, val_number(p->lex.number));
		break;
	case LEX_FIELD:
		n = index_by(p, node_new(p, NODE_SELF), p->lex.at, p->lex.len);
		break;
	case LEX_VARIABLE:
		n = scope_use_variable(p, p->lex.at, p->lex.len);
		break;
	case LEX_RECURSE:
		n = scope_call(p, "recurse", 7, NULL, 0);
		break;
	case LEX_NAME:
		return call(p);
	case LEX_KEYWORD:
		return keyword(p);
	case LEX_FORMAT:
		return format(p);
	case '"':
		return parse_string(p, NULL, 0);
	case '.':
		n = node_new(p, NODE_SELF);
		if (parse_next(p))
			return NULL;
		return p->lex.kind == '"' ? pointed(p, n) : n;
	case '(':
	case '[':
	case '{':
		return bracketed(p);
	default:
		parse_fail(p, "an expression");
		return NULL;
	}
	return n && !parse_next(p) ? n : NULL;
}

struct node *parse_term(struct parser *p)
{
	struct node *n;

	if (++p->depth > PARSE_DEPTH_MAX) {
		err_set(p->e, ERR_LIMIT, "line %d: nested too deep", lex_line(&p->lex));
		return NULL;
	}
	n = postfix(p, primary(p));
	p->depth--;
	return n;
}
