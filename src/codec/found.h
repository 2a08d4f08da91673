/*
 * Hosts as other tools' files name them, on their way into a fleet.yml. Knows no file and none of
 * those tools.
 */
#ifndef OPSDECK_CODEC_FOUND_H
#define OPSDECK_CODEC_FOUND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"

struct buf;

#define FOUND_HOSTS_MAX 5000

/* All owned. */
struct found_host {
	char *name; /* as fleet.yml takes it */
	char *address;
	char *user; /* the look login; NULL = the fleet's */
	int port;
	struct strs tags;
	struct strs notes; /* what stands there and is not taken over */
};

struct found_hosts {
	struct found_host *v;
	size_t n, cap;
	struct strs left_out; /* "FILE:LINE:COL: why" */
};

void found_hosts_finish(struct found_hosts *f);

/* What a tool's file says of one host, unchecked; NULL = nothing. */
struct found_raw {
	const char *file;
	int line, col;
	const char *name, *address, *port, *user;
};

/* Adds the host, or says in left_out why fleet.yml cannot take it. The new host, until the next is
 * added, or NULL. */
struct found_host *found_add(struct found_hosts *f, const struct found_raw *raw);
/* Takes the host of that name out; false when there is none. */
bool found_drop(struct found_hosts *f, const char *name);

/* Lower case, as names of hosts and tags are; heap. */
char *found_name(const char *s);

/* Entries for below `hosts:`, with `indent` blanks before each name. */
void found_hosts_text(struct buf *out, const struct found_hosts *f, size_t indent);

#endif
