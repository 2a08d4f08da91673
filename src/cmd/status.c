#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "model/snapshot.h"
#include "store/read.h"

static void count(const struct snapshot *s, size_t n[FINDING_STATE_COUNT], size_t *not_looked)
{
	*not_looked = 0;
	for (int i = 0; i < FINDING_STATE_COUNT; i++)
		n[i] = 0;
	for (size_t i = 0; i < s->finding_count; i++) {
		if (s->findings[i].condition == CONDITION_NOT_LOOKED)
			++*not_looked;
		else
			n[s->findings[i].state]++;
	}
}

static size_t waiting(const struct snapshot *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->proposal_count; i++)
		n += proposal_state_waits(s->proposals[i].state);
	return n;
}

/* The oldest look at any host; 0 when one has never been looked at. */
static int64_t oldest(const struct snapshot *s)
{
	int64_t at = s->host_count ? s->hosts[0].at_ms : 0;

	for (size_t i = 1; i < s->host_count; i++)
		if (s->hosts[i].at_ms < at)
			at = s->hosts[i].at_ms;
	return at;
}

/* ---- JSON ---- */

static struct doc *host_doc(const struct snap_host *h)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "name", h->name);
	doc_set_str(d, "address", h->address);
	doc_set_str(d, "transport", h->transport);
	doc_set_str(d, "state", h->looked ? finding_state_name(h->state) : "unknown");
	doc_set_bool(d, "looked", h->looked);
	doc_set(d, "at", time_to_doc(h->at_ms));
	doc_set(d, "since", time_to_doc(h->since_ms));
	doc_set_str(d, "error", h->error);
	return d;
}

static struct doc *status_doc(const struct snapshot *s)
{
	struct doc *d = doc_new_map(), *counts = doc_new_map(), *hosts = doc_new_list();
	size_t n[FINDING_STATE_COUNT], not_looked;

	count(s, n, &not_looked);
	for (int i = 0; i < FINDING_STATE_COUNT; i++)
		doc_set_int(counts, finding_state_name((enum finding_state)i), (int64_t)n[i]);
	for (size_t i = 0; i < s->host_count; i++)
		doc_push(hosts, host_doc(&s->hosts[i]));
	doc_set_str(d, "estate", s->estate);
	doc_set_str(d, "repo", s->repo);
	doc_set_str(d, "branch", s->branch);
	doc_set_str(d, "accepted", s->accepted);
	doc_set_int(d, "incoming", s->incoming);
	doc_set_bool(d, "incoming_rewritten", s->incoming_rewritten);
	doc_set_int(d, "edits", s->edits);
	doc_set_bool(d, "on_demand", s->on_demand);
	doc_set_bool(d, "agent_seen", s->agent_seen);
	doc_set_bool(d, "agent_separated", s->agent_separated);
	doc_set_str(d, "error", s->server_error);
	doc_set(d, "findings", counts);
	doc_set_int(d, "not_looked", (int64_t)not_looked);
	doc_set_int(d, "proposals_waiting", (int64_t)waiting(s));
	doc_set(d, "swept", time_to_doc(s->sweep.ended_ms));
	doc_set(d, "hosts", hosts);
	return d;
}

/* ---- for a person ---- */

static void print_head(const struct snapshot *s)
{
	out_printf("%s  %s  %.12s", s->estate ? s->estate : "?", s->branch ? s->branch : "?",
		s->accepted ? s->accepted : "nothing accepted");
	if (s->incoming)
		out_printf("  %d incoming%s", s->incoming,
			s->incoming_rewritten ? " (rewritten!)" : "");
	if (s->edits)
		out_printf("  %d edits not in force", s->edits);
	out_printf("\n");
	if (s->agent_seen && !s->agent_separated)
		out_printf("AGENT NOT SEPARATED: agent and operator share a uid\n");
	if (s->server_error)
		out_printf("! %s\n", s->server_error);
}

static void print_counts(const struct snapshot *s)
{
	size_t n[FINDING_STATE_COUNT], not_looked;
	char age[16];

	count(s, n, &not_looked);
	for (int i = 0; i < FINDING_STATE_COUNT; i++)
		if (n[i])
			out_printf("%zu %s  ", n[i], finding_state_name((enum finding_state)i));
	if (not_looked)
		out_printf("%zu not looked at yet  ", not_looked);
	out_printf("%zu proposals waiting  oldest look %s\n\n", waiting(s),
		out_age(age, sizeof age, oldest(s)));
}

static const struct finding *worst_of(const struct snapshot *s, const struct snap_host *h)
{
	const struct finding *worst = NULL;

	for (size_t i = 0; i < h->finding_count; i++) {
		const struct finding *f = &s->findings[h->first_finding + i];

		if (!worst || finding_state_rank(f->state) > finding_state_rank(worst->state))
			worst = f;
	}
	return worst;
}

static void print_hosts(const struct snapshot *s)
{
	struct out_table t = {.columns = 5};
	char age[16];

	for (size_t i = 0; i < s->host_count; i++) {
		const struct snap_host *h = &s->hosts[i];
		const struct finding *f = worst_of(s, h);
		bool fine = h->looked && h->state == FINDING_OK;

		out_row(&t,
			(const char *[]){h->name, h->looked ? finding_state_name(h->state) : "?",
				out_age(age, sizeof age, h->at_ms),
				f && !fine && h->looked ? f->check : "",
				h->error     ? h->error
				: !h->looked ? "not looked at yet"
				: f && !fine ? f->summary
					     : ""});
	}
	out_table_end(&t);
}

int cmd_status(struct cmd *c, struct err *e)
{
	struct reader *r;
	struct snapshot *s;
	int rc;

	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_snapshot(r, &s, e);
	reader_close(r);
	if (rc)
		return -1;
	if (cmd_json(c)) {
		struct doc *d = status_doc(s);

		out_json(d);
		doc_free(d);
	} else {
		print_head(s);
		print_counts(s);
		print_hosts(s);
	}
	snapshot_free(s);
	return 0;
}
