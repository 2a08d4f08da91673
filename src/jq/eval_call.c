#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "jq/eval_parts.h"

#define FEW 8

struct call_frame {
	struct frame frame;
	struct closure args[FEW];
	struct val few[FEW];
};

static void call_enter(struct call_frame *c, const struct node *n, struct frame *f)
{
	struct frame *outer = f;

	for (size_t i = 0; i < n->up; i++)
		outer = outer->outer;
	for (size_t i = 0; i < n->n; i++) {
		const struct node *kid = n->kids[i];
		struct frame *of = f;

		if (kid->kind != NODE_CLOSURE) {
			c->args[i] = (struct closure){kid, f};
			continue;
		}
		for (size_t k = 0; k < kid->up; k++)
			of = of->outer;
		c->args[i] = of->args[kid->slot];
	}
	for (size_t i = 0; i < FEW; i++)
		c->few[i] = val_null();
	c->frame = (struct frame){outer, c->args,
		n->func->slots > FEW ? xcalloc(n->func->slots, sizeof(struct val)) : c->few};
}

static void call_leave(struct call_frame *c)
{
	if (c->frame.slots != c->few)
		free(c->frame.slots);
}

int eval_one_call(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	const struct func *func = n->func;
	struct call_frame c;
	size_t given = 0;
	int rc = 0;

	call_enter(&c, n, f);
	for (; !rc && given < func->n; given++)
		if (func->params[given].by_value)
			rc = eval_one(r, n->kids[given], f, val_copy(&in),
				&c.frame.slots[func->params[given].slot]);
	if (rc) {
		val_free(in);
		given--;
	} else {
		rc = eval_one(r, func->body, &c.frame, in, out);
	}
	for (size_t i = 0; i < given; i++)
		if (func->params[i].by_value)
			val_free(c.frame.slots[func->params[i].slot]);
	call_leave(&c);
	return rc;
}

int eval_one_closure(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	for (size_t i = 0; i < n->up; i++)
		f = f->outer;
	return eval_one(r, f->args[n->slot].node, f->args[n->slot].frame, in, out);
}

struct call {
	struct run *r;
	const struct node *n;
	struct frame *f, *inner;
	const struct val *in;
	const struct path *path;
	struct sink out;
	size_t i;
};

static bool call_step(struct call *c);

static bool param_emit(void *arg, struct val v, struct path unused)
{
	struct call *c = arg;
	struct val *slot = &c->inner->slots[c->n->func->params[c->i].slot];
	bool more;

	path_free(unused);
	*slot = v;
	c->i++;
	more = call_step(c);
	c->i--;
	val_free(*slot);
	*slot = val_null();
	return more;
}

static bool call_step(struct call *c)
{
	const struct func *func = c->n->func;
	size_t start = c->i;
	bool more;

	while (c->i < func->n && !func->params[c->i].by_value)
		c->i++;
	if (c->i < func->n)
		more = eval(c->r, c->n->kids[c->i], c->f, val_copy(c->in), path_none(),
			(struct sink){param_emit, c});
	else
		more = eval(
			c->r, func->body, c->inner, val_copy(c->in), path_copy(c->path), c->out);
	c->i = start;
	return more;
}

EVAL_PART(eval_call)
{
	struct call_frame frame;
	struct call c = {r, n, f, &frame.frame, &in, &path, out, 0};
	bool more;

	call_enter(&frame, n, f);
	more = call_step(&c);
	call_leave(&frame);
	val_free(in);
	path_free(path);
	return more;
}

EVAL_PART(eval_closure)
{
	for (size_t i = 0; i < n->up; i++)
		f = f->outer;
	return eval(r, f->args[n->slot].node, f->args[n->slot].frame, in, path, out);
}
