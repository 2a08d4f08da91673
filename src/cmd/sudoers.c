#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/sudoers.h"
#include "flow/fleet.h"
#include "port/repo/repo.h"

/* From the branch's tip: what the operator installs is what is about to be accepted, or is. */
static int load(struct cmd *c, struct intent **out, struct err *e)
{
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = c->place.repo,
		.datadir = intent_datadir()};

	if (!c->place.repo)
		return err_set(e, ERR_MISSING, "name the ops repo with --repo");
	return intent_load(out, &src, NULL, e);
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
