/*
 * A DNS record as dig(1) and kdig print it. For parse_dig.c.
 */
#ifndef OPSDECK_FLOW_PARSE_DIG_RECORD_H
#define OPSDECK_FLOW_PARSE_DIG_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct doc;

/* The next word, *n bytes of it; *s stands behind it. NULL at the end. */
const char *dig_word(const char **s, size_t *n);
bool dig_is_class(const char *s, size_t n);
/* {name, ttl, class, type, data}, or of +short the data alone; for the caller to free. */
struct doc *dig_record(const char *s);

#endif
