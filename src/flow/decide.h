/*
 * The stage that judges a proposal: policy, boundary, what must be typed, and the canonical view
 * that an approval binds. Pure: reads no host, no store and no git; takes nothing from the proposal
 * on trust.
 */
#ifndef OPSDECK_FLOW_DECIDE_H
#define OPSDECK_FLOW_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/host.h"
#include "model/proposal.h"
#include "model/target.h"
#include "model/view.h"

/* A host's sudoers as git has it: texts in the order sudo reads them. */
struct decide_sudoers {
	const char *host;
	struct strs names; /* "etc/sudoers.d/luna" */
	struct strs texts;
};

struct decide_input {
	const struct proposal *p;
	const struct fleet *fleet;
	const struct policy *policy;
	const struct decide_sudoers *sudoers; /* of the hosts that have a reference */
	size_t sudoers_count;
	bool root; /* the server runs as root: local commands need no sudo */
};

/* Policy's action, never below what the code demands; the boundary; what must be typed.
 * ACTION_FORBID's reason says why. Caller finishes with verdict_finish. */
void decide_verdict(struct verdict *out, const struct decide_input *in);

/* Removes, wipes, stops, shuts down or prunes; `why` is a word for it. */
bool decide_is_destructive(const struct step *s, const char **why);

/* Text typed, held against the verdict: ERR_REFUSED says what must be typed. */
int decide_confirm(const struct verdict *v, const char *typed, struct err *e) WARN_UNUSED;

struct decide_view {
	const struct proposal *p;
	const char *plan; /* sha256 hex */
	const char *proposer;
	int64_t created_ms, expires_ms;
	const struct verdict *verdict;
	const struct target *targets; /* one a step */
	const struct strs
		*references; /* one a step: what the ops repo has there now, "" for none */
	size_t fleet_size;
	const struct strs *radius;   /* computed lines: services, quorum, backups */
	const struct strs *warnings; /* leftovers, a sudoers set that will not parse, ... */
};

/* All of the change, every line, white space significant. Ends with VIEW_END. */
void decide_view(struct view *out, const struct decide_view *in);

#endif
