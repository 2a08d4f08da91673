/*
 * Checks against a folder of recorded outputs (server/check_expect.h): what each check makes of the
 * rows that its commands read, held against what is right. Knows no host and no store.
 */
#ifndef OPSDECK_SERVER_CHECK_ROWS_H
#define OPSDECK_SERVER_CHECK_ROWS_H

#include <stdio.h>

struct strs;

/* With the checks in dir, or the named ones only and the rows that these read. Prints a line for
 * each difference, each row that no check reads with the reason of dir/unread.yml, and the counts.
 * Exit status: 0 all agree, 1 differences, 2 something could not be read. */
int check_rows_main(const struct strs *names, const char *dir, const char *samples, FILE *out);

#endif
