/*
 * Seeing for oneself that a change did what it should: the plan's verify entries, one after the
 * other. Changes nothing on a host.
 */
#ifndef OPSDECK_SERVER_CHANGE_VERIFY_H
#define OPSDECK_SERVER_CHANGE_VERIFY_H

#include "model/proposal.h"
#include "model/snapshot.h"

struct doc;
struct server_core;
struct verify_run;

struct verify_spec {
	struct server_core *core;
	const struct proposal *plan; /* borrowed until the end */
	const char *id;
	int (*on_step)(void *arg, const struct step_run *r);
	/* Once, from the loop. `failed`: what was not as it should be, NULL when all is well.
	 * `checks` (borrowed): one entry for each that was tried. The run frees itself afterwards.
	 */
	void (*on_end)(void *arg, const char *failed, const struct doc *checks);
	void *arg;
};

struct verify_run *verify_start(const struct verify_spec *spec);
void verify_cancel(struct verify_run *v); /* before on_end only; NULL is fine */

#endif
