/*
 * Steps and verify steps of a proposal, read and written: codec/proposal.c's other half. Knows no
 * fleet.
 */
#ifndef OPSDECK_CODEC_PROPOSAL_STEP_H
#define OPSDECK_CODEC_PROPOSAL_STEP_H

#include "codec/load.h"
#include "model/proposal.h"

#define STEP_TIMEOUT_MS ((int64_t)30 * 1000) /* unless it names one */

struct proposal_reading {
	struct load l;
	bool stored;
	size_t content; /* bytes so far, of all steps */
};

/* One map of the list: one step, or one for each of its `hosts`. */
int proposal_read_step(struct proposal_reading *r, const struct doc *d, const char *what,
	struct step **steps, size_t *count, size_t *cap) WARN_UNUSED;
int proposal_read_verify(struct proposal_reading *r, const struct doc *d, const char *what,
	struct verify **verify, size_t *count, size_t *cap) WARN_UNUSED;

struct doc *proposal_step_doc(const struct step *s, bool hide_secrets);
struct doc *proposal_verify_doc(const struct verify *v);

#endif
