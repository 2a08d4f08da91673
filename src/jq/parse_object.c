#include "config.h"

#include "base/mem.h"
#include "jq/parse.h"

/* ---- objects ---- */

/* ExpD of jq's grammar: terms and pipes, no commas or operators. */
static struct node *object_value(struct parser *p)
{
	struct node *n;

	if (p->lex.kind == '-') {
		n = parse_next(p) ? NULL : object_value(p);
		return n ? node_two(p, NODE_NEGATE, n, NULL) : NULL;
	}
	n = parse_term(p);
	if (n && p->lex.kind == '|') {
		struct node *right = parse_next(p) ? NULL : object_value(p);

		return right ? node_two(p, NODE_PIPE, n, right) : NULL;
	}
	return n;
}

static struct node *object_key(struct parser *p, struct node **otherwise)
{
	struct node *key;

	*otherwise = NULL;
	if (p->lex.kind == LEX_VARIABLE) {
		key = node_literal(p, val_strn(p->lex.at, p->lex.len));
		*otherwise = scope_use_variable(p, p->lex.at, p->lex.len);
		return *otherwise && !parse_next(p) ? key : NULL;
	}
	if (p->lex.kind == LEX_NAME || p->lex.kind == LEX_KEYWORD || p->lex.kind == LEX_NUMBER) {
		key = node_literal(p, val_strn(p->lex.at, p->lex.len));
		*otherwise = p->lex.kind == LEX_NUMBER
				     ? NULL
				     : node_two(p, NODE_INDEX, node_new(p, NODE_SELF), key);
		return parse_next(p) ? NULL : key;
	}
	if (p->lex.kind == '"') {
		key = parse_string(p, NULL, 0);
		*otherwise = key ? node_two(p, NODE_INDEX, node_new(p, NODE_SELF), key) : NULL;
		return key;
	}
	if (p->lex.kind == '(') {
		if (parse_next(p) || !(key = parse_pipe(p)))
			return NULL;
		return parse_sign(p, ')', "\")\"") ? NULL : key;
	}
	parse_fail(p, "a key");
	return NULL;
}

struct node *parse_object(struct parser *p)
{
	struct node *n = node_new(p, NODE_OBJECT);

	while (p->lex.kind != '}') {
		struct node *value, *key = object_key(p, &value);

		if (!key)
			return NULL;
		if (p->lex.kind == ':') {
			if (parse_next(p) || !(value = object_value(p)))
				return NULL;
		} else if (!value) {
			parse_fail(p, "\":\"");
			return NULL;
		}
		node_add(n, key);
		node_add(n, value);
		if (p->lex.kind != ',')
			break;
		if (parse_next(p))
			return NULL;
	}
	return parse_sign(p, '}', "\"}\"") ? NULL : n;
}

/* ---- patterns ---- */

static int array_pattern(struct parser *p, struct pattern *out)
{
	out->kind = PATTERN_ARRAY;
	do {
		if (parse_next(p) || parse_pattern(p, ARR_ADD(out->kids, out->n, out->cap)))
			return -1;
	} while (p->lex.kind == ',');
	return parse_sign(p, ']', "\"]\"");
}

/* `$name`, `$name: pattern`, `key: pattern`, `"key": pattern` or `(key): pattern`. */
static int pair_pattern(struct parser *p, struct pattern *out)
{
	size_t i = out->n;
	struct pattern *kid = ARR_ADD(out->kids, out->n, out->cap);
	struct node *key, **keys;

	if (p->lex.kind == LEX_VARIABLE) {
		key = node_literal(p, val_strn(p->lex.at, p->lex.len));
		scope_variable(p, p->lex.at, p->lex.len, &kid->slot);
		if (parse_next(p))
			return -1;
		if (p->lex.kind == ':')
			return parse_fail(p, "\",\" or \"}\"");
	} else {
		struct node *unused;

		key = object_key(p, &unused);
		if (!key || parse_sign(p, ':', "\":\"") || parse_pattern(p, kid))
			return -1;
	}
	keys = xreallocarray(out->keys, i + 1, sizeof *keys);
	keys[i] = key;
	out->keys = keys;
	return 0;
}

int parse_pattern(struct parser *p, struct pattern *out)
{
	if (p->lex.kind == LEX_VARIABLE) {
		out->kind = PATTERN_VARIABLE;
		scope_variable(p, p->lex.at, p->lex.len, &out->slot);
		return parse_next(p);
	}
	if (p->lex.kind == '[')
		return array_pattern(p, out);
	if (p->lex.kind != '{')
		return parse_fail(p, "$name, [...] or {...}");
	out->kind = PATTERN_OBJECT;
	do {
		if (parse_next(p) || pair_pattern(p, out))
			return -1;
	} while (p->lex.kind == ',');
	return parse_sign(p, '}', "\"}\"");
}
