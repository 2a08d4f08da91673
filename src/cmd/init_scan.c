#include "config.h"

#include "cmd/init_scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/worktree.h"
#include "codec/doc.h"
#include "codec/fleet.h"
#include "codec/fleet_edit.h"
#include "codec/scan_plan.h"
#include "codec/sudoers.h"
#include "codec/yaml.h"
#include "flow/fleet.h"
#include "model/request.h"

#define FILE_MAX ((size_t)8 << 20)

/* ---- fleet.yml ---- */

/* Written only as it was read: who edits it meanwhile loses nothing. */
static int write_same(
	const char *path, const struct buf *before, const struct buf *after, struct err *e)
{
	struct buf now = {.max = FILE_MAX};
	struct stat st;
	int rc = file_read(&now, path, FILE_MAX, e);

	if (!rc && (now.len != before->len || memcmp(buf_str(&now), buf_str(before), now.len)))
		rc = err_set(e, ERR_CONFLICT, "%s was edited meanwhile: scan again", path);
	if (!rc)
		rc = file_write(path, after->data, after->len,
			stat(path, &st) ? 0644 : st.st_mode & 07777, e);
	buf_finish(&now);
	return rc;
}

static int read_back(const struct buf *text, const struct catalogue *c, struct err *e)
{
	struct fleet *fleet;

	if (fleet_read(&fleet, buf_str(text), text->len, "fleet.yml", e) ||
		fleet_read_checks(buf_str(text), text->len, "fleet.yml", c, e))
		return err_prefix(e, "what was found makes no fleet.yml");
	fleet_free(fleet);
	return 0;
}

static int edit(const char *dir, const struct buf *before, const struct scan_plan *p,
	const char *host, const struct catalogue *c, struct err *e)
{
	char *path = path_join(dir, "fleet.yml");
	const struct fleet_addition add = {
		.host = host, .tags = &p->add_tags, .params = p->add_params};
	struct buf after = {.max = FILE_MAX};
	int rc = fleet_edit(&after, buf_str(before), before->len, "fleet.yml", &add, e);

	if (!rc)
		rc = read_back(&after, c, e);
	if (!rc)
		rc = write_same(path, before, &after, e);
	buf_finish(&after);
	free(path);
	return rc;
}

/* ---- what is said ---- */

static void tell_tags(const struct scan_plan *p, enum scan_verdict verdict, const char *title)
{
	struct out_table table = {.columns = 3};
	bool any = false;

	for (size_t i = 0; i < p->tag_count; i++) {
		const struct scan_tag *t = &p->tags[i];
		char *checks, *path;

		if (t->verdict != verdict || !t->checks.n)
			continue;
		if (!any)
			out_printf("\n%s\n", title);
		any = true;
		checks = strs_join(&t->checks, ", ");
		path = t->paths.n > 1 ? xasprintf("%s and %zu more", t->paths.v[0], t->paths.n - 1)
				      : xstrdup(t->paths.v[0]);
		out_row(&table, (const char *const[]){t->tag, path, checks});
		free(checks);
		free(path);
	}
	out_table_end(&table);
}

static void tell_few(const struct scan_plan *p)
{
	for (size_t i = 0; i < p->tag_count; i++) {
		const struct scan_tag *t = &p->tags[i];

		if (t->verdict == SCAN_FEW && t->checks.n)
			out_printf("\nnot added: %s, only %zu of its %zu checks find something "
				   "(%s)\n",
				t->tag, t->checks.n, t->could, t->paths.v[0]);
	}
}

static void tell_params(const struct scan_plan *p)
{
	if (doc_len(p->add_params))
		out_printf("\nparams that the host told\n");
	for (size_t i = 0; i < doc_len(p->add_params); i++) {
		struct buf text = {0};

		yaml_write_flow(&text, doc_value(p->add_params, i));
		out_printf("%s: %s\n", doc_key(p->add_params, i), buf_str(&text));
		buf_finish(&text);
	}
}

