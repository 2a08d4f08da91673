#include "config.h"

#include "client/client.h"
#include "cmd/cmd.h"

int cmd_stop(struct cmd *c, struct err *e)
{
	struct client *client;
	int rc;

	if (client_open(&client, c->place.socket, e))
		return e->code == ERR_UNREACHABLE ? 0 : -1; /* none runs */
	rc = client_call(client, REQUEST_STOP, NULL, NULL, NULL, NULL, e);
	client_close(client);
	return rc;
}
