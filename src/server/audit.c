#include "config.h"

#include "server/audit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "store/write.h"

static char *detail_text(const struct doc *detail)
{
	struct buf text = {0};

	if (!detail)
		return NULL;
	json_write(&text, detail);
	return buf_take(&text);
}

static int append(
	struct server_core *core, struct audit_row *row, struct doc *detail, struct err *e)
{
	int rc;

	row->at_ms = clock_wall(core->clock);
	row->detail = detail_text(detail);
	rc = store_audit(core->store, row, e);
	free(row->detail);
	free(row->hash);
	doc_free(detail);
	return rc;
}

int audit_append(struct server_core *core, const struct req *r, const char *what,
	const char *subject, bool allowed, struct doc *detail, struct err *e)
{
	/* store_audit copies; the row's strings are borrowed here. */
	struct audit_row row = {.uid = r->uid, .allowed = allowed};

	row.who = (char *)(uintptr_t)r->user;
	row.role = (char *)(uintptr_t)role_name(r->role);
	row.request = (char *)(uintptr_t)what;
	row.subject = (char *)(uintptr_t)subject;
	return append(core, &row, detail, e);
}

int req_audit(const struct req *r, const char *what, const char *subject, struct doc *detail,
	struct err *e)
{
	return audit_append(r->core, r, what, subject, true, detail, e);
}

int core_audit(struct server_core *core, const char *what, const char *subject, struct doc *detail,
	struct err *e)
{
	const struct req self = {.core = core, .uid = (long)getuid(), .user = "opsdeck"};
	struct audit_row row = {.uid = self.uid, .allowed = true};

	row.who = (char *)(uintptr_t)self.user;
	row.role = (char *)(uintptr_t) "server";
	row.request = (char *)(uintptr_t)what;
	row.subject = (char *)(uintptr_t)subject;
	return append(core, &row, detail, e);
}
