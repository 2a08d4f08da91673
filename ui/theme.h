/*
 * A theme: one colour pair and attributes for every role. Read from themes/NAME.yml; knows no
 * terminal.
 */
#ifndef OPSDECK_UI_THEME_H
#define OPSDECK_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/role.h"

enum {
	ATTR_BOLD = 1 << 0,
	ATTR_DIM = 1 << 1,
	ATTR_UNDERLINE = 1 << 2,
	ATTR_REVERSE = 1 << 3,
};

#define COLOUR_DEFAULT (-1) /* the terminal's own */

struct colour {
	int32_t rgb; /* 0xRRGGBB, or COLOUR_DEFAULT */
	int ansi;    /* 0-15 for terminals of 8 or 16 colours, or COLOUR_DEFAULT */
};

struct style {
	struct colour fg, bg;
	unsigned attrs;
};

struct theme {
	char name[32];
	struct style styles[AS_COUNT];
};

/* The terminal's own colours, with bold and reverse alone: for NO_COLOR, mono terminals and where
 * no theme file is found. */
void theme_plain(struct theme *t);
/* Every role must be there, and nothing else; messages name file, line and column. */
int theme_read(
	struct theme *t, const char *text, size_t n, const char *name, struct err *e) WARN_UNUSED;

/* The nearest of the 256 colours of xterm, never one of the first 16: those are the user's. */
int colour_256(int32_t rgb);

#endif
