#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jq/eval_parts.h"
#include "jq/native.h"

#define FEW 8

/* ---- a node's value from those of its parts ---- */

/* Which parts, the outermost loop first: in `a + b` and in texts the last one. */
static size_t parts_of(const struct node *n)
{
	if (n->kind == NODE_BINARY)
		return 2;
	if (n->kind == NODE_ASSIGN || n->kind == NODE_CHANGE || n->kind == NODE_NEGATE)
		return 1;
	return n->n;
}

static const struct node *part(const struct node *n, size_t i)
{
	if (n->kind == NODE_BINARY)
		return i ? n->a : n->b;
	if (n->kind == NODE_ASSIGN || n->kind == NODE_CHANGE)
		return n->b;
	if (n->kind == NODE_NEGATE)
		return n->a;
	return n->kids[n->kind == NODE_TEXT ? n->n - 1 - i : i];
}

static void free_all(struct val *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		val_free(v[i]);
}

static int make_text(struct run *r, const struct node *n, struct val *parts, struct val *out)
{
	const char *format = n->a ? n->a->v.u.string->s : "@text";
	struct buf text = {0};
	int rc = 0;

	for (size_t i = 0; i <= n->n; i++) {
		const struct val_string *plain = val_at(&n->v, i)->u.string;
		struct val piece;

		buf_add(&text, plain->s, plain->len);
		if (i == n->n)
			break;
		if (rc) {
			val_free(parts[n->n - 1 - i]);
			continue;
		}
		rc = native_format(r, format, parts[n->n - 1 - i], &piece);
		if (!rc) {
			buf_add(&text, piece.u.string->s, piece.u.string->len);
			val_free(piece);
		}
	}
	*out = val_take_buf(&text);
	if (rc)
		val_free(*out);
	return rc;
}

static int make_object(struct run *r, size_t n, struct val *parts, struct val *out)
{
	struct val object = val_object();

	for (size_t i = 0; i < n; i += 2) {
		if (parts[i].kind != VAL_STRING) {
			run_fail(r, "Object keys must be strings");
			free_all(parts + i, n - i);
			val_free(object);
			return -1;
		}
		object = val_set(object, parts[i].u.string, parts[i + 1]);
		val_free(parts[i]);
	}
	*out = object;
	return 0;
}

static int negate(struct run *r, struct val v, struct val *out)
{
	if (v.kind == VAL_NUMBER) {
		*out = val_number(-v.u.number);
		return 0;
	}
	run_fail(r, "%s (%s) cannot be negated", val_kind_name(&v), run_show(&v));
	val_free(v);
	return -1;
}

/* Takes in and all parts. */
static int combine(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct val *parts, struct val *out)
{
	if (n->kind == NODE_NATIVE)
		return n->native->value(r, in, parts, out);
	if (n->kind == NODE_ASSIGN || n->kind == NODE_CHANGE)
		return eval_assign(r, n, f, in, parts[0], out);
	val_free(in);
	if (n->kind == NODE_BINARY)
		return native_binary(r, n->op, parts[1], parts[0], out);
	if (n->kind == NODE_NEGATE)
		return negate(r, parts[0], out);
	if (n->kind == NODE_TEXT)
		return make_text(r, n, parts, out);
	return make_object(r, n->n, parts, out);
}

/* ---- every combination ---- */

struct product {
	struct run *r;
	const struct node *n;
	struct frame *f;
	const struct val *in;
	const struct path *path;
	struct sink out;
	struct val *parts;
	size_t i, count;
};

static bool product_step(struct product *p);

static bool product_emit(void *arg, struct val v, struct path unused)
{
	struct product *p = arg;
	bool more;

	path_free(unused);
	p->parts[p->i++] = v;
	more = product_step(p);
	val_free(p->parts[--p->i]);
	return more;
}

static bool product_step(struct product *p)
{
	struct val few[FEW], *parts, v;
	int rc;

	if (p->i < p->count)
		return eval(p->r, part(p->n, p->i), p->f, val_copy(p->in), path_none(),
			(struct sink){product_emit, p});
	parts = p->count > FEW ? xcalloc(p->count, sizeof *parts) : few;
	for (size_t i = 0; i < p->count; i++)
		parts[i] = val_copy(&p->parts[i]);
	rc = combine(p->r, p->n, p->f, val_copy(p->in), parts, &v);
	if (parts != few)
		free(parts);
	return !rc && p->out.fn(p->out.arg, v, path_lose(path_copy(p->path)));
}

EVAL_PART(eval_product)
{
	size_t count = parts_of(n);
	struct val few[FEW];
	struct product p = {.r = r,
		.n = n,
		.f = f,
		.in = &in,
		.path = &path,
		.out = out,
		.parts = count > FEW ? xcalloc(count, sizeof *p.parts) : few,
		.count = count};
	bool more = product_step(&p);

	if (p.parts != few)
		free(p.parts);
	val_free(in);
	path_free(path);
	return more;
}

/* The last part gets the input itself, so that it may be its only owner. */
int eval_combined(
	struct run *r, const struct node *n, struct frame *f, struct val in, struct val *out)
{
	bool needs_in = n->kind == NODE_NATIVE || n->kind == NODE_ASSIGN || n->kind == NODE_CHANGE;
	size_t count = parts_of(n);
	struct val few[FEW], *parts = count > FEW ? xcalloc(count, sizeof *parts) : few;
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		const struct node *kid = part(n, i);

		if (kid->kind == NODE_LITERAL) {
			parts[i] = val_copy(&kid->v);
			if (i + 1 == count && !needs_in)
				val_free(in);
			continue;
		}
		rc = eval_one(
			r, kid, f, i + 1 == count && !needs_in ? in : val_copy(&in), &parts[i]);
		if (rc) {
			free_all(parts, i);
			if (i + 1 != count || needs_in)
				val_free(in);
		}
	}
	if (!count && !needs_in) {
		val_free(in);
		in = val_null();
	}
	if (!rc)
		rc = combine(r, n, f, needs_in ? in : val_null(), parts, out);
	if (parts != few)
		free(parts);
	return rc;
}
