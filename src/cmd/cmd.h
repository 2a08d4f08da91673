/*
 * What the subcommands share: their table, the options, and one parsed command line. Knows no
 * screen.
 */
#ifndef OPSDECK_CMD_CMD_H
#define OPSDECK_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/place.h"

struct client;
struct client_start;
struct doc;
struct reader;

/* id, name, its value's name (NULL: a flag; "[NAME]": only behind "="), what it does. opsdeck.1
 * lists every one of them. */
#define OPTIONS(X)                                                                                 \
	X(REPO, "repo", "DIR", "the ops repo (default: the folder's own, then $OPSDECK_REPO)")     \
	X(STATE, "state", "DIR", "the store's folder (default: below $XDG_STATE_HOME/opsdeck)")    \
	X(SOCKET, "socket", "PATH", "the server's socket (default: STATE/sock)")                   \
	X(CONFIG, "config", "FILE", "serve.yml (default: STATE/serve.yml or /etc/opsdeck)")        \
	X(READ_ONLY, "read-only", NULL, "look only: asks nothing that changes anything")           \
	X(JSON, "json", NULL, "print data as JSON")                                                \
	X(HELP, "help", NULL, "say how it is called")                                              \
	X(VERSION, "version", NULL, "print the version")                                           \
	X(THEME, "theme", "NAME", "the cockpit's colours")                                         \
	X(SCRIPT, "script", "FILE", "drive the cockpit by a file of actions (for tests)")          \
	X(SIZE, "size", "COLSxROWS", "of the script's screen")                                     \
	X(NOW, "now", "TIME", "the script's frozen clock, RFC 3339")                               \
	X(HOST, "host", "NAME", "only this host")                                                  \
	X(CHECK, "check", "NAME", "only this check")                                               \
	X(STATE_IS, "only", "STATE", "only findings in this state")                                \
	X(LIMIT, "limit", "N", "at most so many rows")                                             \
	X(ALL, "all", NULL, "every host")                                                          \
	X(SCRIPT_FORM, "script", NULL, "one installer for the whole estate")                       \
	X(WORKTREE, "worktree", NULL, "what stands in the work tree, not what is accepted")        \
	X(AGENT, "agent", "NAME", "it is this agent's proposal")                                   \
	X(DIR, "dir", "DIR", "a folder of checks")                                                 \
	X(EXPLAIN, "explain", NULL, "how the verdict came about, step by step")                    \
	X(RECORD, "record", NULL, "what was read, as a sample for the check's folder")             \
	X(SAMPLES, "samples", "DIR", "recorded outputs, with an EXPECT.tsv of what is right")      \
	X(KNOWN_HOSTS, "known-hosts", "FILE", "take the fleet's keys over from this known_hosts")  \
	X(SCAN, "scan", "HOST", "propose tags and params for a host, by what it runs")             \
	X(FROM_ANSIBLE, "from-ansible", "FILE", "with the hosts of an Ansible inventory")          \
	X(FROM_SSH_CONFIG, "from-ssh-config", "[FILE]", "with the hosts of an ssh_config")         \
	X(YES, "yes", NULL, "do not ask")                                                          \
	X(SHOWN, "shown", "HASH", "what was shown, as its review printed it")                      \
	X(PLAN, "plan", "HASH", "the plan, as its review printed it")                              \
	X(APPROVE, "approve", NULL, "approve without a terminal (with --plan and --shown)")        \
	X(RATIONALE, "rationale", "TEXT", "why, in your own words")                                \
	X(TYPED, "typed", "TEXT", "the typed confirmation, where the policy asks for it")          \
	X(REJECT, "reject", "REASON", "reject it")                                                 \
	X(UNDO, "undo", NULL, "put back what was there before")                                    \
	X(TIP, "tip", "COMMIT", "the commit that was shown")                                       \
	X(FINGERPRINT, "fingerprint", "TEXT", "accept this very key")                              \
	X(ON_DEMAND, "on-demand", NULL, "end when nobody is there any more")                       \
	X(LINGER, "linger", "TIME", "how long after the last client it ends (10m)")                \
	X(READY_FD, "ready-fd", "N", "say on this descriptor when it listens")

