#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"
#include "ui/rows.h"

/* How loud a proposal stands in a list: held, failed and what a person must look at is red. */
static enum finding_state loudness(enum proposal_state s)
{
	switch (s) {
	case PROPOSAL_HELD:
	case PROPOSAL_INTERRUPTED:
	case PROPOSAL_UNCOMMITTED:
	case PROPOSAL_FAILED:
		return FINDING_CRIT;
	case PROPOSAL_OUTDATED:
	case PROPOSAL_ROLLED_BACK:
		return FINDING_WARN;
	case PROPOSAL_PROPOSED:
	case PROPOSAL_APPROVED:
	case PROPOSAL_APPLYING:
	case PROPOSAL_APPLIED:
	case PROPOSAL_VERIFIED:
		return FINDING_DRIFT;
	case PROPOSAL_COMMITTED:
	case PROPOSAL_REJECTED:
	case PROPOSAL_WITHDRAWN:
	case PROPOSAL_EXPIRED:
	case PROPOSAL_STATE_COUNT:
		break;
	}
	return FINDING_OK;
}

static bool needs_mending(enum proposal_state s)
{
	return proposal_state_waits(s) && loudness(s) == FINDING_CRIT;
}

static void add_proposal(struct list *l, const struct snap_proposal *p)
{
	struct row *r = list_add(l, p->id);
	char *hosts = p->hosts.n == 1 ? xstrdup(p->hosts.v[0])
		      : p->hosts.n    ? xasprintf("%zu hosts", p->hosts.n)
				      : xstrdup("ops repo");

	r->state = loudness(p->state);
	r->sign = r->state == FINDING_CRIT || r->state == FINDING_WARN;
	r->dim = r->state == FINDING_OK;
	r->name = xstrdup(p->id);
	r->text = xasprintf("%s: %s", hosts, p->title);
	if (p->state != PROPOSAL_PROPOSED)
		r->right = xstrdup(proposal_state_name(p->state));
	r->age_ms = p->moved_ms ? p->moved_ms : p->created_ms;
	r->target.proposal = xstrdup(p->id);
	r->say = str_empty(p->note)
			 ? xasprintf("%s by %s: %s", p->id, p->proposer, p->title)
			 : xasprintf("%s %s: %s", p->id, proposal_state_name(p->state), p->note);
	free(hosts);
}

/* What a person must mend on top; the rest as it comes: the waiting ones first. */
static void proposal_rows(struct list *l, const struct rows_from *from)
{
	const struct snapshot *s = from->snap;

	for (size_t i = 0; i < s->proposal_count; i++) {
		if (needs_mending(s->proposals[i].state))
			add_proposal(l, &s->proposals[i]);
	}
	for (size_t i = 0; i < s->proposal_count; i++) {
		if (!needs_mending(s->proposals[i].state))
			add_proposal(l, &s->proposals[i]);
	}
}

static void proposal_title(const struct rows_from *from, char *out, size_t size, bool *bad)
{
	size_t waiting = 0, red = 0;

	for (size_t i = 0; i < from->snap->proposal_count; i++) {
		enum proposal_state s = from->snap->proposals[i].state;

		if (needs_mending(s))
			red++;
		else
			waiting += proposal_state_waits(s);
	}
	*bad = red > 0;
	if (red && waiting)
		snprintf(out, size, "%zu to mend, %zu waiting", red, waiting);
	else if (red)
		snprintf(out, size, "%zu to mend", red);
	else if (waiting)
		snprintf(out, size, "%zu waiting", waiting);
	else
		snprintf(out, size, "none waiting");
}

const struct rows_source rows_proposals = {
	.name = "proposals",
	.aliases = "proposal p",
	.title = "Proposals",
	.empty = "nobody asks for a change",
	.help = "changes somebody asks for, the waiting ones first",
	.rows = proposal_rows,
	.title_right = proposal_title,
};
