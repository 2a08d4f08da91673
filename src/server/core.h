/*
 * What the parts of the running server share: the ports they act through, where things lie, and a
 * request under way. Knows no request's meaning.
 */
#ifndef OPSDECK_SERVER_CORE_H
#define OPSDECK_SERVER_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/host.h"
#include "model/request.h"

struct adopt;
struct changes;
struct clock;
struct doc;
struct gather;
struct intent;
struct log;
struct loop;
struct notify;
struct reader;
struct refs;
struct repo;
struct socket_server;
struct store;
struct sweep;
struct transport;
struct trust;
struct worker_pool;

/* Absolute paths, owned. */
struct server_paths {
	char *repo;
	char *state; /* the store's folder */
	char *socket;
	char *plans;	   /* state/plans, 0700 */
	char *known_hosts; /* of our own */
	char *data;	   /* what ships: checks/, runbooks/, themes/ */
	char *self;	   /* the running program */
};

/* serve.yml; all lists may be empty. */
struct server_config {
	struct strs roles[ROLE_COUNT]; /* user names, @group names, or decimal uids */
	char *key[IDENTITY_COUNT];     /* private key file; NULL = agent or the default keys */
	char *agent;	    /* socket of an SSH agent; NULL = $SSH_AUTH_SOCK of who started it */
	struct strs notify; /* argv of the hook */
};

struct server_core {
	struct loop *loop;
	const struct clock *clock;
	const struct log *log;
	struct store *store;
	struct reader *reader; /* of the same store, for looking things up */
	struct repo *repo;
	struct intent *intent; /* of the accepted commit; NULL while none could be loaded. Replaced
				* as a whole on accept. Pointers into it last while a core_hold or a
				* core_borrow does; otherwise look again in each callback */
	struct intent **retired; /* were in force; something may still point into them */
	size_t retired_count, retired_cap;
	int borrows;
	struct refs *refs; /* the references of the accepted commit */
	struct transport *transports[TRANSPORT_KIND_COUNT]; /* NULL = not built in */
	struct worker_pool *pool;
	struct server_paths paths;
	struct server_config config;
	char *accepted;		      /* hex id of the accepted commit; NULL before the first */
	unsigned char estate_key[32]; /* for redaction tokens */
	bool on_demand;
	int64_t linger_ms; /* on demand: how long after the last client it ends */
	struct strs kept;  /* names of files that the running change keeps beside its targets:
			    * no drift while it runs */
	int holds;	   /* things that must not be interrupted: see core_hold */
	bool stopping;
	struct gather *gathers; /* looks at hosts that run */
	struct sweep *sweep;
	struct changes *changes; /* server/change*.c's own; NULL before the first */
	struct notify *notify;	 /* NULL without a hook */
	int64_t told_seq;	 /* the store's, when it was last asked for what to tell */
	struct adopt *adopt;	 /* the adoption that was shown last; or NULL */
	struct trust *trust;	 /* the host key that was shown last; or NULL */
	struct socket_server *socket;
};

/* While at least one hold is there the server neither ends itself nor answers `stop`. Hold while
 * a change is applying or a commit is being made. */
void core_hold(struct server_core *core);
void core_release(struct server_core *core);

/* Ends the server once this turn is over, or when the last hold is gone. */
void core_stop(struct server_core *core);

/* Keeps the intent that is in force now from being freed, without keeping the server from ending.
 */
void core_borrow(struct server_core *core);
void core_return(struct server_core *core);
/* An intent that is no longer in force: freed once nothing points into it. NULL is fine. */
void core_retire(struct server_core *core, struct intent *old);

/* ---- a request under way ---- */

/* Lives until it was answered, whether or not its client is still there. Exactly one of req_answer
 * and req_fail must be called, at once or later from a callback; the request is freed by it. */
struct req {
	struct server_core *core;
	enum request request;
	enum role role;
	long uid;
	const char *user;	  /* login name, or the decimal uid; owned by the request */
	const struct doc *args;	  /* a map; hostile */
	struct server_conn *conn; /* NULL once its client has gone */
	int64_t id;
	struct req *next, **link; /* the socket's list of those that were not answered yet */
};

typedef void req_handler(struct server_core *core, struct req *r);

void req_answer(struct req *r, struct doc *result); /* takes result; NULL gives {} */
void req_fail(struct req *r, const struct err *e);
void req_progress(
	struct req *r, struct doc *progress); /* takes it; dropped when the client lags or left */

/* The string argument, or NULL with ERR_INPUT naming it. Borrowed from the request. */
const char *req_str(const struct req *r, const char *key, struct err *e) WARN_UNUSED;

/* Appends an audit row in the name of the request's sender, for what happened beyond the request
 * itself (which the socket has audited before the handler was called). `detail` is taken, may be
 * NULL. */
int req_audit(const struct req *r, const char *what, const char *subject, struct doc *detail,
	struct err *e) WARN_UNUSED;
/* The same in the server's own name (retries, expiry, first start). */
int core_audit(struct server_core *core, const char *what, const char *subject, struct doc *detail,
	struct err *e) WARN_UNUSED;

#endif
