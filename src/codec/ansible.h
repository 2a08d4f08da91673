/*
 * The hosts of an Ansible inventory, in its INI or YAML form. Refuses to know files: what stands in
 * group_vars/ and host_vars/ beside it is not there.
 */
#ifndef OPSDECK_CODEC_ANSIBLE_H
#define OPSDECK_CODEC_ANSIBLE_H

#include <stddef.h>

#include "base/err.h"
#include "codec/found.h"

/* Groups become tags; ansible_host, ansible_port and ansible_user count, a host's own before those
 * of its groups, those of a child before its parent's. ERR_INPUT or ERR_LIMIT "NAME:LINE:COL: ..."
 * for what is no inventory. */
int ansible_hosts(struct found_hosts *out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;

#endif
