#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/place.h"
#include "codec/sudoers.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"

/* The repo itself where it has a work tree; a server's bare one is read in the operator's clone. */
static char *worktree(const struct cmd *c)
{
	char *fleet, *dir = NULL;

	if (!c->place.repo)
		return place_around();
	fleet = path_join(c->place.repo, "fleet.yml");
	dir = file_exists(fleet) ? xstrdup(c->place.repo) : place_around();
	free(fleet);
	return dir;
}

/* From the work tree: what the operator installs is what is about to be accepted, or is. */
static int load(const struct cmd *c, struct intent **out, struct err *e)
{
	char *dir = worktree(c);
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = dir,
		.datadir = intent_datadir()};
	int rc = dir ? intent_load(out, &src, NULL, e)
		     : err_set(e, ERR_MISSING,
			       "there is no fleet.yml here: go to your clone of the ops repo, or "
			       "name it with --repo");

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
