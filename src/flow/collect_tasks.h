/*
 * What one host is to run for its due checks: each command, or one for each item of its `each:`.
 * Runs nothing. Only for flow/collect.c.
 */
#ifndef OPSDECK_FLOW_COLLECT_TASKS_H
#define OPSDECK_FLOW_COLLECT_TASKS_H

#include "flow/collect.h"

struct collect_task {
	const struct check *check;
	const struct check_command *command;
	char *item; /* NULL without `each` */
	char *why;  /* its items cannot be told: why; or NULL */
};

struct collect_tasks {
	struct collect_task *v;
	size_t n, cap;
};

/* In the order of the checks and their commands. */
void collect_tasks_make(struct collect_tasks *out, const struct collect_item *item);
void collect_tasks_finish(struct collect_tasks *t);

#endif
