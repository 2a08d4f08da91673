/*
 * One host of fleet.yml: codec/fleet.c's other half. Knows no groups.
 */
#ifndef OPSDECK_CODEC_FLEET_HOST_H
#define OPSDECK_CODEC_FLEET_HOST_H

#include "codec/load.h"
#include "model/host.h"

struct fleet_reading {
	struct load l;
	struct fleet *f;
	char *user[IDENTITY_COUNT]; /* of hosts that do not say their own */
};

#define FLEET_NAME_WANT "a name of a-z, 0-9, '.', '_' and '-'"

/* What a host's `address` may be: a name or an IP address. */
bool fleet_is_address(const char *s);

/* Adds the host to r->f. */
int fleet_read_host(struct fleet_reading *r, const char *name, const struct doc *d) WARN_UNUSED;

#endif
