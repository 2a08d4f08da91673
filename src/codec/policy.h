/*
 * policy.yml to a struct policy. Refuses to know proposals: matching is the decide stage's.
 */
#ifndef OPSDECK_CODEC_POLICY_H
#define OPSDECK_CODEC_POLICY_H

#include <stddef.h>

#include "base/err.h"
#include "model/host.h"
#include "model/proposal.h"

/* Hosts and groups that rules name must stand in `fleet` (NULL: not looked up). Caller frees with
 * policy_free. An empty text is a policy of no rules: everything is `typed`. */
int policy_read(struct policy **out, const char *text, size_t n, const char *name,
	const struct fleet *fleet, struct err *e) WARN_UNUSED;

#endif
