/*
 * The one table of what the cockpit can be told: script name, default keys, where it works, who
 * may, help. Key map, help screen, footer and script verbs all come from it.
 */
#ifndef OPSDECK_UI_ACTION_H
#define OPSDECK_UI_ACTION_H

#include <stdbool.h>

#include "model/request.h"

/* Where an action works: the page asks for a set. */
enum context {
	IN_LIST = 1 << 0, /* anything with a cursor on rows */
	IN_HOME = 1 << 1,
	IN_TEXT = 1 << 2,    /* anything that scrolls */
	IN_FINDING = 1 << 3, /* a finding, or a row that stands for one */
	IN_DIFF = 1 << 4,
	IN_PROPOSAL = 1 << 5, /* a row that stands for a proposal */
	IN_REVIEW = 1 << 6,
	IN_INCOMING = 1 << 7,
	IN_DIALOG = 1 << 8, /* text is typed: letters are text */
	IN_ADOPT = 1 << 9,
	IN_APPROVE = 1 << 10, /* the dialog that approves, besides IN_DIALOG */
	IN_HELP = 1 << 11,
	IN_ANY = 1 << 12, /* everywhere but dialogs */
};

/* id, script name, default keys, contexts, least role, short word for the footer (or NULL), help */
#define ACTIONS(X)                                                                                 \
	X(OPEN, "open", "enter", IN_LIST | IN_FINDING | IN_PROPOSAL, VIEWER, "open",               \
		"open what the cursor is on")                                                      \
	X(DIFF, "diff", "d", IN_FINDING, VIEWER, "diff", "show the drift of this finding")         \
	X(RUNBOOK, "runbook", "r", IN_FINDING | IN_REVIEW | IN_PROPOSAL | IN_DIFF, VIEWER,         \
		"runbook", "read the runbook that belongs to it")                                  \
	X(REVIEW, "review", "a", IN_PROPOSAL | IN_REVIEW, OPERATOR, "review",                      \
		"read a proposal's change as an approval would bind it")                           \
	X(APPROVE, "approve", "A", IN_REVIEW, OPERATOR, "approve", "open the approval")            \
	X(REJECT, "reject", "ctrl-x", IN_REVIEW | IN_APPROVE, OPERATOR, "reject",                  \
		"reject the proposal, with a reason")                                              \
	X(COMMIT_AGAIN, "commit-again", "c", IN_PROPOSAL, OPERATOR, "commit again",                \
		"try again to commit what is uncommitted")                                         \
	X(RECONCILE, "reconcile", "C", IN_PROPOSAL, OPERATOR, "close",                             \
		"close an interrupted or held change, with a reason")                              \
	X(ADOPT, "adopt", "o", IN_FINDING | IN_DIFF | IN_ADOPT, OPERATOR, "adopt",                 \
		"take what is live as the new reference")                                          \
	X(RAW, "raw", "w", IN_FINDING | IN_DIFF, VIEWER, "raw", "show what the host really sent")  \
	X(HISTORY, "history", "h", IN_FINDING | IN_DIFF, VIEWER, "history",                        \
		"how this finding changed")                                                        \
	X(SWEEP, "sweep", "S", IN_ANY, OPERATOR, NULL, "look at all hosts now")                    \
	X(SWEEP_HOST, "sweep-host", "s", IN_FINDING, OPERATOR, NULL, "look at this host now")      \
	X(ACCEPT, "accept", "ctrl-y", IN_INCOMING, OPERATOR, "accept",                             \
		"accept the branch's tip as it is shown here")                                     \
	X(CONFIRM, "confirm", "ctrl-y", IN_DIALOG, OPERATOR, "confirm",                            \
		"do what the dialog names")                                                        \
	X(NEXT_FIELD, "next-field", "tab", IN_APPROVE, VIEWER, "next field",                       \
		"go to the next field")                                                            \
	X(UP, "up", "up k", IN_LIST | IN_TEXT, VIEWER, NULL, "one row up")                         \
	X(DOWN, "down", "down j", IN_LIST | IN_TEXT, VIEWER, NULL, "one row down")                 \
	X(PAGE_UP, "page-up", "page-up ctrl-b", IN_LIST | IN_TEXT, VIEWER, NULL, "one screen up")  \
	X(PAGE_DOWN, "page-down", "page-down ctrl-f space", IN_LIST | IN_TEXT, VIEWER, NULL,       \
		"one screen down")                                                                 \
	X(TOP, "top", "home g", IN_LIST | IN_TEXT, VIEWER, NULL, "to the first row")               \
	X(BOTTOM, "bottom", "end G", IN_LIST | IN_TEXT, VIEWER, NULL, "to the last row")           \
	X(LEFT, "left", "left", IN_TEXT, VIEWER, NULL, "scroll to the left")                       \
	X(RIGHT, "right", "right", IN_TEXT, VIEWER, NULL, "scroll to the right")                   \
	X(NEXT, "next", "n", IN_TEXT | IN_LIST, VIEWER, NULL, "next hunk, heading or match")       \
	X(PREVIOUS, "previous", "N p", IN_TEXT | IN_LIST, VIEWER, NULL, "the one before")          \
	X(MORE, "more-context", "+", IN_DIFF, VIEWER, "context", "show more lines around changes") \
	X(LESS, "less-context", "-", IN_DIFF, VIEWER, NULL, "show fewer lines around changes")     \
	X(SPACES, "white-space", "b", IN_DIFF, VIEWER, "blanks", "show blanks and tabs as signs")  \
	X(WRAP, "wrap", "W", IN_DIFF, VIEWER, NULL, "wrap long lines, or cut them")                \
	X(NEXT_PANE, "next-pane", "tab", IN_HOME, VIEWER, "pane", "to the next pane")              \
	X(PREVIOUS_PANE, "previous-pane", "shift-tab", IN_HOME, VIEWER, NULL,                      \
		"to the pane before")                                                              \
	X(PANE_1, "pane-1", "1", IN_HOME, VIEWER, NULL, "to Fleet")                                \
	X(PANE_2, "pane-2", "2", IN_HOME, VIEWER, NULL, "to Drift")                                \
	X(PANE_3, "pane-3", "3", IN_HOME, VIEWER, NULL, "to Quorum")                               \
	X(PANE_4, "pane-4", "4", IN_HOME, VIEWER, NULL, "to Backups")                              \
	X(PANE_5, "pane-5", "5", IN_HOME, VIEWER, NULL, "to Containers")                           \
	X(PANE_6, "pane-6", "6", IN_HOME, VIEWER, NULL, "to Proposals")                            \
	X(ZOOM, "zoom", "z", IN_HOME, VIEWER, "zoom", "one pane on the whole screen, and back")    \
	X(INCOMING, "incoming", "i", IN_ANY, VIEWER, NULL,                                         \
		"what the branch has that is not accepted")                                        \
	X(FILTER, "filter", "/", IN_LIST | IN_HELP, VIEWER, "filter",                              \
		"show rows that match; ! inverts, -f is fuzzy")                                    \
	X(COMMAND, "command", ":", IN_ANY, VIEWER, "command", "ask for a view by name")            \
	X(HELP, "help", "?", IN_ANY, VIEWER, "help", "the keys that work, and what they do")       \
	X(SAVE, "save", "ctrl-s", IN_ANY, VIEWER, NULL, "save the screen as text")                 \
	X(REDRAW, "redraw", "ctrl-l", IN_ANY | IN_DIALOG, VIEWER, NULL, "draw everything anew")    \
	X(SUSPEND, "suspend", "ctrl-z", IN_ANY | IN_DIALOG, VIEWER, NULL,                          \
		"back to the shell for a while")                                                   \
	X(BACK, "back", "esc backspace", IN_ANY, VIEWER, "back", "back to where this was opened")  \
	X(LEAVE, "leave", "esc", IN_DIALOG, VIEWER, "leave", "leave the dialog; nothing is done")  \
	X(QUIT, "quit", "q ctrl-q", IN_ANY, VIEWER, "quit", "leave opsdeck")

enum action_id {
#define X(id, ...) DO_##id,
	ACTIONS(X)
#undef X
		DO_COUNT
};

struct action_row {
	const char *name;
	const char *keys; /* default: words of ui/key.h, blanks between */
	unsigned contexts;
	enum role role; /* the least that may */
	const char *hint;
	const char *help;
};

extern const struct action_row action_table[DO_COUNT];

/* DO_COUNT for an unknown name. */
enum action_id action_parse_name(const char *name);
/* A role that may do what the request table lets operators do, or that only looks. */
bool action_allowed(enum action_id a, enum role role);

#endif
