#include "config.h"

#include "cmd/cmd.h"

const struct option_row option_table[OPTION_COUNT] = {
#define X(id, option, value, text) [OPTION_##id] = {.name = option, .arg = value, .help = text},
	OPTIONS(X)
#undef X
};

#define MANY 1000000

/* clang-format off */
const struct cmd_row cmd_table[] = {
	{.name = "sweep", .args = "[HOST...]", .help = "look at the hosts now",
	 .group = GROUP_LOOK, .options = OPT(JSON), .max_args = MANY, .needs_place = true,
	 .run = cmd_sweep},
	{.name = "status", .args = "", .help = "the estate in one screen",
	 .group = GROUP_LOOK, .options = OPT(JSON), .needs_place = true, .run = cmd_status},
	{.name = "findings", .args = "", .help = "every finding, worst first",
	 .group = GROUP_LOOK, .options = OPT(JSON) | OPT(HOST) | OPT(CHECK) | OPT(STATE_IS),
	 .needs_place = true, .run = cmd_findings},
	{.name = "diff", .args = "HOST CHECK", .help = "how live state differs from its reference",
	 .group = GROUP_LOOK, .options = OPT(JSON), .min_args = 2, .max_args = 2,
	 .needs_place = true, .run = cmd_diff},
	{.name = "metrics", .args = "HOST [CHECK]",
	 .help = "figures, how they moved, and when what fills up is full",
	 .group = GROUP_LOOK, .options = OPT(JSON), .min_args = 1, .max_args = 2,
	 .needs_place = true, .run = cmd_metrics},
	{.name = "log", .args = "", .help = "what turned, newest first",
	 .group = GROUP_LOOK, .options = OPT(JSON) | OPT(HOST) | OPT(CHECK) | OPT(LIMIT),
	 .needs_place = true, .run = cmd_log},
	{.name = "check run", .args = "NAME HOST", .help = "run one check and show everything",
	 .group = GROUP_LOOK, .options = OPT(JSON) | OPT(WORKTREE) | OPT(EXPLAIN) | OPT(RECORD),
	 .min_args = 2, .max_args = 2, .needs_place = true, .run = cmd_check_run},

	{.name = "propose", .args = "FILE", .help = "ask for a change (- reads it from stdin)",
	 .group = GROUP_CHANGE, .options = OPT(JSON) | OPT(AGENT), .min_args = 1, .max_args = 1,
	 .needs_place = true, .run = cmd_propose},
	{.name = "proposals", .args = "", .help = "the changes asked for, waiting ones first",
	 .group = GROUP_CHANGE, .options = OPT(JSON) | OPT(ALL), .needs_place = true,
	 .run = cmd_proposals},
	{.name = "review", .args = "ID", .help = "read a change; approve or reject it",
	 .group = GROUP_CHANGE,
	 .options = OPT(JSON) | OPT(APPROVE) | OPT(PLAN) | OPT(SHOWN) | OPT(RATIONALE) |
		OPT(TYPED) | OPT(REJECT),
	 .min_args = 1, .max_args = 1, .needs_place = true, .run = cmd_review},
	{.name = "withdraw", .args = "ID REASON", .help = "take back one's own proposal",
	 .group = GROUP_CHANGE, .options = OPT(JSON), .min_args = 2, .max_args = 2,
	 .needs_place = true, .run = cmd_withdraw},
	{.name = "reconcile", .args = "ID REASON", .help = "close an interrupted or held change",
	 .group = GROUP_CHANGE, .options = OPT(JSON) | OPT(UNDO), .min_args = 2, .max_args = 2,
	 .needs_place = true, .run = cmd_reconcile},
	{.name = "commit", .args = "ID", .help = "try again to commit an applied change",
	 .group = GROUP_CHANGE, .options = OPT(JSON), .min_args = 1, .max_args = 1,
	 .needs_place = true, .run = cmd_commit},
	{.name = "adopt", .args = "", .help = "take live state as the new reference",
	 .group = GROUP_CHANGE,
	 .options = OPT(JSON) | OPT(HOST) | OPT(CHECK) | OPT(SHOWN) | OPT(RATIONALE),
	 .needs_place = true, .run = cmd_adopt},
	{.name = "incoming", .args = "", .help = "what the branch has that is not accepted",
	 .group = GROUP_CHANGE, .options = OPT(JSON), .needs_place = true, .run = cmd_incoming},
	{.name = "accept", .args = "", .help = "accept it, after showing it",
	 .group = GROUP_CHANGE, .options = OPT(JSON) | OPT(TIP) | OPT(SHOWN),
	 .needs_place = true, .run = cmd_accept},

	{.name = "init", .args = "[DIR] [FILE]", .help = "make an ops repo that watches this machine",
	 .group = GROUP_ESTATE, .options = OPT(SCAN) | OPT(FROM_ANSIBLE) | OPT(FROM_SSH_CONFIG) | OPT(KNOWN_HOSTS) |
		OPT(YES),
	 .max_args = 2, .run = cmd_init},
	{.name = "trust", .args = "HOST", .help = "accept a host's SSH key, after showing it",
	 .group = GROUP_ESTATE, .options = OPT(JSON) | OPT(FINGERPRINT), .min_args = 1,
	 .max_args = 1, .needs_place = true, .run = cmd_trust},
	{.name = "sudoers", .args = "HOST | --all --script",
	 .help = "the sudoers file a host needs", .group = GROUP_ESTATE,
	 .options = OPT(ALL) | OPT(SCRIPT_FORM) | OPT(WORKTREE), .max_args = 1, .needs_place = true,
	 .run = cmd_sudoers},
	{.name = "check-config", .args = "[DIR]", .help = "read fleet, policy and checks; say what is wrong",
	 .group = GROUP_ESTATE, .options = OPT(JSON), .max_args = 1, .run = cmd_check_config},
	{.name = "check test", .args = "[NAME...]", .help = "try checks on their recorded samples",
	 .group = GROUP_ESTATE, .options = OPT(DIR) | OPT(SAMPLES), .max_args = MANY,
	 .run = cmd_check_test},
	{.name = "check new", .args = "NAME", .help = "make the files of a check that works as it stands",
	 .group = GROUP_ESTATE, .options = OPT(DIR), .min_args = 1, .max_args = 1,
	 .run = cmd_check_new},
	{.name = "check lint", .args = "[NAME...]", .help = "say what checks lack",
	 .group = GROUP_ESTATE, .options = OPT(DIR), .max_args = MANY, .run = cmd_check_lint},
	{.name = "check table", .args = "[NAME...]", .help = "list checks as a Markdown table",
	 .group = GROUP_ESTATE, .options = OPT(DIR), .max_args = MANY, .run = cmd_check_table},

	{.name = "serve", .args = "", .help = "run the server in the foreground",
	 .group = GROUP_SERVER, .options = OPT(ON_DEMAND) | OPT(LINGER) | OPT(READY_FD),
	 .needs_place = true, .run = cmd_serve},
	{.name = "info", .args = "", .help = "versions, paths, who I am",
	 .group = GROUP_SERVER, .options = OPT(JSON), .needs_place = true, .run = cmd_info},
	{.name = "audit verify", .args = "", .help = "check the audit chain",
	 .group = GROUP_SERVER, .options = OPT(JSON), .needs_place = true,
	 .run = cmd_audit_verify},
	{.name = "stop", .args = "", .help = "end the server, unless a change is being applied",
	 .group = GROUP_SERVER, .needs_place = true, .run = cmd_stop},
	{.name = "worker", .args = "", .help = "the server's own", .group = GROUP_HIDDEN,
	 .run = cmd_worker},
};
/* clang-format on */

const int cmd_count = sizeof cmd_table / sizeof *cmd_table;
