#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/term.h"

struct memory {
	struct terminal term; /* first: ops get it */
	struct canvas grid;
};

static struct memory *memory_of(struct terminal *t)
{
	return (struct memory *)t;
}

static void size(struct terminal *t, int *w, int *h)
{
	*w = memory_of(t)->grid.w;
	*h = memory_of(t)->grid.h;
}

static void theme(struct terminal *t, const struct theme *theme_now)
{
	(void)t;
	(void)theme_now;
}

static void run(struct terminal *t, int x, int y, const struct cell *cells, int n)
{
	struct canvas *grid = &memory_of(t)->grid;

	for (int i = 0; i < n; i++) {
		if (x + i < grid->w && y < grid->h)
			grid->cells[(size_t)y * (size_t)grid->w + (size_t)(x + i)] = cells[i];
	}
}

static void flush(struct terminal *t, int x, int y)
{
	memory_of(t)->grid.cursor_x = x;
	memory_of(t)->grid.cursor_y = y;
}

static void nothing(struct terminal *t)
{
	(void)t;
}

static void end(struct terminal *t)
{
	canvas_finish(&memory_of(t)->grid);
	free(t);
}

static const struct term_ops memory_ops = {
	.size = size,
	.theme = theme,
	.run = run,
	.flush = flush,
	.redraw = nothing,
	.drain = nothing,
	.suspend = nothing,
	.resume = nothing,
	.free = end,
};

struct terminal *term_memory_new(int w, int h, bool ascii)
{
	struct memory *m = xcalloc(1, sizeof *m);

	m->term = (struct terminal){.ops = &memory_ops, .fd = -1, .ascii = ascii};
	canvas_init(&m->grid, w, h, ascii);
	return &m->term;
}

const struct canvas *term_memory_canvas(const struct terminal *t)
{
	return &((const struct memory *)t)->grid;
}

void term_memory_resize(struct terminal *t, int w, int h)
{
	canvas_resize(&memory_of(t)->grid, w, h);
}
