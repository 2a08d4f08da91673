#include "config.h"

#include "model/snapshot.h"

#include <stdlib.h>

static void host_clear(struct snap_host *h)
{
	free(h->name);
	free(h->address);
	free(h->transport);
	strs_finish(&h->tags);
	strs_finish(&h->groups);
	free(h->error);
}

static void check_clear(struct snap_check *c)
{
	free(c->name);
	free(c->title);
	free(c->runbook);
}

static void proposal_clear(struct snap_proposal *p)
{
	free(p->id);
	free(p->title);
	free(p->proposer);
	free(p->runbook);
	free(p->plan);
	strs_finish(&p->hosts);
	free(p->note);
	free(p->commit);
}

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	free(s->estate);
	free(s->repo);
	free(s->branch);
	free(s->accepted);
	free(s->server_error);
	for (size_t i = 0; i < s->host_count; i++)
		host_clear(&s->hosts[i]);
	free(s->hosts);
	findings_free(s->findings, s->finding_count);
	for (size_t i = 0; i < s->check_count; i++)
		check_clear(&s->checks[i]);
	free(s->checks);
	for (size_t i = 0; i < s->proposal_count; i++)
		proposal_clear(&s->proposals[i]);
	free(s->proposals);
	free(s);
}

const struct snap_host *snapshot_host(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; name && i < s->host_count; i++) {
		if (str_eq(s->hosts[i].name, name))
			return &s->hosts[i];
	}
	return NULL;
}

const struct finding *snapshot_finding(
	const struct snapshot *s, const char *host, const char *check)
{
	const struct snap_host *h = snapshot_host(s, host);

	for (size_t i = 0; h && check && i < h->finding_count; i++) {
		size_t at = h->first_finding + i;

		if (at < s->finding_count && str_eq(s->findings[at].check, check))
			return &s->findings[at];
	}
	return NULL;
}

const struct snap_check *snapshot_check(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; name && i < s->check_count; i++) {
		if (str_eq(s->checks[i].name, name))
			return &s->checks[i];
	}
	return NULL;
}

const struct snap_proposal *snapshot_proposal(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; id && i < s->proposal_count; i++) {
		if (str_eq(s->proposals[i].id, id))
			return &s->proposals[i];
	}
	return NULL;
}

void transitions_free(struct transition *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(t[i].host);
		free(t[i].check);
		free(t[i].summary);
		free(t[i].cause);
	}
	free(t);
}

void audit_rows_free(struct audit_row *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(r[i].who);
		free(r[i].role);
		free(r[i].request);
		free(r[i].subject);
		free(r[i].detail);
		free(r[i].hash);
	}
	free(r);
}

void step_runs_free(struct step_run *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(r[i].phase);
		free(r[i].host);
		free(r[i].title);
		free(r[i].state);
		free(r[i].output);
	}
	free(r);
}
