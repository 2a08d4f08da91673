/*
 * The stage that writes a change into git: its paths, its record changes/YYYY/ID.yml and a message
 * with trailers. Knows no host, no store and no server.
 */
#ifndef OPSDECK_FLOW_RECORD_H
#define OPSDECK_FLOW_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "port/repo/repo.h"

struct doc;

/* All borrowed. */
struct record_spec {
	const char
		*proposal; /* "P-12"; NULL: not a proposal (adopt), no changes/ record is written */
	const char *title; /* becomes the subject */
	const char *rationale;	 /* the operator's own words; must not be blank */
	const char *runbook;	 /* NULL = none */
	const char *plan;	 /* sha256 hex; NULL only with proposal NULL */
	const char *proposed_by; /* user names; NULL = no such trailer */
	const char *approved_by;
	const struct strs *hosts; /* one Host trailer each; NULL = none */
	const char *verified;	  /* "3 of 3", "no: ..."; NULL = no such trailer */
	const char *audit;	  /* head of the audit chain; NULL = no such trailer */
	const char *state; /* how it ended: "verified", "rolled-back", ... (for the record) */
	const struct doc
		*proposal_doc;	   /* proposal_to_doc(p, hide secrets): steps, verify, rollback */
	const struct doc *outcome; /* what applying did; NULL while it is not known (preflight) */
	int64_t proposed_ms, decided_ms, at_ms; /* at: of the commit; gives YYYY */
	const char *parent;			/* the accepted commit: the tip must be this */
	const struct repo_change *paths;	/* reference steps; may be none */
	size_t path_count;
	const struct repo_person
		*author; /* the approver; NULL = user.name and user.email of the config */
};

struct record_result {
	char commit[REPO_ID_HEX];
	bool already;	  /* it was there: found by its Proposal and Plan trailers */
	struct strs left; /* "PATH: why": work tree or index not brought along; the commit stands */
};
void record_result_finish(struct record_result *r);

/*
 * Before approval: everything that would refuse the commit is tried and nothing is changed. Errors:
 * ERR_REFUSED a secret in content, name, title, rationale or record (the message says where and
 * which rule, never the secret), a commit that must be signed; ERR_MISSING no author; ERR_CONFLICT
 * the branch moved or a path is dirty or staged; ERR_INPUT an impossible path or a blank rationale;
 * ERR_BUSY.
 */
int record_preflight(struct repo *r, const struct record_spec *spec, struct err *e) WARN_UNUSED;

/* Makes the commit; at most once: one with the same Proposal and Plan trailers in the last 1000
 * commits of the branch is the answer. ERR_CONFLICT when that proposal stands there with another
 * plan. */
int record_commit(struct repo *r, const struct record_spec *spec, struct record_result *out,
	struct err *e) WARN_UNUSED;

/* The highest N of changes/YYYY/P-N.yml in a commit, 0 when there is none: a store that was lost
 * must not give an id twice (store_proposal_floor). */
int record_highest_id(struct repo *r, const char *commit, int64_t *out, struct err *e) WARN_UNUSED;

/* Value of a trailer in the last paragraph of a commit's message or body; heap, NULL when it has
 * none. */
char *record_trailer(const char *message, const char *key);

#endif
