/*
 * A folder of recorded outputs and its EXPECT.tsv: for each file the command line, its exit status,
 * the right judgement and the facts that a right reader finds. Judges nothing.
 */
#ifndef OPSDECK_SERVER_CHECK_EXPECT_H
#define OPSDECK_SERVER_CHECK_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/finding.h"
#include "server/check_facts.h"

/* What may come of a row, as bits. */
enum expect {
	EXPECT_OK = 1,
	EXPECT_BAD = 2, /* warn, crit or drift */
	EXPECT_UNKNOWN = 4,
	EXPECT_FACTS = 8, /* it was read, whatever the verdict */
	EXPECT_SKIP = 16,
};

struct expect_row {
	char *path;    /* below the folder */
	char *command; /* as it was recorded */
	char *plain;   /* as it is matched */
	int exit_status;
	unsigned expect;
	char *expect_text;
	struct facts facts;
	int line;
};

struct expect_rows {
	int64_t now_ms; /* the header says it */
	struct expect_row *v;
	size_t n, cap;
};

int expect_read(struct expect_rows *out, const char *dir, struct err *e) WARN_UNUSED;
void expect_finish(struct expect_rows *r);
bool expect_fits(const struct expect_row *row, enum finding_state state);

/* `checks/unread.yml`: command lines that no check uses, and why. */
struct unread_reason {
	char *command, *reason;
};

struct unread_list {
	struct unread_reason *v;
	size_t n, cap;
};

/* A file that is not there is an empty list. Refuses one that is not sorted by command. */
int unread_read(struct unread_list *out, const char *path, struct err *e) WARN_UNUSED;
void unread_finish(struct unread_list *l);
/* Borrowed, or NULL. */
const char *unread_why(const struct unread_list *l, const char *plain);

#endif
