/*
 * Checks test themselves: every recorded sample goes through the real reader and judge, and what
 * comes out is held against what is expected. Knows no host and no store.
 */
#ifndef OPSDECK_SERVER_CHECK_TEST_H
#define OPSDECK_SERVER_CHECK_TEST_H

#include <stdio.h>

struct strs;

/* Runs DIR/NAME/samples/ *.yml against DIR/NAME/expected/ for the named checks (NULL or empty: all
 * in DIR). Prints one line a sample and each difference. Exit status: 0 all as expected, 1
 * differences, 2 something could not be read. */
int check_test_main(const struct strs *names, const char *dir, FILE *out);

#endif
