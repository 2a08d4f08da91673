/*
 * The hosts of an ssh_config(5). Refuses to know files: what `Include` names comes through a
 * callback.
 */
#ifndef OPSDECK_CODEC_SSHCONFIG_H
#define OPSDECK_CODEC_SSHCONFIG_H

#include <stddef.h>

#include "base/err.h"
#include "codec/found.h"

/* Adds name and text of each file that the pattern of an `Include` stands for; none is fine. */
typedef int ssh_include_fn(
	void *arg, const char *pattern, struct strs *names, struct strs *texts, struct err *e);

/* Each name of a `Host` line without wildcards, with what the whole file says of it: the first
 * value counts. `Match` blocks but "all" are passed over, and left_out says so. ERR_INPUT or
 * ERR_LIMIT "NAME:LINE:COL: ..." for what is no ssh_config. `include` may be NULL. */
int ssh_config_hosts(struct found_hosts *out, const char *text, size_t n, const char *name,
	ssh_include_fn *include, void *arg, struct err *e) WARN_UNUSED;

#endif
