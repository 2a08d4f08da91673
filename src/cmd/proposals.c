#include "config.h"

#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "model/snapshot.h"
#include "store/read.h"

static struct doc *proposal_doc(const struct snap_proposal *p)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "id", p->id);
	doc_set_str(d, "title", p->title);
	doc_set_str(d, "state", proposal_state_name(p->state));
	doc_set_str(d, "proposer", p->proposer);
	doc_set_strs(d, "hosts", &p->hosts);
	doc_set_str(d, "runbook", p->runbook);
	doc_set_str(d, "plan", p->plan);
	doc_set(d, "created", time_to_doc(p->created_ms));
	doc_set(d, "expires", time_to_doc(p->expires_ms));
	doc_set(d, "moved", time_to_doc(p->moved_ms));
	doc_set_str(d, "note", p->note);
	doc_set_str(d, "commit", p->commit);
	return d;
}

static bool wanted(const struct cmd *c, const struct snap_proposal *p)
{
	return c->option[OPTION_ALL] || !proposal_state_is_final(p->state);
}

static void print_json(const struct cmd *c, const struct snapshot *s)
{
	struct doc *d = doc_new_map(), *list = doc_new_list();

	for (size_t i = 0; i < s->proposal_count; i++)
		if (wanted(c, &s->proposals[i]))
			doc_push(list, proposal_doc(&s->proposals[i]));
	doc_set(d, "proposals", list);
	out_json(d);
	doc_free(d);
}

static void print(const struct cmd *c, const struct snapshot *s)
{
	struct out_table t = {.columns = 6};
	char age[16];

	for (size_t i = 0; i < s->proposal_count; i++) {
		const struct snap_proposal *p = &s->proposals[i];
		char *hosts = strs_join(&p->hosts, ",");

		if (wanted(c, p))
			out_row(&t, (const char *[]){p->id, proposal_state_name(p->state),
					    out_age(age, sizeof age, p->moved_ms), p->proposer,
					    hosts, p->title});
		free(hosts);
	}
	out_table_end(&t);
}

int cmd_proposals(struct cmd *c, struct err *e)
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
	if (cmd_json(c))
		print_json(c, s);
	else
		print(c, s);
	snapshot_free(s);
	return 0;
}
