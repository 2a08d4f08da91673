#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "store/reader.h"
#include "store/rows.h"

/* Finished proposals that a snapshot still carries, the newest. */
#define FINISHED_MAX 200

static void take_meta(struct snapshot *s, const char *key, const char *value)
{
	const struct {
		const char *key;
		char **text;
		int *number;
		bool *flag;
	} known[] = {
		{.key = "estate", .text = &s->estate},
		{.key = "repo", .text = &s->repo},
		{.key = "branch", .text = &s->branch},
		{.key = "accepted", .text = &s->accepted},
		{.key = "server_error", .text = &s->server_error},
		{.key = "incoming", .number = &s->incoming},
		{.key = "edits", .number = &s->edits},
		{.key = "incoming_rewritten", .flag = &s->incoming_rewritten},
		{.key = "on_demand", .flag = &s->on_demand},
		{.key = "agent_seen", .flag = &s->agent_seen},
		{.key = "agent_separated", .flag = &s->agent_separated},
	};
	size_t i;

	if (strcmp(key, "sweep_next_ms") == 0)
		s->sweep.next_ms = strtoll(value, NULL, 10);
	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(key, known[i].key) != 0)
			continue;
		if (known[i].text != NULL) {
			free(*known[i].text);
			*known[i].text = xstrdup(value);
		} else if (known[i].number != NULL) {
			*known[i].number = (int)strtol(value, NULL, 10);
		} else {
			*known[i].flag = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
		}
	}
}

static int read_meta(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_one_int(&s->seq, 0, d, "SELECT n FROM counter WHERE name='seq'", DB_NONE, e) != 0 ||
		db_query(&q, d, "SELECT name, value FROM meta", DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1)
		take_meta(s, db_col_text(q, 0), db_col_text(q, 1));
	db_end(q);
	return rc;
}

static int read_sweep(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d,
		    "SELECT started_ms, ended_ms, hosts_total, hosts_done FROM sweep"
		    " ORDER BY id DESC LIMIT 1",
		    DB_NONE, e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1) {
		s->sweep.started_ms = db_col_int(q, 0);
		s->sweep.ended_ms = db_col_int(q, 1);
		s->sweep.hosts_total = (int)db_col_int(q, 2);
		s->sweep.hosts_done = (int)db_col_int(q, 3);
	}
	db_end(q);
	return rc < 0 ? -1 : 0;
}

static int read_hosts(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d,
		    "SELECT name, address, transport, tags, groups, state, looked, since_ms, at_ms,"
		    " error FROM host ORDER BY pos",
		    DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		struct snap_host *h = ARR_ADD(s->hosts, s->host_count, s->host_cap);

		h->name = db_col_dup(q, 0);
		h->address = db_col_dup(q, 1);
		h->transport = db_col_dup(q, 2);
		if (!db_col_null(q, 3))
			strs_split(&h->tags, db_col_text(q, 3), '\n');
		if (!db_col_null(q, 4))
			strs_split(&h->groups, db_col_text(q, 4), '\n');
		if (!finding_state_parse(db_col_text(q, 5), &h->state))
			h->state = FINDING_UNKNOWN;
		h->looked = db_col_int(q, 6) != 0;
		h->since_ms = db_col_int(q, 7);
		h->at_ms = db_col_int(q, 8);
		h->error = db_col_dup(q, 9);
	}
	db_end(q);
	return rc;
}

/* In the order of the hosts, so that each host's are one slice. */
static int read_findings(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	size_t host = 0;
	int rc;

	if (db_query(&q, d,
		    "SELECT " FINDING_COLS " FROM host h CROSS JOIN judgement j"
		    " ON j.host=h.name AND j.held=0 ORDER BY h.pos, j.chk",
		    DB_NONE, e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		struct finding *f = ARR_ADD(s->findings, s->finding_count, s->finding_cap);

		row_finding(q, f);
		while (host < s->host_count && !str_eq(s->hosts[host].name, f->host))
			host++;
		if (host == s->host_count)
			break;
		if (s->hosts[host].finding_count++ == 0)
			s->hosts[host].first_finding = s->finding_count - 1;
	}
	db_end(q);
	return rc < 0 ? -1 : 0;
}

static int read_checks(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	int rc;

	if (db_query(&q, d, "SELECT name, title, runbook, pane FROM chk ORDER BY name", DB_NONE,
		    e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		struct snap_check *c = ARR_ADD(s->checks, s->check_count, s->check_cap);

		c->name = db_col_dup(q, 0);
		c->title = db_col_dup(q, 1);
		c->runbook = db_col_dup(q, 2);
		if (!pane_parse(db_col_text(q, 3), &c->pane))
			c->pane = PANE_NONE;
	}
	db_end(q);
	return rc;
}

static int compare_proposals(const void *a, const void *b)
{
	const struct snap_proposal *x = a, *y = b;
	bool wx = proposal_state_waits(x->state), wy = proposal_state_waits(y->state);
	long long nx = proposal_number(x->id), ny = proposal_number(y->id);

	if (wx != wy)
		return wx ? -1 : 1;
	return nx < ny ? 1 : nx > ny ? -1 : 0;
}

static int read_proposals(struct db *d, struct snapshot *s, struct err *e)
{
	struct db_rows *q;
	struct snap_proposal p;
	size_t finished = 0;
	int rc;

	if (db_query(&q, d, "SELECT " SNAP_PROPOSAL_COLS " FROM proposal ORDER BY n DESC", DB_NONE,
		    e) != 0)
		return -1;
	while ((rc = db_next(q, e)) == 1) {
		enum proposal_state state;

		if (!proposal_state_parse(db_col_text(q, 5), &state))
			state = PROPOSAL_HELD;
		if (proposal_state_is_final(state) && finished++ >= FINISHED_MAX)
			continue;
		row_snap_proposal(q, &p);
		*(struct snap_proposal *)ARR_ADD(s->proposals, s->proposal_count, s->proposal_cap) =
			p;
	}
	db_end(q);
	if (s->proposal_count > 0)
		qsort(s->proposals, s->proposal_count, sizeof *s->proposals, compare_proposals);
	return rc;
}

static int read_all(struct db *d, struct snapshot *s, struct err *e)
{
	static int (*const parts[])(struct db *, struct snapshot *, struct err *) = {
		read_meta, read_sweep, read_hosts, read_findings, read_checks, read_proposals};
	size_t i;

	for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i](d, s, e) != 0)
			return -1;
	}
	return 0;
}

int reader_snapshot(struct reader *r, struct snapshot **out, struct err *e)
{
	struct snapshot *s;

	*out = NULL;
	if (read_enter(r, e) != 0)
		return -1;
	s = xcalloc(1, sizeof *s);
	if (read_leave(r, read_all(r->db, s, e)) != 0) {
		snapshot_free(s);
		return -1;
	}
	*out = s;
	return 0;
}
