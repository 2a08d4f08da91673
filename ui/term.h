/*
 * The one contract of terminals: take runs of changed cells, give bytes that were typed. Two kinds:
 * a real one (term_ncurses.c, the only user of curses) and one in memory for scripts and tests.
 */
#ifndef OPSDECK_UI_TERM_H
#define OPSDECK_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/theme.h"

struct terminal;

struct term_ops {
	/* The size now (asks the system anew). */
	void (*size)(struct terminal *t, int *w, int *h);
	void (*theme)(struct terminal *t, const struct theme *theme);
	/* canvas_run_fn with the term as arg. */
	void (*run)(struct terminal *t, int x, int y, const struct cell *cells, int n);
	/* What the runs changed becomes visible; the cursor goes to (x, y), hidden when x < 0. */
	void (*flush)(struct terminal *t, int x, int y);
	/* The next flush draws everything anew. */
	void (*redraw)(struct terminal *t);
	/* Throws away what was typed and not read yet. */
	void (*drain)(struct terminal *t);
	/* The terminal as it was found, and back. */
	void (*suspend)(struct terminal *t);
	void (*resume)(struct terminal *t);
	void (*free)(struct terminal *t);
};

struct terminal {
	const struct term_ops *ops;
	int fd;	    /* to read typed bytes from; -1: none */
	bool ascii; /* shows ASCII alone */
};

/* The controlling terminal on stdin and stdout. ERR_INPUT with what to do instead when that is no
 * terminal, or one without cursor addressing. */
int term_ncurses_new(struct terminal **out, struct err *e) WARN_UNUSED;
/* A grid of w x h cells. */
struct terminal *term_memory_new(int w, int h, bool ascii);
/* What a memory terminal shows; borrowed. */
const struct canvas *term_memory_canvas(const struct terminal *t);
void term_memory_resize(struct terminal *t, int w, int h);

#endif
