/*
 * Values to libjq's and back. Only for tests.
 */
#ifndef OPSDECK_TESTS_LIBJQ_VALUE_H
#define OPSDECK_TESTS_LIBJQ_VALUE_H

#include <jv.h>

#include "base/err.h"

struct doc;

/* NULL gives null. Bytes that are no UTF-8 become U+FFFD. */
jv value_from_doc(const struct doc *d);
/* Takes v. Numbers without a fraction become integers, what JSON cannot say (nan) becomes null.
 * -1 past 200 levels. Caller frees. */
int value_to_doc(struct doc **out, jv v, struct err *e) WARN_UNUSED;

#endif
