/*
 * Markdown as styled text: headings, lists, check boxes, tables, code. Knows no file.
 */
#ifndef OPSDECK_UI_DOCTEXT_H
#define OPSDECK_UI_DOCTEXT_H

#include <stddef.h>

#include "ui/text.h"

/* Text that is no Markdown we can read is shown as it is. */
void doctext_markdown(struct text *t, const char *markdown, size_t n);
/* As it is, tabs expanded, wrapped, from the text's indent on. */
void doctext_plain(struct text *t, const char *s, size_t n);
/* The same, broken between words. */
void doctext_prose(struct text *t, const char *s, size_t n);

#endif
