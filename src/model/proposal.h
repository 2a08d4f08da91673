/*
 * A change somebody asks for, what was decided on it and what became of it. The states and their
 * moves are one table here; everything else in the program asks that table.
 */
#ifndef OPSDECK_MODEL_PROPOSAL_H
#define OPSDECK_MODEL_PROPOSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strs.h"
#include "model/host.h"

enum step_kind { STEP_FILE, STEP_REFERENCE, STEP_COMMAND, STEP_SERVICE, STEP_KIND_COUNT };

struct step {
	enum step_kind kind;
	char *host;    /* NULL for reference */
	char *path;    /* file: absolute on the host; reference: relative in the ops repo */
	char *content; /* file, reference: the new bytes; NULL with `remove` (reference only) */
	size_t content_len;
	char *content_hash;   /* stored secret without its content: sha256 hex; else NULL */
	char *from_reference; /* file: the path in the ops repo whose bytes are the content; or NULL
			       */
	bool remove;
	bool secret;
	char *owner, *group; /* file */
	unsigned mode;	     /* file */
	struct strs
		argv; /* command: argv[0] absolute; service: unit then verb "restart"|"reload" */
	int64_t timeout_ms;
	int expect_exit; /* command */
};

enum verify_kind { VERIFY_CHECK, VERIFY_COMMAND };

struct verify {
	enum verify_kind kind;
	char *host;
	char *check; /* VERIFY_CHECK: must come out ok */
	struct strs argv;
	int64_t timeout_ms;
};

#define PROPOSAL_STATES(X)                                                                         \
	X(PROPOSED, "proposed")                                                                    \
	X(APPROVED, "approved")                                                                    \
	X(APPLYING, "applying")                                                                    \
	X(APPLIED, "applied")                                                                      \
	X(VERIFIED, "verified")                                                                    \
	X(COMMITTED, "committed")                                                                  \
	X(REJECTED, "rejected")                                                                    \
	X(WITHDRAWN, "withdrawn")                                                                  \
	X(OUTDATED, "outdated")                                                                    \
	X(EXPIRED, "expired")                                                                      \
	X(FAILED, "failed")                                                                        \
	X(ROLLED_BACK, "rolled-back")                                                              \
	X(HELD, "held")                                                                            \
	X(INTERRUPTED, "interrupted")                                                              \
	X(UNCOMMITTED, "uncommitted")

enum proposal_state {
#define X(id, name) PROPOSAL_##id,
	PROPOSAL_STATES(X)
#undef X
		PROPOSAL_STATE_COUNT
};

/* What the proposer sent, read and checked. */
struct proposal {
	char *id; /* "P-12"; NULL until the server gave it one */
	char *title;
	char *rationale;
	char *runbook;		/* NULL = none */
	struct strs hosts;	/* sorted, every host that a step or verify names */
	enum identity identity; /* always IDENTITY_APPLY for host steps */
	struct step *steps;
	size_t step_count, step_cap;
	struct verify *verify;
	size_t verify_count, verify_cap;
	struct step *rollback; /* explicit ones; file steps also keep what was there */
	size_t rollback_count, rollback_cap;
	int64_t expires_in_ms; /* 0: as policy says */
};

enum action { ACTION_APPROVE, ACTION_TYPED, ACTION_TWO_PERSON, ACTION_FORBID, ACTION_COUNT };

struct policy_rule {
	int line; /* in policy.yml */
	char *name;
	struct strs kinds; /* step kinds: file, reference, command, service; empty = all */
	struct strs hosts, groups, tags; /* empty = all */
	struct strs paths; /* shell globs over path (fnmatch, FNM_PATHNAME); empty = all */
	bool destructive;  /* only those that are destructive */
	enum action action;
};

struct policy {
	struct policy_rule *rules; /* first that matches decides; none matches: ACTION_TYPED */
	size_t rule_count, rule_cap;
	bool freeze; /* nothing may be approved */
	char *freeze_reason;
	int64_t expires_default_ms;
};

/* The verdict the server computes for a plan; never taken from the proposal. */
struct verdict {
	enum action action;
	char *rule;    /* "rule 7: sudoers, any host" */
	char *reason;  /* why it is at least this; or why refused */
	char *confirm; /* ACTION_TYPED: the text that must be typed (the host's name, or "N hosts")
			*/
	bool boundary_ok; /* every argv is covered by the host's sudoers reference */
	char *boundary;	  /* "3 exact lines, refs/web1/sudoers/..." or what is missing */
};

/* "put /etc/x", "write refs/web1/ports", "run /usr/bin/x -y", "restart nginx.service"; raw, heap.
 */
char *step_title(const struct step *s);
char *verify_title(const struct verify *v);

void step_finish(struct step *s);
void verify_finish(struct verify *v);
void proposal_finish(struct proposal *p);
void policy_free(struct policy *p);
void verdict_finish(struct verdict *v);

const char *proposal_state_name(enum proposal_state s);
bool proposal_state_parse(const char *s, enum proposal_state *out);
/* The one table of moves. A person closes what is held, interrupted or outdated by rejecting it
 * with a reason (interrupted by way of held); reading again reopens what was outdated. The record
 * of a change that did not succeed is committed without a move: `committed` means done, verified
 * and in git. */
bool proposal_may_move(enum proposal_state from, enum proposal_state to);
/* Waiting for a person: proposed, outdated, held, interrupted, uncommitted. */
bool proposal_state_waits(enum proposal_state s);
bool proposal_state_is_final(enum proposal_state s);

const char *step_kind_name(enum step_kind k);
bool step_kind_parse(const char *s, enum step_kind *out);
const char *action_name(enum action a);
bool action_parse(const char *s, enum action *out);

#endif
