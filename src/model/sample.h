/*
 * What one command gave on one host, raw. Hostile until the worker has redacted it.
 */
#ifndef OPSDECK_MODEL_SAMPLE_H
#define OPSDECK_MODEL_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sample_status {
	SAMPLE_RAN,	 /* exit_status is the command's */
	SAMPLE_ABSENT,	 /* `present:` path is not there: left out, not a failure */
	SAMPLE_TIMEOUT,	 /* its own time limit */
	SAMPLE_CUT,	 /* the connection ended or the host's deadline came before it finished */
	SAMPLE_NOT_MADE, /* never started: see note */
	SAMPLE_STATUS_COUNT
};

struct sample {
	char *check;
	char *command;
	char *item; /* of the command's `each:`, by name; or NULL */
	enum sample_status status;
	int exit_status;
	char *out; /* NUL behind out_len */
	size_t out_len;
	char *err;
	size_t err_len;
	bool truncated; /* the cap was reached */
	int64_t at_ms;	/* wall time it ended */
	int64_t duration_ms;
	char *note; /* why it was not made; or NULL */
};

void sample_finish(struct sample *s);
void samples_free(struct sample *s, size_t n);
const char *sample_status_name(enum sample_status s);
bool sample_status_parse(const char *s, enum sample_status *out);

#endif
