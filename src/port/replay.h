/*
 * Recorded samples in place of a host: for tests, golden screens and the demo. A recorded host runs
 * nothing: flow/collect asks replay_sample instead of sending a script.
 *
 * host.replay names a folder with CHECK.COMMAND.out, .err and .rc (a decimal exit status, or
 * "absent" or "timeout"; none = 0), for an item of `each:` CHECK.COMMAND@ITEM.out with other bytes
 * than a-z, A-Z, 0-9, '.', '_' and '-' as %XX. A file `unreachable` makes the host so; its first
 * line is the reason.
 */
#ifndef OPSDECK_PORT_REPLAY_H
#define OPSDECK_PORT_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/sample.h"
#include "port/transport.h"

struct loop;

/* Answers each script with ERR_REFUSED "recorded hosts run nothing". */
struct transport *replay_transport_new(struct loop *loop);

/* ERR_UNREACHABLE with the recorded reason; 0 where there is none. */
int replay_reach(const char *folder, struct err *e) WARN_UNUSED;

/* The recorded sample; SAMPLE_NOT_MADE with a note where nothing was recorded. cap: bytes of stdout
 * kept. */
void replay_sample(struct sample *out, const char *folder, const char *check, const char *command,
	const char *item, size_t cap, int64_t now_ms);

#endif
