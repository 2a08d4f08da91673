/*
 * From one commit of the ops repo: its intent, and the documents that readers find in the store.
 * Moves nothing and decides nothing.
 */
#ifndef OPSDECK_SERVER_INTAKE_H
#define OPSDECK_SERVER_INTAKE_H

#include "base/err.h"

struct intent;
struct refs;
struct repo;
struct server_core;

int intake_intent(struct intent **out, struct repo *repo, const char *commit, const char *datadir,
	struct err *e) WARN_UNUSED;

/* Runbooks (shipped ones too), memory notes, references, policy, fleet and the log. Within a store
 * transaction of the caller's. */
int intake_docs(struct server_core *core, const struct refs *refs, const char *commit,
	struct err *e) WARN_UNUSED;

#endif
