/*
 * The first stage: what one commit (or folder) of the ops repo intends: fleet, policy and the
 * catalogue of checks. Reads through two callbacks, so it knows no git.
 */
#ifndef OPSDECK_FLOW_FLEET_H
#define OPSDECK_FLOW_FLEET_H

#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/check.h"
#include "model/host.h"
#include "model/proposal.h"

struct buf;

/* Appends the bytes of `path`, relative to the ops repo's root; ERR_MISSING where there is none. */
typedef int intent_read_fn(void *arg, const char *path, struct buf *out, struct err *e);
/* Adds the names in folder `path`; a folder that is not there has none (0). */
typedef int intent_list_fn(void *arg, const char *path, struct strs *names, struct err *e);

struct intent_source {
	intent_read_fn *read;
	intent_list_fn *list;
	void *arg;
	const char *datadir; /* of the shipped catalogue (its checks/); NULL = none */
};

struct intent {
	struct fleet *fleet;
	struct catalogue *catalogue;
	struct policy *policy; /* never NULL: without policy.yml everything is typed */
	char *commit;	       /* set by the caller when it knows one; or NULL */
	struct err problem;    /* code ERR_NONE when all is well; else the first check that was left
				  out, and why */
};

/* -1 when fleet.yml is missing or broken, or policy.yml is broken. A check that is broken is left
 * out and named in `problem`. Every mistake found is added to `problems` (may be NULL). Checks of
 * the ops repo take the place of shipped ones of the same name. */
int intent_load(struct intent **out, const struct intent_source *src, struct strs *problems,
	struct err *e) WARN_UNUSED;
void intent_free(struct intent *i);

/* Callbacks over a folder of the file system; arg is its path (const char *). */
int intent_dir_read(void *arg, const char *path, struct buf *out, struct err *e) WARN_UNUSED;
int intent_dir_list(void *arg, const char *path, struct strs *names, struct err *e) WARN_UNUSED;

/* $OPSDECK_DATADIR, or where `make install` put the data, or, before that was done, the source tree
 * that the program was built in. Borrowed. */
const char *intent_datadir(void);

#endif
