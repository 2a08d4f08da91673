#include "config.h"

#include "server/due.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/fleet.h"
#include "server/gather.h"

#define AGAIN_SWEEPS 4

struct due {
	const struct intent *in;
	int64_t *at; /* by host of the fleet, then check of the catalogue */
};

struct due *due_new(const struct intent *in)
{
	struct due *d = xcalloc(1, sizeof *d);

	d->in = in;
	d->at = xcalloc(in->fleet->host_count * in->catalogue->check_count + 1, sizeof *d->at);
	return d;
}

void due_free(struct due *d)
{
	if (!d)
		return;
	free(d->at);
	free(d);
}

static int64_t *of_host(struct due *d, const struct host *h)
{
	return d->at + (size_t)(h - d->in->fleet->hosts) * d->in->catalogue->check_count;
}

/* The longest that its commands may take. */
static int64_t cost(const struct check *c)
{
	int64_t all = 0;

	for (size_t i = 0; i < c->command_count; i++)
		all += c->commands[i].timeout_ms;
	return all;
}

static int by_cost(const void *a, const void *b)
{
	const struct check *x = *(const struct check *const *)a,
			   *y = *(const struct check *const *)b;
	int64_t p = cost(x), q = cost(y);

	return p != q ? (p < q ? -1 : 1) : strcmp(x->name, y->name);
}

void due_plan(struct due *d, const struct host *h, bool all, int64_t now, int64_t every,
	struct gather_item *item)
{
	const struct catalogue *c = d->in->catalogue;
	int64_t *at = of_host(d, h);

	*item = (struct gather_item){.host = h};
	for (size_t i = 0; i < c->check_count; i++) {
		/* Half a period of grace: a check that is due every 60 s must not wait for the
		 * sweep after. */
		if (!check_applies(&c->checks[i], h) || (!all && at[i] > now + every / 2))
			continue;
		if (!item->checks)
			item->checks = xcalloc(c->check_count, sizeof *item->checks);
		item->checks[item->check_count++] = &c->checks[i];
		at[i] = now + c->checks[i].every_ms;
	}
	if (item->check_count)
		qsort(item->checks, item->check_count, sizeof *item->checks, by_cost);
}

void due_again(struct due *d, const struct gathered *g, int64_t now, int64_t every)
{
	int64_t *at = of_host(d, g->host), soon = now + AGAIN_SWEEPS * every;

	for (size_t i = 0; i < g->check_count; i++) {
		const struct gathered_check *c = &g->checks[i];
		size_t which = (size_t)(c->check - d->in->catalogue->checks);

		if ((!c->judged || c->cut) && at[which] > soon)
			at[which] = soon;
	}
}
