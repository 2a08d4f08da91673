/*
 * The samples of one request read, command by command and item by item. Only for server/judge.c;
 * judges nothing.
 */
#ifndef OPSDECK_SERVER_JUDGE_READ_H
#define OPSDECK_SERVER_JUDGE_READ_H

#include "flow/compare_types.h"
#include "flow/parse.h"
#include "server/judge.h"

#define JUDGE_COMMANDS_MAX 32

struct judge_reading {
	struct parsed *parsed;
	struct compare_read *reads;    /* one for each command, or for each item of its `each:` */
	const struct sample **samples; /* what was read; NULL: nothing came */
	size_t n;
};

/* `body` is check.yml; with redact NULL all comes as it is. What the host's params name as kept by
 * a running change is left out. */
void judge_read(struct judge_reading *g, const struct doc *body, const struct judge_request *r,
	const struct redact *redact, const struct doc *params);
void judge_reading_finish(struct judge_reading *g);

#endif
