#include "config.h"

#include "flow/collect_tasks.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec/check.h"

static struct collect_task *add(
	struct collect_tasks *t, const struct check *check, const struct check_command *cmd)
{
	struct collect_task *task = ARR_ADD(t->v, t->n, t->cap);

	*task = (struct collect_task){.check = check, .command = cmd};
	return task;
}

static void add_each(struct collect_tasks *t, const struct check *check,
	const struct check_command *cmd, const struct host *h)
{
	struct strs items = {0};
	struct err e = {0};

	if (check_command_items(&items, cmd, h, &e))
		add(t, check, cmd)->why = xstrdup(e.msg);
	else
		for (size_t i = 0; i < items.n; i++)
			add(t, check, cmd)->item = xstrdup(items.v[i]);
	strs_finish(&items);
}

void collect_tasks_make(struct collect_tasks *out, const struct collect_item *item)
{
	*out = (struct collect_tasks){0};
	for (size_t i = 0; i < item->check_count; i++) {
		const struct check *check = item->checks[i];

		for (size_t k = 0; k < check->command_count; k++) {
			const struct check_command *cmd = &check->commands[k];

			if (cmd->each)
				add_each(out, check, cmd, item->host);
			else
				add(out, check, cmd);
		}
	}
}

void collect_tasks_finish(struct collect_tasks *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].item);
		free(t->v[i].why);
	}
	free(t->v);
	*t = (struct collect_tasks){0};
}
