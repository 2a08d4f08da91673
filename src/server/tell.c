#include "config.h"

#include "server/tell.h"

#include <stdlib.h>

#include "base/log.h"
#include "flow/fleet.h"
#include "flow/notify.h"
#include "server/core.h"
#include "store/read.h"
#include "store/write.h"

#define FORGET_MAX 1000

static int take(struct server_core *core, size_t limit, struct transition **out, size_t *n)
{
	struct err e;

	if (!store_take_untold(core->store, limit, out, n, &e))
		return 0;
	log_line(core->log, LOG_LEVEL_ERROR, "notify: %s", e.msg);
	return -1;
}

static bool next(void *arg, struct transition *out)
{
	struct transition *t;
	size_t n;

	if (take(arg, 1, &t, &n))
		return false;
	if (n)
		*out = *t;
	free(t);
	return n > 0;
}

static void forget(struct server_core *core)
{
	struct transition *t;
	size_t n;

	do {
		if (take(core, FORGET_MAX, &t, &n))
			return;
		transitions_free(t, n);
	} while (n == FORGET_MAX);
}

void tell_start(struct server_core *core)
{
	if (core->config.notify.n)
		core->notify = notify_new(&(struct notify_spec){.loop = core->loop,
			.log = core->log,
			.argv = &core->config.notify,
			.estate = core->intent ? core->intent->fleet->estate : NULL,
			.next = next,
			.arg = core});
	tell_news(core);
}

void tell_news(struct server_core *core)
{
	if (core->told_seq == store_seq(core->store))
		return;
	if (core->notify)
		notify_wake(core->notify);
	else
		forget(core);
	core->told_seq = store_seq(core->store);
}
