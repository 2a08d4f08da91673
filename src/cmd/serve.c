#include "config.h"

#include "base/clock.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "server/server.h"

int cmd_serve(struct cmd *c, struct err *e)
{
	const char *linger = c->option[OPTION_LINGER], *ready = c->option[OPTION_READY_FD];
	struct serve_spec spec = {.repo = c->place.repo,
		.state = c->place.state,
		.socket = c->place.socket,
		.config = c->place.config,
		.on_demand = c->option[OPTION_ON_DEMAND],
		.ready_fd = -1};
	long long fd;

	if (linger && !duration_parse(linger, &spec.linger_ms))
		return err_set(e, ERR_INPUT, "--linger wants a time such as 10m, not %s", linger);
	if (ready && !str_int(ready, 3, 1023, &fd))
		return err_set(e, ERR_INPUT, "--ready-fd wants the number of an open descriptor");
	if (ready)
		spec.ready_fd = (int)fd;
	if (!spec.repo)
		return err_set(e, ERR_MISSING, "name the ops repo with --repo");
	return server_run(&spec, e);
}
