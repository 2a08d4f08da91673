/*
 * The known hosts in force: a file that is read again when it changed, or somebody's callback.
 * Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_KNOWN_H
#define OPSDECK_PORT_SSH_KNOWN_H

#include "base/err.h"

struct known_cache;
struct known_hosts;
struct log;

struct known_cache *known_cache_new(const char *path, const struct log *log);
void known_cache_free(struct known_cache *c);
/* A file that is not there knows nobody. Borrowed until the next call. */
const struct known_hosts *known_cache_get(struct known_cache *c, struct err *e);

#endif
