/*
 * One row of the audit chain for one request. Knows no request's meaning.
 */
#ifndef OPSDECK_SERVER_AUDIT_H
#define OPSDECK_SERVER_AUDIT_H

#include <stdbool.h>

#include "base/err.h"
#include "server/core.h"

/* In the name of r's sender; subject may be NULL; detail is taken, may be NULL. */
int audit_append(struct server_core *core, const struct req *r, const char *what,
	const char *subject, bool allowed, struct doc *detail, struct err *e) WARN_UNUSED;

#endif
