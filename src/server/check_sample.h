/*
 * A recorded sample of a check (checks/NAME/samples/X.yml) as a request to judge. Knows no file.
 *
 *   about: what was done to the host to get this
 *   now: 2026-11-22T01:00:00Z
 *   origin: made | written (by running the tool, or to its documented format)
 *   params: {...}
 *   previous: {...}
 *   samples:
 *     COMMAND: {exit: 0, stdout: text, stderr: text}
 *     OTHER: {status: absent}
 *     MANY: {each: [{name: ITEM, exit: 0, stdout: text}]}
 *   reference: {PATH BELOW refs/HOST/: text}
 *   secrets: [texts that may not come out again]
 *
 * Besides: stdout_base64 for bytes that are no text, truncated, note.
 */
#ifndef OPSDECK_SERVER_CHECK_SAMPLE_H
#define OPSDECK_SERVER_CHECK_SAMPLE_H

#include "base/err.h"
#include "base/strs.h"
#include "server/judge.h"

struct doc;

struct check_sample {
	struct judge_request request; /* points to what is below */
	char *params, *previous;
	struct sample *samples;
	struct judge_file *refs;
	struct strs secrets;
};

int check_sample_read(struct check_sample *out, const char *check, const struct doc *yaml,
	const char *name, struct err *e) WARN_UNUSED;
void check_sample_finish(struct check_sample *s);

#endif
