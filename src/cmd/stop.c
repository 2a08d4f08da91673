#include "config.h"

#include "client/client.h"
#include "cmd/cmd.h"

#define END_MS 30000

int cmd_stop(struct cmd *c, struct err *e)
{
	struct client *client;
	int rc;

	if (client_open(&client, c->place.socket, e))
		return e->code == ERR_UNREACHABLE ? 0 : -1; /* none runs */
	rc = client_call(client, REQUEST_STOP, NULL, NULL, NULL, NULL, e);
	if (!rc)
		rc = client_wait_end(client, END_MS, e);
	client_close(client);
	return rc;
}
