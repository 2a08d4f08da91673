#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/place.h"
#include "cmd/worktree.h"
#include "codec/sudoers.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"
#include "server/intake.h"
#include "store/read.h"

/* What is in force: the lines of a host must not come from a commit that nobody accepted. */
static char *accepted_commit(struct cmd *c, struct err *e)
{
	struct reader *reader;
	struct snapshot *snap;
	char *commit = NULL;

	if (cmd_reader(c, &reader, e))
		return NULL;
	if (!reader_snapshot(reader, &snap, e)) {
		commit = xstrdup(snap->accepted);
		if (!commit)
			err_set(e, ERR_MISSING,
				"no commit is accepted yet: run `opsdeck sweep` "
				"or `opsdeck accept`");
		snapshot_free(snap);
	}
	reader_close(reader);
	return commit;
}

static int load_commit(const char *dir, const char *commit, struct intent **out, struct err *e)
{
	struct repo *repo;
	int rc = -1;

	if (repo_open(&repo, dir, e))
		return -1;
	if (repo_has_commit(repo, commit))
		rc = intake_intent(out, repo, commit, intent_datadir(), e);
	else
		err_set(e, ERR_MISSING, "the accepted commit %.12s is not in %s: pull it first",
			commit, dir);
	repo_close(repo);
	return rc;
}

static int load(struct cmd *c, struct intent **out, struct err *e)
{
	char *dir = worktree_dir(c), *commit = NULL;
	int rc = -1;

	if (!dir && c->place.repo && !c->place.system)
		dir = xstrdup(c->place.repo); /* bare, and our own */
	if (!dir)
		err_set(e, ERR_MISSING,
			"there is no fleet.yml here: go to your clone of the ops repo, or "
			"name it with --repo");
	else if (c->option[OPTION_WORKTREE])
		rc = worktree_load(dir, out, e);
	else if ((commit = accepted_commit(c, e)))
		rc = load_commit(dir, commit, out, e);
	if (rc && dir && !commit && !c->option[OPTION_WORKTREE])
		rc = err_prefix(e, "no accepted commit (--worktree reads what is there)");
	free(commit);
	free(dir);
	return rc;
}

static int render(struct cmd *c, const struct intent *in, struct buf *out, struct err *e)
{
	const struct host *h;

	if (c->option[OPTION_ALL])
		return sudoers_render_script(out, in->fleet, in->catalogue, e);
	h = fleet_host(in->fleet, c->args[0]);
	if (!h)
		return err_set(e, ERR_MISSING, "there is no host %s in fleet.yml", c->args[0]);
	return sudoers_render(out, in->fleet, in->catalogue, h, e);
}

int cmd_sudoers(struct cmd *c, struct err *e)
{
	bool all = c->option[OPTION_ALL], script = c->option[OPTION_SCRIPT_FORM];
	struct buf text = {0};
	struct intent *in;
	int rc;

	if (all != script || all == (c->arg_count == 1))
		return err_set(e, ERR_INPUT,
			"usage: opsdeck sudoers HOST, or opsdeck sudoers --all --script");
	if (load(c, &in, e))
		return -1;
	rc = render(c, in, &text, e);
	if (!rc)
		out_text(buf_str(&text), text.len);
	buf_finish(&text);
	intent_free(in);
	return rc;
}
