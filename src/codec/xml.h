/*
 * XML 1.0 as expat reads it, to a doc. The only user of libexpat. No I/O: nothing outside of the
 * text is ever fetched.
 */
#ifndef OPSDECK_CODEC_XML_H
#define OPSDECK_CODEC_XML_H

#include <stddef.h>

#include "base/err.h"

struct doc;

/* {name, attrs: {name: text}, text, children: [...]}; text is the element's own, without blanks at
 * its ends. Refused: entities that the text declares itself, depth over 64, more than 100,000
 * elements and attributes. `name` stands in messages. Caller frees. */
int xml_read(
	struct doc **out, const char *s, size_t n, const char *name, struct err *e) WARN_UNUSED;

#endif
