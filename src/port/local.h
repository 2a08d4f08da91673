/*
 * The transport to the machine opsdeck runs on: /bin/sh -c SCRIPT as a child process, with a clean
 * environment. Knows no check, no frame and no sudo.
 */
#ifndef OPSDECK_PORT_LOCAL_H
#define OPSDECK_PORT_LOCAL_H

#include "port/transport.h"

struct loop;

struct local_config {
	struct loop *loop;
	/* Put before "/bin/sh -c SCRIPT" for IDENTITY_LOOK, so that checks need not run as the uid
	 * that holds the keys ({"/usr/bin/sudo", "-n", "-u", "opsdeck-look", "--", NULL}); NULL =
	 * nothing. Copied. */
	const char *const *look_prefix;
};

struct transport *local_transport_new(const struct local_config *config);

#endif
