/*
 * sudoers(5): the exact lines that opsdeck's two logins need, written, and held against a text that
 * is there. Refuses to know more of the grammar than that: what it does not understand it reports,
 * never guesses.
 */
#ifndef OPSDECK_CODEC_SUDOERS_H
#define OPSDECK_CODEC_SUDOERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/check.h"
#include "model/host.h"

struct buf;

/* "LOGIN ALL=(root) NOPASSWD: ARGV", escaped, without a newline. ERR_INPUT names the word that may
 * not stand there. */
int sudo_line(
	struct buf *out, const char *login, const struct strs *argv, struct err *e) WARN_UNUSED;

/* Lines for the host's look login: one for each command of the check with `sudo: true`,
 * and for each item of its `each`. */
int sudo_lines_for_check(
	struct strs *out, const struct check *c, const struct host *h, struct err *e) WARN_UNUSED;
/* Lines of one managed path (model/host.h: managed_argv), for both logins. */
int sudo_lines_for_managed(
	struct strs *out, const struct managed *m, const struct host *h, struct err *e) WARN_UNUSED;
int sudo_lines_for_service(struct strs *out, const struct managed_service *s, const struct host *h,
	struct err *e) WARN_UNUSED;

/* All of them for a host, each once, look first: what its zz-opsdeck holds. */
int sudo_lines_for_host(struct strs *out, const struct fleet *f, const struct catalogue *c,
	const struct host *h, struct err *e) WARN_UNUSED;

/* True when the last thing that a /etc/sudoers says is to read /etc/sudoers.d: whatever follows
 * that, or its lack, would take our file the last word. */
bool sudoers_drop_ins_last(const char *text);

#define SUDOERS_FILE "/etc/sudoers.d/zz-opsdeck" /* sorts last, has no dot */

/* The whole file for one host: comment, Defaults of the two logins, lines. */
int sudoers_render(struct buf *out, const struct fleet *f, const struct catalogue *c,
	const struct host *h, struct err *e) WARN_UNUSED;
/* One POSIX shell script with the files of all hosts that need one: `sh SCRIPT HOST` as root on the
 * host checks (visudo -c) and puts it in place; without a name it prints what it would do. */
int sudoers_render_script(struct buf *out, const struct fleet *f, const struct catalogue *c,
	struct err *e) WARN_UNUSED;

enum sudoers_verdict {
	SUDOERS_NONE,	/* no line covers it */
	SUDOERS_EXACT,	/* an exact NOPASSWD line covers it */
	SUDOERS_ROOT,	/* a line covers it that lets far more through: ALL, a wildcard, a path
			 * without   arguments, a directory: as good as root */
	SUDOERS_DENIED, /* a later line asks for a password or says no */
	SUDOERS_UNSURE, /* the text has something here that is not understood */
	SUDOERS_VERDICT_COUNT
};

struct sudoers_answer {
	enum sudoers_verdict verdict;
	int line;	     /* of the text, from 1; 0 with SUDOERS_NONE */
	int requiretty_line; /* a Defaults line that refuses logins without a terminal: DENIED then,
			      * whatever the rules say; 0 = none */
	enum sudoers_verdict rules; /* what the rules alone say; for the next call */
	int rules_line;
};

/* Whether `user` may run argv as root without a password, by this one text, strictly: the last line
 * that matters decides, as in sudo. Start with *out = {0}; call once for each file in the order
 * sudo reads them: true when this text had a say, and *out is new then. */
bool sudoers_allows(struct sudoers_answer *out, const char *text, size_t n, const char *user,
	const struct strs *argv);

/* Lines that are as good as root for `user` (SUDOERS_ROOT), for the boundary view: line numbers
 * into lines[0..max), the count found is returned (may be more than max). */
size_t sudoers_wide_lines(int *lines, size_t max, const char *text, size_t n, const char *user);

const char *sudoers_verdict_name(enum sudoers_verdict v);

#endif
