/*
 * What the judging stage is given: what was read, the reference, the check. Plain data, borrowed.
 */
#ifndef OPSDECK_FLOW_COMPARE_TYPES_H
#define OPSDECK_FLOW_COMPARE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/redact.h"

struct doc;
struct programs;

/* What came of one of the check's commands, or of one item of its `each:`. */
struct compare_read {
	const char *command;
	const char *item;	    /* name of the item; NULL without `each` */
	const struct doc *item_doc; /* as the host's params have it; NULL when they do not */
	bool read;		    /* value is there */
	bool absent;	   /* left out: its `present:` is not there, or `each:` has no items; why
			      then says so */
	bool sudo_missing; /* not read because sudo refused */
	bool optional;	   /* not reading it is no reason for unknown */
	const char *why;   /* not read: why, one line */
	int exit_status;
	bool unfinished;	 /* its last line has no end */
	const char *err;	 /* redacted stderr */
	const struct doc *value; /* redacted */
	const struct doc *raw;	 /* tar: entries as they are; NULL otherwise */
};

/* A file of the reference: path below refs/HOST/. */
struct compare_file {
	const char *path, *data;
	size_t len;
};

struct compare_input {
	const char *name;	 /* the check's */
	const struct doc *check; /* check.yml */
	const char *problem;	 /* its programs do not compile: why; or NULL */
	struct programs *programs;
	size_t program; /* made from compare_program's text */
	const struct compare_read *reads;
	size_t read_count;
	const struct compare_file *refs;
	size_t ref_count;
	int64_t now_ms;
	const struct doc *params, *previous; /* maps, or NULL */
	const struct redact *redact;
};

/* A file of the new reference; data NULL: it has this file of the old one no more. */
typedef void compare_file_fn(void *arg, const char *path, const char *data, size_t n);

#endif
