/*
 * Text that is being typed: one line (a command, a name) or many (a rationale). Knows no key map.
 */
#ifndef OPSDECK_UI_FIELD_H
#define OPSDECK_UI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/canvas.h"

struct field {
	char *text; /* NUL-terminated; NULL: empty */
	size_t len, cap;
	size_t cursor; /* byte, always at the start of a code point */
	bool many;     /* newlines allowed */
	size_t top;    /* first row shown */
};

#define FIELD_MAX 8192 /* bytes; more is not taken */

void field_finish(struct field *f);
void field_set(struct field *f, const char *text);
const char *field_text(const struct field *f);
/* A key: letters, backspace, delete, arrows, home, end, enter (many), ctrl-w, ctrl-u, ctrl-k. False
 * when it means nothing. */
bool field_key(struct field *f, int32_t key);
/* Pasted text: goes in as text; newlines become blanks unless `many`, other controls are dropped.
 */
void field_paste(struct field *f, const char *text, size_t n);
/* Draws it wrapped into the rectangle and puts the cursor there when `focus`. */
void field_draw(struct field *f, struct canvas *c, struct rect at, bool focus);

#endif
