/*
 * Everything a reader may see at one moment: the whole estate, read from the store in one read
 * transaction. Plain data; ages are computed by whoever shows it.
 */
#ifndef OPSDECK_MODEL_SNAPSHOT_H
#define OPSDECK_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strs.h"
#include "model/check.h"
#include "model/finding.h"
#include "model/proposal.h"

struct snap_host {
	char *name, *address, *transport;
	struct strs tags, groups;
	enum finding_state state;	     /* worst of its findings; unreachable when it is */
	bool looked;			     /* false: not looked at yet */
	int64_t since_ms;		     /* in this state since */
	int64_t at_ms;			     /* last sweep that got an answer; 0 = never */
	char *error;			     /* why it could not be reached; or NULL */
	size_t first_finding, finding_count; /* its slice of findings */
};

struct snap_check { /* of the accepted catalogue */
	char *name, *title, *runbook;
	enum pane pane;
};

struct snap_proposal {
	char *id, *title, *proposer, *runbook, *plan; /* plan: sha256 hex */
	enum proposal_state state;
	struct strs hosts;
	int64_t created_ms, expires_ms, moved_ms; /* moved: into this state */
	char *note;   /* what went wrong or what is awaited, one line; or NULL */
	char *commit; /* hex id once committed; or NULL */
};

struct snap_sweep {
	int64_t started_ms, ended_ms; /* ended 0: running */
	int hosts_total, hosts_done;
	int64_t next_ms; /* planned; 0 = none */
};

struct snapshot {
	int64_t seq; /* of the news */
	char *estate;
	char *repo, *branch, *accepted; /* path, short name, hex */
	int incoming;		 /* paths that differ between accepted and the branch's tip */
	bool incoming_rewritten; /* the tip does not descend from accepted */
	int edits;		 /* files of the work tree that are not in force */
	bool agent_separated;	 /* false and agent_seen: AGENT NOT SEPARATED */
	bool agent_seen;
	bool on_demand;	    /* the server runs on demand: sweeps only while somebody looks */
	char *server_error; /* e.g. a broken fleet.yml that is not in force; or NULL */
	struct snap_sweep sweep;
	struct snap_host *hosts; /* in fleet order */
	size_t host_count, host_cap;
	struct finding *findings; /* by host in fleet order, then check name */
	size_t finding_count, finding_cap;
	struct snap_check *checks;
	size_t check_count, check_cap;
	struct snap_proposal *proposals; /* waiting ones first, newest first */
	size_t proposal_count, proposal_cap;
};

void snapshot_free(struct snapshot *s);
/* Borrowed; NULL when there is none. */
const struct snap_host *snapshot_host(const struct snapshot *s, const char *name);
const struct finding *snapshot_finding(
	const struct snapshot *s, const char *host, const char *check);
const struct snap_check *snapshot_check(const struct snapshot *s, const char *name);
const struct snap_proposal *snapshot_proposal(const struct snapshot *s, const char *id);

/* One change of state, for history and the log. */
struct transition {
	int64_t at_ms;
	char *host, *check;
	enum finding_state from, to;
	char *summary;
	char *cause; /* "P-12 applied", "dpkg", ...; or NULL */
};
void transitions_free(struct transition *t, size_t n);

struct audit_row {
	int64_t seq, at_ms;
	char *who; /* user name */
	long uid;
	char *role, *request, *subject; /* subject: proposal id, host, ... */
	bool allowed;
	char *detail; /* JSON */
	char *hash;   /* hex over the previous row's hash and this row's fields (store/audit.h says
			 how) */
};
void audit_rows_free(struct audit_row *r, size_t n);

/* One step of applying, verifying or undoing, as it ran. */
struct step_run {
	int index;
	char *phase; /* "apply", "verify", "undo" */
	char *host;
	char *title; /* "put /etc/sudoers.d/luna" */
	char *state; /* "running", "ok", "failed", "skipped" */
	int exit_status;
	int64_t started_ms, ended_ms;
	char *output; /* safe, redacted, capped */
};
void step_runs_free(struct step_run *r, size_t n);

#endif
