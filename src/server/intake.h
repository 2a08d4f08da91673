/*
 * From one commit of the ops repo: its intent, and the documents that readers find in the store.
 * Moves nothing and decides nothing.
 */
#ifndef OPSDECK_SERVER_INTAKE_H
#define OPSDECK_SERVER_INTAKE_H

#include <stddef.h>

#include "base/err.h"

struct intent;
struct refs;
struct repo;
struct repo_change;
struct server_core;

/* Would fleet, policy and checks still be read with the changes on top of the commit? Changes of
 * other paths always would. */
int intake_try(struct repo *repo, const char *commit, const struct repo_change *changes, size_t n,
	const char *datadir, struct err *e) WARN_UNUSED;
int intake_intent(struct intent **out, struct repo *repo, const char *commit, const char *datadir,
	struct err *e) WARN_UNUSED;

/* Runbooks (shipped ones too), memory notes, references, policy, fleet and the log. Within a store
 * transaction of the caller's. */
int intake_docs(struct server_core *core, const struct refs *refs, const char *commit,
	struct err *e) WARN_UNUSED;

#endif
