/*
 * Tags and params added to one host in the text of a fleet.yml, with every comment and all layout
 * of the rest kept. Refuses to know files; never takes anything out.
 */
#ifndef OPSDECK_CODEC_FLEET_EDIT_H
#define OPSDECK_CODEC_FLEET_EDIT_H

#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"

struct buf;
struct doc;

struct fleet_addition {
	const char *host;
	const struct strs *tags;  /* that the host has not yet */
	const struct doc *params; /* a map of those that it has not yet; or NULL */
};

/* `name` stands in messages. The new text reads as the old one with the addition and nothing else,
 * or it is refused with the host's place. */
int fleet_edit(struct buf *out, const char *text, size_t n, const char *name,
	const struct fleet_addition *add, struct err *e) WARN_UNUSED;

#endif
