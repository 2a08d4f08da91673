/*
 * What an archive of a host's files holds, by path below the host's root: the live side of a
 * comparison with a tree of references.
 */
#ifndef OPSDECK_FLOW_COMPARE_LIVE_H
#define OPSDECK_FLOW_COMPARE_LIVE_H

#include "codec/manifest.h"

struct compare_input;
struct doc;

struct live {
	struct manifest entries;
	const struct doc **content; /* by index of entries; borrowed */
};

/* The baseline's root; "{name}" stands for the host's parameter. NULL where the host has none. */
const char *live_root(const struct compare_input *in);

/* `raw` is what the reader of archives gave; it must outlive *live. */
void live_read(struct live *live, const struct doc *raw, const char *root);
void live_finish(struct live *live);

#endif
