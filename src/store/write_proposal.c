#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "store/rows.h"
#include "store/writer.h"

void proposal_row_finish(struct proposal_row *r)
{
	free(r->p.id);
	free(r->p.title);
	free(r->p.proposer);
	free(r->p.runbook);
	free(r->p.plan);
	strs_finish(&r->p.hosts);
	free(r->p.note);
	free(r->p.commit);
	free(r->rationale);
	free(r->source);
	free(r->binding);
	free(r->view);
	free(r->shown);
	free(r->verdict);
	free(r->decision);
	free(r->outcome);
	memset(r, 0, sizeof *r);
}

static int load_state(struct store *s, const char *id, enum proposal_state *out, struct err *e)
{
	char *name;
	bool known;

	if (db_one_text(&name, s->db, "SELECT state FROM proposal WHERE n=?",
		    DB_ARGS(db_int(proposal_number(id))), e) != 0)
		return -1;
	if (name == NULL)
		return err_set(e, ERR_MISSING, "no proposal %s", id);
	known = proposal_state_parse(name, out);
	free(name);
	return known ? 0 : err_set(e, ERR_FAIL, "%s is in a state that is not known here", id);
}

static int refuse_move(
	const char *id, enum proposal_state from, enum proposal_state to, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "%s is %s and cannot become %s", id,
		proposal_state_name(from), proposal_state_name(to));
}

static int write_row(struct store *s, int64_t n, const struct proposal_row *r, struct err *e)
{
	const struct snap_proposal *p = &r->p;
	char *hosts = strs_join(&p->hosts, "\n");
	int rc = db_run(s->db,
		"INSERT OR REPLACE INTO proposal(" PROPOSAL_COLS ")"
		" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		DB_ARGS(db_int(n), db_text(p->title), db_text(p->proposer), db_text(p->runbook),
			db_text(p->plan), db_text(proposal_state_name(p->state)), db_text(hosts),
			db_int(p->created_ms), db_int(p->expires_ms), db_int(p->moved_ms),
			db_text(p->note), db_text(p->commit), db_int(r->proposer_uid),
			db_text(r->rationale), db_text(r->source), db_text(r->binding),
			db_text(r->view), db_text(r->shown), db_text(r->verdict),
			db_text(r->decision), db_text(r->outcome)),
		e);

	free(hosts);
	return rc;
}

static int put_new(struct store *s, struct proposal_row *r, int64_t now, struct err *e)
{
	int64_t n;

	if (write_count(s, "proposal", &n, e) != 0)
		return -1;
	if (r->p.created_ms == 0)
		r->p.created_ms = now;
	r->p.moved_ms = now;
	if (write_row(s, n, r, e) != 0)
		return -1;
	r->p.id = xasprintf("P-%" PRId64, n);
	return 0;
}

static int put_proposal(struct store *s, struct proposal_row *r, struct err *e)
{
	int64_t now = clock_wall(s->clock);
	enum proposal_state was;

	if (r->p.id == NULL)
		return put_new(s, r, now, e);
	if (load_state(s, r->p.id, &was, e) != 0)
		return -1;
	if (was != r->p.state) {
		if (!proposal_may_move(was, r->p.state))
			return refuse_move(r->p.id, was, r->p.state, e);
		r->p.moved_ms = now;
	}
	return write_row(s, proposal_number(r->p.id), r, e);
}

int store_put_proposal(struct store *s, struct proposal_row *r, struct err *e)
{
	bool is_new = r->p.id == NULL;
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = write_leave(s, put_proposal(s, r, e), e);
	if (rc != 0 && is_new) {
		free(r->p.id);
		r->p.id = NULL;
	}
	return rc;
}

int store_get_proposal(struct store *s, const char *id, struct proposal_row *out, struct err *e)
{
	struct db_rows *q;
	int rc;

	memset(out, 0, sizeof *out);
	if (db_query(&q, s->db, "SELECT " PROPOSAL_COLS " FROM proposal WHERE n=?",
		    DB_ARGS(db_int(proposal_number(id))), e) != 0)
		return -1;
	rc = db_next(q, e);
	if (rc == 1)
		row_proposal(q, out);
	db_end(q);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "no proposal %s", id);
	return rc < 0 ? -1 : 0;
}

static int move_proposal(struct store *s, const char *id, enum proposal_state from,
	enum proposal_state to, const char *note, struct err *e)
{
	enum proposal_state was;

	if (load_state(s, id, &was, e) != 0)
		return -1;
	if (was != from)
		return err_set(e, ERR_CONFLICT, "%s is %s, not %s", id, proposal_state_name(was),
			proposal_state_name(from));
	if (!proposal_may_move(from, to))
		return refuse_move(id, from, to, e);
	return db_run(s->db, "UPDATE proposal SET state=?2, moved_ms=?3, note=?4 WHERE n=?1",
		DB_ARGS(db_int(proposal_number(id)), db_text(proposal_state_name(to)),
			db_int(clock_wall(s->clock)), db_text(note)),
		e);
}

int store_move_proposal(struct store *s, const char *id, enum proposal_state from,
	enum proposal_state to, const char *note, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, move_proposal(s, id, from, to, note, e), e);
}

int store_proposal_floor(struct store *s, int64_t highest, struct err *e)
{
	int rc;

	if (write_enter(s, e) != 0)
		return -1;
	rc = db_run(s->db,
		"INSERT INTO counter(name, n) VALUES('proposal', ?1)"
		" ON CONFLICT(name) DO UPDATE SET n=?1 WHERE n<?1",
		DB_ARGS(db_int(highest)), e);
	return write_leave(s, rc, e);
}

static int put_step_run(
	struct store *s, const char *proposal, const struct step_run *r, struct err *e)
{
	enum proposal_state state;

	if (load_state(s, proposal, &state, e) != 0)
		return -1;
	return db_run(s->db,
		"INSERT INTO step_run(proposal, phase, idx, host, title, state, exit_status,"
		" started_ms, ended_ms, output) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"
		" ON CONFLICT(proposal, phase, idx, host) DO UPDATE SET title=?5, state=?6,"
		" exit_status=?7, started_ms=?8, ended_ms=?9, output=?10",
		DB_ARGS(db_int(proposal_number(proposal)), db_text(r->phase), db_int(r->index),
			db_text(r->host != NULL ? r->host : ""), db_text(r->title),
			db_text(r->state), db_int(r->exit_status), db_int(r->started_ms),
			db_int(r->ended_ms), db_text(r->output)),
		e);
}

int store_put_step_run(
	struct store *s, const char *proposal, const struct step_run *r, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, put_step_run(s, proposal, r, e), e);
}
