#include "config.h"

#include "cmd/cmd.h"
#include "server/worker.h"

int cmd_worker(struct cmd *c, struct err *e)
{
	(void)c;
	(void)e;
	return worker_main();
}
