/*
 * What a scan's answer gives a host: tags and params that fleet.yml lacks, and what only a person
 * can tell. The answer is hostile. Knows no file and prints nothing.
 */
#ifndef OPSDECK_CODEC_SCAN_PLAN_H
#define OPSDECK_CODEC_SCAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strs.h"
#include "model/check.h"
#include "model/host.h"

struct doc;

enum scan_verdict {
	SCAN_HAS,   /* the host has the tag */
	SCAN_ADD,   /* it is added */
	SCAN_FEW,   /* too few of the tag's checks find something */
	SCAN_NEEDS, /* a parameter is missing: added by hand, with it */
};

/* One tag that a path speaks for. */
struct scan_tag {
	char *tag;
	enum scan_verdict verdict;
	struct strs checks; /* that found a path */
	struct strs paths;  /* one for each of those */
	size_t could;	    /* checks of the tag that could be told by a path */
	char *why;	    /* with SCAN_NEEDS: what the sudoers file would lack; or NULL */
};

/* A parameter that somebody has to fill in. */
struct scan_gap {
	char *check, *param;
	char *why;   /* what came of looking for it; NULL: it cannot be told from outside */
	char *about; /* what the check says of it; or NULL */
};

struct scan_plan {
	struct scan_tag *tags;
	size_t tag_count, tag_cap;
	struct scan_gap *gaps;
	size_t gap_count, gap_cap;
	struct strs add_tags;
	struct doc *add_params; /* a map */
	size_t found;		/* paths */
};

/* `answer` is {paths, checks} of the request `scan`. */
void scan_plan_make(struct scan_plan *out, const struct catalogue *c, const struct host *h,
	const struct doc *answer);
void scan_plan_finish(struct scan_plan *p);

#endif
