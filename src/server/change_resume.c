#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/change.h"
#include "server/change_int.h"

#define RETRY_MS 60000

static int all_proposals(struct server_core *core, struct snapshot **out, struct err *e)
{
	struct reader *reader = NULL;
	int rc = reader_open(&reader, core->paths.state, e);

	if (rc == 0)
		rc = reader_snapshot(reader, out, e);
	reader_close(reader);
	return rc;
}

static void told(struct server_core *core, const char *id, int rc, struct err *e)
{
	if (rc)
		log_line(core->log, LOG_LEVEL_ERROR, "%s: %s", id, e->msg);
}

static void found(struct server_core *core, const struct snap_proposal *p, enum proposal_state to,
	const char *note)
{
	struct err e = {0};
	int rc = store_move_proposal(core->store, p->id, p->state, to, note, &e);

	if (rc == 0)
		rc = core_audit(core, proposal_state_name(to), p->id, NULL, &e);
	told(core, p->id, rc, &e);
}

static void go_on(struct server_core *core, const struct snap_proposal *p)
{
	struct loaded l = {0};
	struct err e = {0};
	int rc = changes_of(core)->run || !core->intent ? 0 : change_load(core, p->id, &l, &e);

	if (rc == 0 && l.row.p.id && p->state == PROPOSAL_UNCOMMITTED)
		rc = change_record(core, &l, NULL, &e);
	else if (rc == 0 && l.row.p.id)
		change_run_resume(core, &l);
	told(core, p->id, rc, &e);
	loaded_finish(&l);
}

/* At the start nothing runs. Later too there may be what no run holds any more: its state could not
 * be written (a full disk) when it ended. */
static void resume_one(struct server_core *core, const struct snap_proposal *p)
{
	bool ran_out = clock_wall(core->clock) >= p->expires_ms;

	if ((p->state == PROPOSAL_PROPOSED || p->state == PROPOSAL_OUTDATED) && ran_out)
		found(core, p, PROPOSAL_EXPIRED, NULL);
	else if (p->state == PROPOSAL_UNCOMMITTED)
		go_on(core, p);
	else if (changes_of(core)->run)
		return;
	else if (p->state == PROPOSAL_APPROVED)
		found(core, p, PROPOSAL_OUTDATED,
			"it stopped before anything was applied: read it and approve it again");
	else if (p->state == PROPOSAL_APPLYING)
		found(core, p, PROPOSAL_INTERRUPTED,
			"it stopped while it was applying: look at the hosts, then reconcile");
	else if (p->state == PROPOSAL_FAILED)
		found(core, p, PROPOSAL_HELD,
			"it stopped while it was being taken back: look at the hosts, then "
			"reconcile");
	else if (p->state == PROPOSAL_APPLIED || p->state == PROPOSAL_VERIFIED)
		go_on(core, p);
}

static void walk(struct server_core *core)
{
	struct snapshot *snap = NULL;
	struct err e = {0};

	if (all_proposals(core, &snap, &e)) {
		log_line(core->log, LOG_LEVEL_ERROR, "%s", e.msg);
		return;
	}
	for (size_t i = 0; i < snap->proposal_count; i++)
		resume_one(core, &snap->proposals[i]);
	snapshot_free(snap);
}

static void upkeep(void *arg)
{
	struct server_core *core = arg;

	walk(core);
	changes_of(core)->upkeep = loop_timer_add(core->loop, RETRY_MS, upkeep, core);
}

void change_resume(struct server_core *core)
{
	walk(core);
	changes_of(core)->upkeep = loop_timer_add(core->loop, RETRY_MS, upkeep, core);
}

void change_finish(struct server_core *core)
{
	if (!core->changes)
		return;
	loop_timer_del(core->changes->upkeep);
	free(core->changes);
	core->changes = NULL;
}