enum option {
#define X(id, name, arg, help) OPTION_##id,
	OPTIONS(X)
#undef X
		OPTION_COUNT
};

struct option_row {
	const char *name;
	const char *arg;
	const char *help;
};
extern const struct option_row option_table[OPTION_COUNT];

#define OPT(id) ((uint64_t)1 << OPTION_##id)

struct cmd_row;

/* One command line, parsed. */
struct cmd {
	const struct cmd_row *row;	  /* NULL: the cockpit */
	const char *option[OPTION_COUNT]; /* NULL = not given; "" for a flag that is */
	char **args;
	int arg_count;
	struct place place;
	char *self; /* path of the running program */
};

/* The exit status, or -1 with the error (its status: err_exit_status). */
typedef int cmd_run_fn(struct cmd *c, struct err *e);

enum cmd_group { GROUP_LOOK, GROUP_CHANGE, GROUP_ESTATE, GROUP_SERVER, GROUP_HIDDEN, GROUP_COUNT };

struct cmd_row {
	const char *name; /* one or two words */
	const char *args; /* "ID", "HOST CHECK", "[HOST...]" */
	const char *help;
	enum cmd_group group;
	uint64_t options; /* besides those that all take */
	int min_args, max_args;
	bool needs_place;
	cmd_run_fn *run;
};
extern const struct cmd_row cmd_table[];
extern const int cmd_count;

/* Options that every command takes. */
#define OPTIONS_COMMON                                                                             \
	(OPT(REPO) | OPT(STATE) | OPT(SOCKET) | OPT(CONFIG) | OPT(HELP) | OPT(READ_ONLY))
#define OPTIONS_COCKPIT (OPT(THEME) | OPT(SCRIPT) | OPT(SIZE) | OPT(NOW) | OPT(VERSION))

/* The cockpit is main.c's: nothing in here knows the screen. */
typedef int cockpit_fn(struct cmd *c, struct err *e);
int cmd_main(int argc, char **argv, cockpit_fn *cockpit);

/* Splits argv into row, options and args; messages name what is wrong. */
int cmd_parse(struct cmd *out, int argc, char **argv, struct err *e) WARN_UNUSED;
void cmd_finish(struct cmd *c);

/* How a server is started for this place; borrows from c. */
struct client_start cmd_start(const struct cmd *c);

/* Where the ops repo is, for a command that does not always need one. */
int cmd_place(struct cmd *c, struct err *e) WARN_UNUSED;
/* A connection to the server, which is started when nobody listens and the place is the user's own.
 * ERR_REFUSED with --read-only. */
int cmd_connect(struct cmd *c, struct client **out, struct err *e) WARN_UNUSED;
/* One request over a connection of its own. Takes args. */
int cmd_call(struct cmd *c, int request, struct doc *args, struct doc **result,
	struct err *e) WARN_UNUSED;
/* The store, for reading. */
int cmd_reader(struct cmd *c, struct reader **out, struct err *e) WARN_UNUSED;
bool cmd_json(const struct cmd *c);

/* Of the subcommands: each in a file of its name. */
cmd_run_fn cmd_init, cmd_serve, cmd_sweep, cmd_status, cmd_findings, cmd_diff, cmd_metrics,
	cmd_check_run, cmd_check_test, cmd_check_new, cmd_check_lint, cmd_check_table, cmd_adopt,
	cmd_trust, cmd_propose, cmd_proposals, cmd_review, cmd_withdraw, cmd_reconcile, cmd_commit,
	cmd_incoming, cmd_accept, cmd_sudoers, cmd_log, cmd_audit_verify, cmd_check_config,
	cmd_info, cmd_stop, cmd_worker;

#endif
