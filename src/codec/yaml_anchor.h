/*
 * What anchors of a YAML text stand for, and merging. Knows no syntax.
 */
#ifndef OPSDECK_CODEC_YAML_ANCHOR_H
#define OPSDECK_CODEC_YAML_ANCHOR_H

#include <stddef.h>

struct doc;
struct yaml_anchor;

struct yaml_anchors {
	struct yaml_anchor *v;
	size_t n, cap;
};

/* Both become the list's. */
void yaml_anchor_take(struct yaml_anchors *a, char *name, struct doc *value);
/* The last of that name; borrowed, NULL when there is none. */
const struct doc *yaml_anchor(const struct yaml_anchors *a, const char *name);
void yaml_anchors_finish(struct yaml_anchors *a);

/* All values in it, itself among them. */
size_t yaml_count_values(const struct doc *d);
/* "<<: *name": the keys of that map (or of a list of maps), but for those that are there. */
void yaml_merge(struct doc *d, const struct doc *from);

#endif
