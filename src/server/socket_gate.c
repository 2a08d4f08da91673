#include "config.h"

#include "base/log.h"
#include "codec/doc.h"
#include "server/roles.h"
#include "server/socket_parts.h"

#define OPEN_REQUESTS_MAX 16
#define REFUSALS_MAX 64 /* then the connection is ended: each one costs an audit row */

/* What the request is about, for the audit. */
static const char *subject_of(const struct doc *args)
{
	static const char *const keys[] = {"id", "host", "tip", "check", NULL};

	for (size_t i = 0; keys[i]; i++)
		if (doc_get_str(args, keys[i], NULL))
			return doc_get_str(args, keys[i], NULL);
	return NULL;
}

/* Reading what everybody may read leaves no row; asking for what one may not always does. */
static bool is_audited(enum request request)
{
	switch (request) {
	case REQUEST_HELLO:
	case REQUEST_NEWS:
	case REQUEST_INCOMING:
	case REQUEST_AUDIT_VERIFY:
	case REQUEST_INFO:
	case REQUEST_COUNT:
		return false;
	case REQUEST_SWEEP:
	case REQUEST_CHECK_RUN:
	case REQUEST_SCAN:
	case REQUEST_PROPOSE:
	case REQUEST_WITHDRAW:
	case REQUEST_REVIEW:
	case REQUEST_APPROVE:
	case REQUEST_REJECT:
	case REQUEST_RECONCILE:
	case REQUEST_COMMIT:
	case REQUEST_ADOPT:
	case REQUEST_TRUST:
	case REQUEST_ACCEPT:
	case REQUEST_STOP:
		return true;
	}
	return true;
}

static void roles_text(struct buf *out, unsigned roles)
{
	static const char *const plural[ROLE_COUNT] = {
		[ROLE_NONE] = "nobody",
		[ROLE_VIEWER] = "viewers",
		[ROLE_AGENT] = "agents",
		[ROLE_OPERATOR] = "operators",
	};

	for (int r = 0; r < ROLE_COUNT; r++)
		if (roles & (1u << r))
			buf_addf(out, "%s%s", out->len ? " and " : "", plural[r]);
}

static int refuse(struct server_conn *c, const struct req *r, struct err *e)
{
	const struct request_row *row = &request_table[r->request];
	const struct socket_spec *spec = &c->server->spec;
	struct buf who = {0};
	struct err audit;

	if (spec->audit(spec->core, r, row->name, subject_of(r->args), false, NULL, &audit))
		log_line(spec->core->log, LOG_LEVEL_ERROR, "cannot audit a refusal: %s", audit.msg);
	roles_text(&who, row->roles);
	err_set(e, ERR_REFUSED, "%s may not send `%s`: that is for %s", role_name(r->role),
		row->name, buf_str(&who));
	buf_finish(&who);
	return -1;
}

int socket_gate(struct server_conn *c, const struct req *r, struct err *e)
{
	const struct socket_spec *spec = &c->server->spec;
	const char *name = request_table[r->request].name;

	if (!request_allowed(r->request, c->role)) {
		if (++c->refusals >= REFUSALS_MAX)
			c->ending = true;
		return refuse(c, r, e);
	}
	if (c->open_count >= OPEN_REQUESTS_MAX)
		return err_set(e, ERR_BUSY, "%zu requests of this connection are under way already",
			c->open_count);
	if (!is_audited(r->request))
		return 0;
	if (!spec->audit(spec->core, r, name, subject_of(r->args), true, NULL, e))
		return 0;
	/* With its store gone or its disk full a server must still end when it is told to. */
	if (r->request == REQUEST_STOP) {
		log_line(spec->core->log, LOG_LEVEL_ERROR, "cannot audit `stop`: %s", e->msg);
		return 0;
	}
	return err_prefix(e, "not done, because it cannot be audited");
}
