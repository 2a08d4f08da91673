/*
 * What the branch has that is not accepted: read, and in the form that is shown and accepted. Moves
 * nothing.
 */
#ifndef OPSDECK_SERVER_INCOMING_H
#define OPSDECK_SERVER_INCOMING_H

#include "base/err.h"
#include "base/hash.h"
#include "port/repo/repo.h"

struct doc;
struct server_core;

struct incoming {
	char tip[REPO_ID_HEX];
	char *branch;
	char shown[SHA256_HEX]; /* over doc without itself, canonical */
	struct doc *doc; /* {tip, accepted, branch, rewritten, edits:[paths], paths:[{path, status,
			    diff}], shown} */
};

int incoming_read(struct incoming *out, struct server_core *core, struct err *e) WARN_UNUSED;
void incoming_finish(struct incoming *in);

/* Counts again what is incoming and what is edited, into the store. Cheap enough for each sweep. */
void incoming_refresh(struct server_core *core);

#endif
