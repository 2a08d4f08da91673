/*
 * Reading one managed file on a host as it is now: content, owner, mode and links, through the one
 * line that the look login (apply where it is secret) may run. Changes nothing.
 */
#ifndef OPSDECK_FLOW_APPLY_TARGET_H
#define OPSDECK_FLOW_APPLY_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/host.h"
#include "model/target.h"

struct buf;

/* True when commands for this path run as `sudo -n ...`: not in a sandbox, not when the login is
 * root already. `root`: the server itself runs as root (matters for local hosts). */
bool target_needs_sudo(const struct host *h, enum identity id, const char *path, bool root);

/* The script that runs MANAGED_READ, after a line on stderr that tells DIR's real path (links in
 * parents are refused). */
void target_read_script(struct buf *script, const char *path, bool sudo);

/* Reads what the script gave. `t` gets host and path; content is left out when `secret`.
 * Refused: a parent that is a link, sudo's refusal, an archive with other entries than NAME. */
int target_parse(struct target *t, const char *host, const char *path, bool secret, int exit_status,
	const char *out, size_t out_len, const char *errtext, struct err *e) WARN_UNUSED;

#endif
