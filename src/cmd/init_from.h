/*
 * The hosts of a new ops repo, as the files of other tools name them. Writes nothing.
 */
#ifndef OPSDECK_CMD_INIT_FROM_H
#define OPSDECK_CMD_INIT_FROM_H

#include "base/err.h"
#include "codec/found.h"

/* Of an ssh_config; file NULL: ~/.ssh/config. What is left out is said on stderr. ERR_MISSING when
 * nothing is left. The caller finishes *out in either case. */
int init_from_ssh_config(struct found_hosts *out, const char *file, struct err *e) WARN_UNUSED;
int init_from_ansible(struct found_hosts *out, const char *file, struct err *e) WARN_UNUSED;

#endif
