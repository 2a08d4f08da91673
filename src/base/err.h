/*
 * Errors: one caller-owned struct, a code for those who branch and one line for those who read.
 * Knows nothing of hosts, checks or files; the leaf writes the message, callers prefix it.
 */
#ifndef OPSDECK_BASE_ERR_H
#define OPSDECK_BASE_ERR_H

enum err_code {
	ERR_NONE,
	ERR_FAIL,     /* something did not work; the message says what */
	ERR_INPUT,    /* what was given is wrong: file, line, column or field is named */
	ERR_REFUSED,  /* the asker may not, or policy forbids */
	ERR_MISSING,  /* no such thing */
	ERR_CONFLICT, /* the thing moved meanwhile: stale parent, outdated proposal, wrong state */
	ERR_BUSY,     /* somebody else holds it; trying again may help */
	ERR_UNREACHABLE, /* no connection, or it broke */
	ERR_TIMEOUT,	 /* a deadline passed */
	ERR_LIMIT,	 /* a size or count limit was reached */
	ERR_CODE_COUNT
};

#define ERR_MSG_MAX 768

struct err {
	enum err_code code;
	char msg[ERR_MSG_MAX];
};

/* Sets code and message (cut at ERR_MSG_MAX) and returns -1, so that `return err_set(...)` reads
 * well. `e` may be NULL: then nothing is written. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set, with ": strerror(errnum)" behind the text; the code is ERR_MISSING for ENOENT,
 * ERR_TIMEOUT for ETIMEDOUT, ERR_FAIL for the rest. */
int err_sys(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts text and ": " before the message that is there; keeps the code. Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The code's stable name on the wire and in --json output: "refused", "conflict", ... */
const char *err_code_name(enum err_code code);

/* The code of a name that err_code_name gave; ERR_FAIL for an unknown one. */
enum err_code err_code_parse(const char *name);

/* Exit status of the program for a code (documented in opsdeck.1): 0 none, 1 fail, 2 input/usage,
 * 3 refused, 4 missing, 5 conflict, 6 busy/unreachable/timeout, 7 limit. */
int err_exit_status(enum err_code code);

#define WARN_UNUSED __attribute__((warn_unused_result))

#endif
