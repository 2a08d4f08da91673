#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "jq/native.h"
#include "jq/parse.h"

static struct entry *push(struct parser *p, enum entry_kind kind, const char *name, size_t len)
{
	struct entry *new = ARR_ADD(p->scope, p->scope_n, p->scope_cap);

	*new = (struct entry){kind, name, len, p->func->level, 0, NULL};
	return new;
}

void scope_variable(struct parser *p, const char *name, size_t len, size_t *slot)
{
	*slot = p->func->slots++;
	push(p, ENTRY_VARIABLE, name, len)->slot = *slot;
}

void scope_label(struct parser *p, const char *name, size_t len, size_t *slot)
{
	*slot = p->func->slots++;
	push(p, ENTRY_LABEL, name, len)->slot = *slot;
}

void scope_func(struct parser *p, struct func *f)
{
	push(p, ENTRY_FUNC, f->name, strlen(f->name))->func = f;
}

static const struct entry *look(
	const struct parser *p, enum entry_kind kind, const char *name, size_t len)
{
	for (size_t i = p->scope_n; i--;) {
		const struct entry *at = &p->scope[i];

		if (at->kind == kind && at->len == len && !memcmp(at->name, name, len))
			return at;
	}
	return NULL;
}

static struct node *use(struct parser *p, enum node_kind kind, const struct entry *entry)
{
	struct node *n = node_new(p, kind);

	n->up = p->func->level - entry->level;
	n->slot = entry->slot;
	return n;
}

struct node *scope_use_variable(struct parser *p, const char *name, size_t len)
{
	const struct entry *entry = look(p, ENTRY_VARIABLE, name, len);

	if (entry)
		return use(p, NODE_VARIABLE, entry);
	err_set(p->e, ERR_INPUT, "line %d: $%.*s is not defined", lex_line(&p->lex), (int)len,
		name);
	return NULL;
}

struct node *scope_use_label(struct parser *p, const char *name, size_t len)
{
	const struct entry *entry = look(p, ENTRY_LABEL, name, len);

	if (entry)
		return use(p, NODE_BREAK, entry);
	err_set(p->e, ERR_INPUT, "line %d: there is no label $%.*s here", lex_line(&p->lex),
		(int)len, name);
	return NULL;
}

/* ---- definitions ---- */

static int params(struct parser *p, struct func *f)
{
	if (p->lex.kind != '(')
		return 0;
	do {
		struct param *new;

		if (parse_next(p))
			return -1;
		if (p->lex.kind != LEX_NAME && p->lex.kind != LEX_VARIABLE)
			return parse_fail(p, "a parameter's name");
		new = ARR_ADD(f->params, f->n, f->cap);
		new->name = xstrndup(p->lex.at, p->lex.len);
		new->by_value = p->lex.kind == LEX_VARIABLE;
		if (parse_next(p))
			return -1;
	} while (p->lex.kind == ';');
	return parse_sign(p, ')', "\")\"");
}

/* What the body sees besides what is seen outside. */
static void see_params(struct parser *p, struct func *f)
{
	for (size_t i = 0; i < f->n; i++) {
		size_t len = strlen(f->params[i].name);

		push(p, ENTRY_CLOSURE, f->params[i].name, len)->slot = i;
		if (f->params[i].by_value)
			scope_variable(p, f->params[i].name, len, &f->params[i].slot);
	}
}

int parse_def(struct parser *p)
{
	struct func *f = xcalloc(1, sizeof *f), *outer = p->func;
	size_t mark;
	int rc;

	*ARR_ADD(p->unit->funcs, p->unit->func_count, p->unit->func_cap) = f;
	if (p->lex.kind != LEX_NAME)
		return parse_fail(p, "the name of a function");
	f->name = xstrndup(p->lex.at, p->lex.len);
	f->level = outer->level + 1;
	if (parse_next(p) || params(p, f) || parse_sign(p, ':', "\":\""))
		return -1;
	scope_func(p, f);
	mark = p->scope_n;
	p->func = f;
	see_params(p, f);
	f->body = parse_pipe(p);
	rc = f->body ? parse_sign(p, ';', "\";\"") : -1;
	p->func = outer;
	p->scope_n = mark;
	return rc;
}

/* ---- calls ---- */

static struct node *call(struct parser *p, struct func *f, size_t up, struct node **args, size_t n)
{
	struct node *node = node_new(p, NODE_CALL);

	node->func = f;
	node->up = up;
	for (size_t i = 0; i < n; i++)
		node_add(node, args[i]);
	return node;
}

static struct node *self(struct parser *p)
{
	return node_new(p, NODE_SELF);
}

static struct node *each(struct parser *p)
{
	return node_two(p, NODE_EACH, self(p), NULL);
}

static bool named(const char *name, size_t len, const char *wanted)
{
	return strlen(wanted) == len && !memcmp(name, wanted, len);
}

/* What is quickest as what it stands for. */
static struct node *spelt_out(struct parser *p, const char *name, size_t len, struct node *arg)
{
	struct node *n;

	if (named(name, len, "map")) {
		n = node_two(p, NODE_PIPE, each(p), arg);
		return node_two(p, NODE_ARRAY, n, NULL);
	}
	if (named(name, len, "map_values"))
		return node_two(p, NODE_UPDATE, each(p), arg);
	if (named(name, len, "select")) {
		n = node_two(p, NODE_IF, arg, self(p));
		n->c = node_new(p, NODE_NATIVE);
		n->c->native = native_find("empty", 5, 0);
		return n;
	}
	return NULL;
}

static struct func *prelude_func(const struct unit *u, const char *name, size_t len, size_t arity)
{
	for (; u; u = u->outer)
		for (size_t i = u->func_count; i--;) {
			struct func *f = u->funcs[i];

			if (f->level == 1 && f->n == arity && named(name, len, f->name))
				return f;
		}
	return NULL;
}

struct node *scope_call(
	struct parser *p, const char *name, size_t len, struct node **args, size_t n)
{
	struct node *node = NULL;
	const struct native *native;
	struct func *f;

	for (size_t i = p->scope_n; i--;) {
		const struct entry *at = &p->scope[i];

		if (at->len != len || memcmp(at->name, name, len) != 0)
			continue;
		if (at->kind == ENTRY_CLOSURE && !n)
			return use(p, NODE_CLOSURE, at);
		if (at->kind == ENTRY_FUNC && at->func->n == n)
			return call(p, at->func, p->func->level - at->level, args, n);
	}
	f = prelude_func(p->prelude, name, len, n);
	if (f)
		return call(p, f, p->func->level, args, n);
	if (n == 1)
		node = spelt_out(p, name, len, args[0]);
	if (node)
		return node;
	native = native_find(name, len, n);
	if (!native) {
		err_set(p->e, ERR_INPUT, "line %d: %.*s/%zu is not defined", lex_line(&p->lex),
			(int)len, name, n);
		return NULL;
	}
	node = node_new(p, NODE_NATIVE);
	node->native = native;
	for (size_t i = 0; i < n; i++)
		node_add(node, args[i]);
	return node;
}
