#include "config.h"

#include "server/core.h"

#include <stddef.h>

#include "base/loop.h"
#include "base/mem.h"
#include "flow/fleet.h"

/* ---- holds ---- */

static void free_retired(struct server_core *core)
{
	if (core->holds || core->borrows)
		return;
	for (size_t i = 0; i < core->retired_count; i++)
		intent_free(core->retired[i]);
	core->retired_count = 0;
}

void core_hold(struct server_core *core)
{
	core->holds++;
}

void core_release(struct server_core *core)
{
	core->holds--;
	free_retired(core);
}

void core_stop(struct server_core *core)
{
	core->stopping = true;
	if (!core->holds)
		loop_stop(core->loop);
}

void core_borrow(struct server_core *core)
{
	core->borrows++;
}

void core_return(struct server_core *core)
{
	core->borrows--;
	free_retired(core);
}

void core_retire(struct server_core *core, struct intent *old)
{
	if (!old)
		return;
	*ARR_ADD(core->retired, core->retired_count, core->retired_cap) = old;
	free_retired(core);
}
