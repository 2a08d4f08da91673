#include "config.h"

#include "base/clock.h"
#include "base/strs.h"
#include "client/client.h"
#include "cmd/cmd.h"
#include "cmd/private.h"
#include "ui/ui.h"

/* "80x24" */
static int read_size(struct ui_spec *spec, const char *text, struct err *e)
{
	struct strs parts = {0};
	long long width = 0, height = 0;
	bool good;

	strs_split(&parts, text, 'x');
	good = parts.n == 2 && str_int(parts.v[0], 1, 1000, &width) &&
	       str_int(parts.v[1], 1, 1000, &height);
	strs_finish(&parts);
	if (!good)
		return err_set(e, ERR_INPUT, "--size wants COLSxROWS such as 80x24, not %s", text);
	spec->width = (int)width;
	spec->height = (int)height;
	return 0;
}

static int cockpit(struct cmd *c, struct err *e)
{
	const char *const *o = (const char *const *)c->option;
	const struct client_start start = cmd_start(c);
	struct ui_spec spec = {.state = c->place.state,
		.socket = c->place.socket,
		.start = c->place.system ? NULL : &start,
		.read_only = o[OPTION_READ_ONLY],
		.theme = o[OPTION_THEME],
		.script = o[OPTION_SCRIPT]};

	if (o[OPTION_SIZE] && read_size(&spec, o[OPTION_SIZE], e))
		return -1;
	if (o[OPTION_NOW] && !time_parse(o[OPTION_NOW], &spec.now_ms))
		return err_set(e, ERR_INPUT, "--now wants a time such as 2026-11-22T01:00:00Z");
	if (o[OPTION_SCRIPT] && !spec.width)
		return err_set(e, ERR_INPUT, "--script wants --size");
	if (o[OPTION_SCRIPT] && private_check(&c->place, e))
		return -1;
	return ui_main(&spec, e);
}

int main(int argc, char **argv)
{
	return cmd_main(argc, argv, cockpit);
}