static void tell_gaps(const struct scan_plan *p)
{
	if (p->gap_count)
		out_printf("\nparams to fill in by hand\n");
	for (size_t i = 0; i < p->gap_count; i++) {
		const struct scan_gap *g = &p->gaps[i];

		out_printf("%s, for check %s: %s\n", g->param, g->check,
			g->why ? g->why : "no command tells it");
		if (g->about)
			out_printf("    %s\n", g->about);
	}
}

static void tell(const struct scan_plan *p, const struct host *h)
{
	out_printf("%s: %zu of the paths that checks look for are there\n", h->name, p->found);
	tell_tags(p, SCAN_HAS, "tags that it has");
	tell_tags(p, SCAN_ADD, "tags added");
	tell_tags(p, SCAN_NEEDS, "not added: add the tag yourself once its params are filled in");
	tell_few(p);
	tell_params(p);
	tell_gaps(p);
	if (p->add_tags.n || doc_len(p->add_params))
		out_printf("\nfleet.yml is changed and not committed: see `git diff`, commit it, "
			   "then `opsdeck accept`\n");
	else
		out_printf("\nnothing to add: fleet.yml is as it was\n");
}

/* By the generator that `opsdeck sudoers` has, of the work tree as it is now. */
static int tell_sudoers(const char *dir, const char *host, struct err *e)
{
	struct intent *in;
	struct buf text = {0};
	const struct host *h;
	int rc;

	if (worktree_load(dir, &in, e))
		return -1;
	h = fleet_host(in->fleet, host);
	rc = h ? sudoers_render(&text, in->fleet, in->catalogue, h, e)
	       : err_set(e, ERR_CONFLICT, "fleet.yml was edited meanwhile: scan again");
	if (!rc) {
		out_printf("\nthe sudoers file that it then needs (`opsdeck sudoers --worktree "
			   "%s`)\n\n",
			host);
		out_text(buf_str(&text), text.len);
	}
	buf_finish(&text);
	intent_free(in);
	return rc;
}

/* ---- the scan ---- */

static int ask(struct cmd *c, const char *host, struct doc **out, struct err *e)
{
	struct doc *args = doc_new_map();

	doc_set_str(args, "host", host);
	return cmd_call(c, REQUEST_SCAN, args, out, e);
}

static int scan(struct cmd *c, const char *dir, const struct intent *in, struct err *e)
{
	const char *name = c->option[OPTION_SCAN];
	const struct host *h = fleet_host(in->fleet, name);
	struct buf text = {.max = FILE_MAX};
	struct scan_plan plan;
	struct doc *answer;
	int rc;

	if (!h)
		return err_set(e, ERR_MISSING,
			"there is no host %s in fleet.yml: add it with its address first", name);
	if (intent_dir_read((void *)(uintptr_t)dir, "fleet.yml", &text, e))
		return -1;
	if (in->problem.code)
		out_note("left out: %s", in->problem.msg);
	rc = ask(c, name, &answer, e);
	if (!rc) {
		scan_plan_make(&plan, in->catalogue, h, answer);
		if (plan.add_tags.n || doc_len(plan.add_params))
			rc = edit(dir, &text, &plan, name, in->catalogue, e);
		if (!rc)
			tell(&plan, h);
		scan_plan_finish(&plan);
		doc_free(answer);
	}
	buf_finish(&text);
	return rc ? rc : tell_sudoers(dir, name, e);
}

int init_scan(struct cmd *c, struct err *e)
{
	struct intent *in;
	char *dir;
	int rc = -1;

	if (c->option[OPTION_FROM_SSH_CONFIG] || c->option[OPTION_FROM_ANSIBLE] ||
		c->option[OPTION_KNOWN_HOSTS] || c->arg_count > 1)
		return err_set(e, ERR_INPUT, "usage: opsdeck init --scan HOST [DIR]");
	if (c->arg_count && !c->option[OPTION_REPO])
		c->option[OPTION_REPO] = c->args[0];
	if (cmd_place(c, e))
		return -1;
	dir = worktree_dir(c);
	if (!dir)
		return err_set(e, ERR_MISSING,
			"there is no fleet.yml here: go to your clone of the ops repo");
	if (!worktree_load(dir, &in, e)) {
		rc = scan(c, dir, in, e);
		intent_free(in);
	}
	free(dir);
	return rc;
}
