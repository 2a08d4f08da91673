/*
 * The stage that reads: one raw sample to a value, by the kind its check names. Every byte is
 * hostile. Knows no expectation and no host.
 */
#ifndef OPSDECK_FLOW_PARSE_H
#define OPSDECK_FLOW_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "codec/redact.h"
#include "model/sample.h"

struct doc;

/* What came of one command. */
enum parse_state {
	PARSE_READ,	    /* value is there */
	PARSE_ABSENT,	    /* `present:` is not there: left out */
	PARSE_FAILED,	    /* could not be made or read: the text says why */
	PARSE_SUDO_MISSING, /* sudo refused */
	PARSE_STATE_COUNT
};

struct parsed {
	enum parse_state state;
	struct doc *value; /* redacted; NULL unless read */
	struct doc *raw;   /* tar only: the entries unredacted, for adopt and comparing; or NULL */
	char *why;	   /* PARSE_FAILED and PARSE_SUDO_MISSING: one line, redacted */
	char *out;	   /* redacted stdout as text that may be stored */
	size_t out_len;
	char *err; /* redacted stderr */
	size_t err_len;
};

/* `command` is the command's map in check.yml: read (kind or {kind, ...}), sudo, exits, empty.
 * Never fails: what cannot be read is PARSE_FAILED. redact NULL: everything as it is. */
void parse_sample(struct parsed *out, const struct doc *command, const struct sample *s,
	const struct redact *redact);
void parsed_finish(struct parsed *p);

/* Says, by file, line and column, what a command's reading options lack. For loading. */
int parse_check_options(const struct doc *command, const char *source, struct err *e) WARN_UNUSED;

#endif
