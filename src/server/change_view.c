#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/proposal.h"
#include "codec/view.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/change_int.h"

#define SUDOERS_FILES_MAX 1000
#define SUDOERS_FILE_MAX ((size_t)1 << 20)

static void sudoers_finish(struct decide_sudoers *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strs_finish(&v[i].names);
		strs_finish(&v[i].texts);
	}
	free(v);
}

/* One file of the reference, when sudo would read it: etc/sudoers, and drop-ins without `.` or `~`.
 */
static int take_sudoers_file(struct decide_sudoers *s, struct server_core *core, const char *under,
	const char *path, struct err *e)
{
	const char *name = path + strlen(under) + 1, *dropin = strstr(name, "sudoers.d/");
	struct buf text = {0};
	int rc;

	if (dropin ? strpbrk(dropin + strlen("sudoers.d/"), ".~") != NULL
		   : !str_ends(name, "sudoers"))
		return 0;
	rc = repo_read(core->repo, core->accepted, path, SUDOERS_FILE_MAX, &text, e);
	if (rc == 0) {
		strs_add(&s->names, name);
		strs_take(&s->texts, buf_take(&text));
	}
	buf_finish(&text);
	return rc;
}

/* Fills in a host's sudoers as git has it; false in *any when git has none. Byte order of the paths
 * puts etc/sudoers before etc/sudoers.d/, and the drop-ins in the order sudo reads them. */
static int host_sudoers(struct decide_sudoers *s, bool *any, struct server_core *core,
	const char *host, struct err *e)
{
	char *under = xasprintf("refs/%s/sudoers", host);
	struct repo_entry *v = NULL;
	size_t n = 0;
	int rc = repo_list(core->repo, core->accepted, under, SUDOERS_FILES_MAX, &v, &n, e);

	*s = (struct decide_sudoers){.host = host};
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = take_sudoers_file(s, core, under, v[i].path, e);
	*any = s->texts.n > 0;
	repo_entries_free(v, n);
	free(under);
	return rc;
}

int change_verdict(
	struct verdict *out, struct server_core *core, const struct loaded *l, struct err *e)
{
	struct decide_sudoers *v = xcalloc(l->p.hosts.n + 1, sizeof *v);
	struct decide_input in = {.p = &l->p,
		.fleet = core->intent->fleet,
		.policy = core->intent->policy,
		.sudoers = v,
		.root = geteuid() == 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->p.hosts.n; i++) {
		bool any;

		rc = host_sudoers(&v[in.sudoers_count], &any, core, l->p.hosts.v[i], e);
		if (rc || any)
			in.sudoers_count++;
	}
	if (rc == 0)
		decide_verdict(out, &in);
	sudoers_finish(v, in.sudoers_count);
	return rc;
}

struct doc *verdict_to_doc(const struct verdict *v)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "action", action_name(v->action));
	doc_set_str(d, "rule", v->rule);
	doc_set_str(d, "reason", v->reason);
	doc_set_str(d, "confirm", v->confirm);
	doc_set_bool(d, "boundary_ok", v->boundary_ok);
	doc_set_str(d, "boundary", v->boundary);
	return d;
}

/* ---- radius: what else the hosts carry, from the newest findings ---- */

static void services_line(struct strs *out, const struct proposal *p)
{
	size_t before = out->n;

	for (size_t i = 0; i < p->step_count; i++)
		if (p->steps[i].kind == STEP_SERVICE)
			strs_addf(out, "%ss %s on %s", p->steps[i].argv.v[1], p->steps[i].argv.v[0],
				p->steps[i].host);
	if (out->n == before)
		strs_add(out, "no service restarts");
}

static void findings_lines(struct strs *out, const struct snapshot *snap, const struct strs *hosts)
{
	for (size_t i = 0; i < snap->finding_count; i++) {
		const struct finding *f = &snap->findings[i];
		const struct snap_check *c = snapshot_check(snap, f->check);
		bool ours = strs_has(hosts, f->host);

		if (!c || f->condition == CONDITION_NOT_LOOKED)
			continue;
		if (c->pane == PANE_QUORUM && ours)
			strs_addf(out, "quorum (%s): %s", f->host, f->summary);
		else if (c->pane == PANE_BACKUPS && ours)
			strs_addf(out, "backup of %s: %s", f->host, f->summary);
	}
}

static int radius_make(
	struct strs *out, struct server_core *core, const struct proposal *p, struct err *e)
{
	struct reader *reader = NULL;
	struct snapshot *snap = NULL;
	int rc = reader_open(&reader, core->paths.state, e);

	services_line(out, p);
	if (rc == 0)
		rc = reader_snapshot(reader, &snap, e);
	if (rc == 0)
		findings_lines(out, snap, &p->hosts);
	snapshot_free(snap);
	reader_close(reader);
	return rc;
}

/* ---- the whole ---- */

static int references_make(
	struct strs *out, struct server_core *core, const struct proposal *p, struct err *e)
{
	for (size_t i = 0; i < p->step_count; i++) {
		struct buf text = {0};
		struct err ignored = {0};

		if (p->steps[i].kind == STEP_REFERENCE &&
			repo_read(core->repo, core->accepted, p->steps[i].path,
				PROPOSAL_CONTENT_MAX, &text, &ignored) &&
			ignored.code != ERR_MISSING) {
			*e = ignored;
			buf_finish(&text);
			return -1;
		}
		strs_take(out, buf_take(&text));
	}
	return 0;
}

static char *doc_text(const struct doc *d)
{
	struct buf b = {0};

	json_write(&b, d);
	return buf_take(&b);
}

static void set_text(char **to, const struct doc *d)
{
	free(*to);
	*to = doc_text(d);
}

static void fill_shown(struct loaded *l, const struct view *view)
{
	char hash[SHA256_HEX];
	struct doc *d = view_to_doc(view);

	set_text(&l->row.view, d);
	doc_free(d);
	view_hash(hash, view);
	free(l->row.shown);
	l->row.shown = xstrdup(hash);
}

int change_show(struct server_core *core, struct loaded *l, const struct target *targets,
	const struct strs *warnings, struct err *e)
{
	struct verdict verdict = {0};
	struct strs references = {0}, radius = {0};
	struct view view = {0};
	struct doc *binding = NULL, *d;
	int rc = change_verdict(&verdict, core, l, e);

	if (rc == 0)
		rc = references_make(&references, core, &l->p, e);
	if (rc == 0)
		rc = radius_make(&radius, core, &l->p, e);
	if (rc == 0)
		rc = binding_make(&binding, core, l, targets, e);
	if (rc == 0) {
		decide_view(&view, &(struct decide_view){.p = &l->p,
					   .plan = l->row.p.plan,
					   .proposer = l->row.p.proposer,
					   .created_ms = l->row.p.created_ms,
					   .expires_ms = l->row.p.expires_ms,
					   .verdict = &verdict,
					   .targets = targets,
					   .references = &references,
					   .fleet_size = core->intent->fleet->host_count,
					   .radius = &radius,
					   .warnings = warnings});
		fill_shown(l, &view);
		d = verdict_to_doc(&verdict);
		set_text(&l->row.verdict, d);
		doc_free(d);
		set_text(&l->row.binding, binding);
	}
	doc_free(binding);
	view_finish(&view);
	strs_finish(&references);
	strs_finish(&radius);
	verdict_finish(&verdict);
	return rc;
}
