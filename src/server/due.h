/*
 * When each check of each host is to be looked at again. Knows no timer and no request.
 */
#ifndef OPSDECK_SERVER_DUE_H
#define OPSDECK_SERVER_DUE_H

#include <stdbool.h>
#include <stdint.h>

struct due;
struct gather_item;
struct gathered;
struct host;
struct intent;

/* Everything is due at once. The intent stays the caller's, and alive. */
struct due *due_new(const struct intent *in);
void due_free(struct due *d);

/* What of the host is due, or all, with the cheap checks first: a host's deadline then cuts what is
 * slow, and not all that stands behind it. It is due again after its own period. `every`: that of
 * the sweeps. Times are of the monotonic clock. */
void due_plan(struct due *d, const struct host *h, bool all, int64_t now, int64_t every,
	struct gather_item *item);

/* What could not be read is due again after a few sweeps: its own period may be hours. */
void due_again(struct due *d, const struct gathered *g, int64_t now, int64_t every);

#endif
