#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/plan.h"
#include "codec/proposal.h"
#include "flow/fleet.h"
#include "server/change.h"
#include "server/change_int.h"

#define PLAN_MAX ((size_t)4 << 20)

struct changes *changes_of(struct server_core *core)
{
	if (!core->changes) {
		core->changes = xcalloc(1, sizeof *core->changes);
		core->changes->core = core;
	}
	return core->changes;
}

void loaded_finish(struct loaded *l)
{
	proposal_row_finish(&l->row);
	proposal_finish(&l->p);
	*l = (struct loaded){0};
}

int change_plan_put(
	struct server_core *core, const void *bytes, size_t n, const char *hash, struct err *e)
{
	char *path = path_join(core->paths.plans, hash);
	int rc = 0;

	if (!file_exists(path))
		rc = file_write(path, bytes, n, 0400, e);
	free(path);
	return rc;
}

static int plan_get(struct server_core *core, const char *hash, struct proposal *out, struct err *e)
{
	char *path = path_join(core->paths.plans, hash);
	char found[SHA256_HEX];
	struct buf bytes = {0};
	int rc = file_read(&bytes, path, PLAN_MAX, e);

	if (rc == 0) {
		plan_hash(found, buf_str(&bytes), bytes.len);
		if (!str_eq(found, hash))
			rc = err_set(e, ERR_CONFLICT,
				"the stored plan %.12s has other bytes than were proposed; nothing "
				"is applied",
				hash);
		else
			rc = plan_decode(out, buf_str(&bytes), bytes.len, e);
	}
	buf_finish(&bytes);
	free(path);
	return rc;
}

/* Prose comes from the row, what is done from the plan's bytes. */
static int join(struct loaded *l, struct proposal *plan, struct err *e)
{
	struct doc *source = NULL;
	struct proposal prose = {0};
	int rc = json_read(&source, l->row.source, strlen(l->row.source), "the stored proposal", e);

	if (rc == 0)
		rc = proposal_from_doc(&prose, source, "the stored proposal", true, e);
	if (rc == 0) {
		l->p = *plan;
		*plan = (struct proposal){0};
		l->p.id = xstrdup(l->row.p.id);
		l->p.title = prose.title;
		l->p.rationale = prose.rationale;
		l->p.runbook = prose.runbook;
		prose.title = prose.rationale = prose.runbook = NULL;
	}
	proposal_finish(&prose);
	doc_free(source);
	return rc;
}

int change_load(struct server_core *core, const char *id, struct loaded *out, struct err *e)
{
	struct proposal plan = {0};
	int rc;

	*out = (struct loaded){0};
	rc = store_get_proposal(core->store, id, &out->row, e);
	if (rc == 0)
		rc = plan_get(core, out->row.p.plan, &plan, e);
	if (rc == 0)
		rc = join(out, &plan, e);
	proposal_finish(&plan);
	if (rc)
		loaded_finish(out);
	return rc;
}

struct apply_spec change_apply_spec(
	struct server_core *core, const struct loaded *l, const struct target *targets)
{
	return (struct apply_spec){
		.loop = core->loop,
		.clock = core->clock,
		.transports = core->transports,
		.what = {.fleet = core->intent->fleet,
			.plan = &l->p,
			.targets = targets,
			.root = geteuid() == 0},
	};
}

bool change_is_running(const struct server_core *core)
{
	return core->changes && core->changes->run;
}

void change_answer(struct req *r, const char *id, const char *plan, enum proposal_state state)
{
	struct doc *result = doc_new_map();

	doc_set_str(result, "id", id);
	doc_set_str(result, "plan", plan);
	doc_set_str(result, "state", proposal_state_name(state));
	req_answer(r, result);
}
