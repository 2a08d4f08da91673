#include "config.h"

#include "server/agent.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "server/core.h"
#include "server/roles.h"
#include "store/write.h"

#define SHARED "agent_shared" /* the agent that proposed under an operator's uid */

static int put(struct server_core *core, bool seen, bool separated, struct err *e)
{
	if (seen && store_set(core->store, "agent_seen", "1", e))
		return -1;
	return store_set(core->store, "agent_separated", separated ? "1" : "0", e);
}

static bool configured(const struct server_core *core)
{
	return roles_agent_separated(&core->config, core->on_demand, getuid());
}

int agent_start(struct server_core *core, struct err *e)
{
	const struct strs *agents = &core->config.roles[ROLE_AGENT];
	char *shared = store_get(core->store, SHARED);
	bool separated = configured(core);
	int rc = 0;

	if (shared && separated && strs_has(agents, shared))
		rc = store_set(core->store, SHARED, NULL, e); /* it has a uid of its own now */
	else if (shared)
		separated = false;
	free(shared);
	return rc ? -1 : put(core, agents->n > 0, separated, e);
}

int agent_named(const struct req *r, const char **out, struct err *e)
{
	const struct doc *name = doc_get(r->args, "agent");

	*out = NULL;
	if (!name || doc_kind(name) == DOC_NULL)
		return 0;
	if (!doc_str(name) || !name_is_valid(doc_str(name)))
		return err_set(e, ERR_INPUT,
			"--agent wants a name of small letters, digits, `-`, `_` and `.`");
	*out = doc_str(name);
	return 0;
}

char *agent_proposer(const struct req *r, const char *agent)
{
	if (!agent || str_eq(agent, r->user))
		return xstrdup(r->user);
	return xasprintf("%s (by %s)", agent, r->user);
}

int agent_proposed(const struct req *r, const char *agent, struct err *e)
{
	struct server_core *core = r->core;
	char *shared;
	int rc = 0;

	if (r->role != ROLE_AGENT) {
		if (!agent)
			return 0; /* a person's own */
		return store_set(core->store, SHARED, agent, e) || put(core, true, false, e) ? -1
											     : 0;
	}
	shared = store_get(core->store, SHARED);
	if (shared && str_eq(shared, agent ? agent : r->user))
		rc = store_set(core->store, SHARED, NULL, e);
	else if (shared)
		rc = 1; /* another agent still shares one */
	free(shared);
	return rc < 0 ? -1 : put(core, true, rc == 0 && configured(core), e);
}
