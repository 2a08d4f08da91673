/*
 * Proposals as they are sent: YAML or JSON, written by agents, hostile. Refuses to know policy and
 * the host's state.
 *
 *   title: put web1 sudoers back to its reference     at most 200 bytes, one line
 *   rationale: why                                    at most 16 KiB
 *   runbook: sudoers                                  optional, a name below runbooks/
 *   expires: 1h                                       optional, 1m to 7d
 *   steps:                                            1 to 64 once `hosts` are spread
 *     - {file: /etc/x, host: web1, content: "...", owner: root, group: root, mode: "0440"}
 *       instead of content: `content_base64: ...` or `from_reference: refs/web1/x/etc/x`
 *       (the server fills in the accepted commit's bytes); `secret: true` keeps it from view
 *     - {reference: refs/web1/ports, content: "..."}  or `remove: true`
 *     - {command: [/usr/bin/x, -y], host: web1, timeout: 30s, expect: 0}
 *     - {service: nginx.service, do: restart, host: web1}
 *   verify:
 *     - {check: sudoers, host: web1}
 *     - {command: [/usr/sbin/nginx, -t], host: web1, timeout: 30s}
 *   rollback:                                         optional, steps as above
 *
 * `hosts: [a, b]` instead of `host: a` gives one step a host. `reference:` is for writing: it is no
 * key of a file step.
 */
#ifndef OPSDECK_CODEC_PROPOSAL_H
#define OPSDECK_CODEC_PROPOSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/check.h"
#include "model/host.h"
#include "model/proposal.h"

struct doc;

#define PROPOSAL_STEPS_MAX 64			  /* steps, verify and rollback each */
#define PROPOSAL_CONTENT_MAX ((size_t)512 * 1024) /* bytes of all contents together */

/* Caller finishes with proposal_finish; on failure *out is empty. */
int proposal_read(struct proposal *out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;

/* The same from a document that was read already (a request's argument). `stored`: it comes from
 * proposal_to_doc with hidden secrets, whose steps then have no content but content_hash. */
int proposal_from_doc(struct proposal *out, const struct doc *d, const char *name, bool stored,
	struct err *e) WARN_UNUSED;

/* hide_secrets: contents marked secret give way to their SHA-256 and size. Caller frees. */
struct doc *proposal_to_doc(const struct proposal *p, bool hide_secrets);

/* Holds it against the fleet in force: hosts, checks, services and paths that exist and may be
 * changed. ERR_INPUT names the step. `c` NULL: checks are not looked up. */
int proposal_check(const struct proposal *p, const struct fleet *f, const struct catalogue *c,
	struct err *e) WARN_UNUSED;

#endif
