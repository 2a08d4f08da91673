/*
 * The one table of requests on the socket and who may send them. Knows no handler and no socket.
 */
#ifndef OPSDECK_MODEL_REQUEST_H
#define OPSDECK_MODEL_REQUEST_H

#include <stdbool.h>

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_AGENT, ROLE_OPERATOR, ROLE_COUNT };

#define ROLE_V (1u << ROLE_VIEWER)
#define ROLE_A (1u << ROLE_AGENT)
#define ROLE_O (1u << ROLE_OPERATOR)

/* id, name on the wire, roles, what it does */
#define REQUESTS(X)                                                                                \
	X(HELLO, "hello", ROLE_V | ROLE_A | ROLE_O, "who am I, and what is this server")           \
	X(NEWS, "news", ROLE_V | ROLE_A | ROLE_O, "send the sequence number after each change")    \
	X(SWEEP, "sweep", ROLE_A | ROLE_O, "look at hosts now")                                    \
	X(CHECK_RUN, "check-run", ROLE_A | ROLE_O,                                                 \
		"run one check on one host and show everything")                                   \
	X(SCAN, "scan", ROLE_O, "look at what a host runs")                                        \
	X(PROPOSE, "propose", ROLE_A | ROLE_O, "ask for a change")                                 \
	X(WITHDRAW, "withdraw", ROLE_A | ROLE_O, "take back one's own proposal")                   \
	X(REVIEW, "review", ROLE_O,                                                                \
		"read the targets again and give the text that an approval binds")                 \
	X(APPROVE, "approve", ROLE_O, "approve a plan as it was shown, and apply it")              \
	X(REJECT, "reject", ROLE_O, "reject a proposal with a reason")                             \
	X(RECONCILE, "reconcile", ROLE_O, "close an interrupted or held change with a reason")     \
	X(COMMIT, "commit", ROLE_O, "try again to commit what is uncommitted")                     \
	X(ADOPT, "adopt", ROLE_O, "take live state as the new reference")                          \
	X(TRUST, "trust", ROLE_O, "fetch a host's key, or accept the one that was shown")          \
	X(INCOMING, "incoming", ROLE_V | ROLE_A | ROLE_O,                                          \
		"what the branch has that is not accepted")                                        \
	X(ACCEPT, "accept", ROLE_O, "accept the branch's tip as it was shown")                     \
	X(AUDIT_VERIFY, "audit-verify", ROLE_V | ROLE_A | ROLE_O, "check the audit chain")         \
	X(INFO, "info", ROLE_V | ROLE_A | ROLE_O, "versions, paths, limits")                       \
	X(STOP, "stop", ROLE_O, "end the server when nothing is applying")

enum request {
#define X(id, name, roles, help) REQUEST_##id,
	REQUESTS(X)
#undef X
		REQUEST_COUNT
};

struct request_row {
	const char *name;
	unsigned roles; /* bit 1<<ROLE_x */
	const char *help;
};

extern const struct request_row request_table[REQUEST_COUNT];

/* REQUEST_COUNT for an unknown name. */
enum request request_parse(const char *name);
bool request_allowed(enum request r, enum role role);
const char *role_name(enum role r);
bool role_parse(const char *s, enum role *out);

#endif
