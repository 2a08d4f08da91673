#include "config.h"

#include "jq/mark.h"

#include "jq/native.h"
#include "jq/node.h"

struct ones {
	bool one, one_if;
};

static void also(struct ones *o, struct node *n)
{
	if (!n)
		return;
	node_mark(n);
	o->one = o->one && n->one;
	o->one_if = o->one_if && n->one_if;
}

static void also_kids(struct ones *o, struct node *n)
{
	for (size_t i = 0; i < n->n; i++)
		also(o, n->kids[i]);
}

/* A function that calls itself may give any number. */
static void also_body(struct ones *o, struct func *f)
{
	if (f->marking || !f->body) {
		o->one = o->one_if = false;
		return;
	}
	f->marking = true;
	node_mark(f->body);
	f->marking = false;
	/* Its closures are the call's arguments, which were asked already. */
	o->one = o->one && f->body->one_if;
	o->one_if = o->one_if && f->body->one_if;
}

/* May it give none, or more than one, whatever its parts give? */
static bool is_many(const struct node *n)
{
	return n->lenient || n->kind == NODE_EACH || n->kind == NODE_COMMA ||
	       n->kind == NODE_FOREACH || n->kind == NODE_LABEL || n->kind == NODE_BREAK ||
	       (n->kind == NODE_TRY && !n->b) || (n->kind == NODE_NATIVE && !n->native->value) ||
	       (n->kind == NODE_BIND && n->pattern->kind != PATTERN_VARIABLE);
}

static struct ones look(struct node *n)
{
	struct ones o = {true, true};

	if (is_many(n))
		return (struct ones){false, false};
	switch (n->kind) {
	case NODE_SELF:
	case NODE_LITERAL:
	case NODE_VARIABLE:
	case NODE_ARRAY:
	case NODE_REDUCE:
	case NODE_UPDATE:
	case NODE_EACH: /* these are many */
	case NODE_COMMA:
	case NODE_FOREACH:
	case NODE_LABEL:
	case NODE_BREAK:
		break;
	case NODE_CLOSURE:
		o.one = false;
		break;
	case NODE_NATIVE:
	case NODE_TEXT:
	case NODE_OBJECT:
		also_kids(&o, n);
		break;
	case NODE_CALL:
		also_kids(&o, n);
		also_body(&o, n->func);
		break;
	case NODE_ASSIGN:
	case NODE_CHANGE:
		also(&o, n->b);
		break;
	case NODE_TRY:
	case NODE_BIND:
	case NODE_INDEX:
	case NODE_SLICE:
	case NODE_NEGATE:
	case NODE_PIPE:
	case NODE_AND:
	case NODE_OR:
	case NODE_ELSE:
	case NODE_BINARY:
	case NODE_IF:
		also(&o, n->a);
		also(&o, n->b);
		also(&o, n->c);
		break;
	}
	return o;
}

void node_mark(struct node *n)
{
	struct ones o;

	if (n->marked)
		return;
	n->marked = true;
	o = look(n);
	n->one = o.one;
	n->one_if = o.one_if;
}
