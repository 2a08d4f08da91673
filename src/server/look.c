#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "flow/fleet.h"
#include "server/core.h"
#include "server/gather.h"
#include "server/sweep.h"

/* One check of one host, outside the sweep. */
struct look {
	look_done_fn *fn;
	void *arg;
};

static void on_host(void *arg, struct gathered *g)
{
	struct look *l = arg;
	struct gathered_check *c = &g->checks[0];

	if (!c->judged) {
		gather_reachable(&c->answer.finding, g->host, c->check, &g->error, 0, 0);
		c->judged = true;
	}
	l->fn(l->arg, &c->answer.finding, c->answer.samples, c->answer.sample_count, NULL);
}

static void on_done(void *arg)
{
	free(arg);
}

int sweep_look(struct sweep *s, const char *host, const char *check, bool store, const char *cause,
	look_done_fn *fn, void *arg, struct err *e)
{
	struct server_core *core = sweep_core(s);
	const struct host *h;
	const struct check *c;
	struct gather_item *item;
	struct look *l;

	if (!core->intent)
		return err_set(e, ERR_INPUT, "no accepted fleet.yml is in force");
	h = fleet_host(core->intent->fleet, host);
	c = catalogue_check(core->intent->catalogue, check);
	if (!h)
		return err_set(e, ERR_MISSING, "there is no host %s in fleet.yml", host);
	if (!c)
		return err_set(e, ERR_MISSING, "there is no check %s", check);
	if (!check_applies(c, h))
		return err_set(e, ERR_INPUT, "check %s does not apply to %s", check, host);
	l = xcalloc(1, sizeof *l);
	*l = (struct look){.fn = fn, .arg = arg};
	item = gather_one(h, c);
	gather_start(&(struct gather_spec){.core = core,
		.items = item,
		.item_count = 1,
		.fresh = true,
		.store = store,
		.cause = cause,
		.on_host = on_host,
		.on_done = on_done,
		.arg = l});
	return 0;
}
