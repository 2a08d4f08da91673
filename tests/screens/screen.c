/*
 * The cockpit alone, for tests and the bench: over a store that is there, without a server of its
 * own. Usage: screen [--script FILE --size WxH --now TIME] [--socket PATH] [--theme NAME]
 * [--read-only] DIR
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

int main(int argc, char **argv)
{
	static const struct option options[] = {{"script", required_argument, NULL, 's'},
		{"size", required_argument, NULL, 'z'}, {"now", required_argument, NULL, 'n'},
		{"socket", required_argument, NULL, 'k'}, {"theme", required_argument, NULL, 't'},
		{"read-only", no_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	struct ui_spec spec = {.width = 80, .height = 24, .host = "bastion"};
	struct err e = {0};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			spec.script = optarg;
		else if (c == 'z' && sscanf(optarg, "%dx%d", &spec.width, &spec.height) != 2)
			return 2;
		else if (c == 'n' && !time_parse(optarg, &spec.now_ms))
			return 2;
		else if (c == 'k')
			spec.socket = optarg;
		else if (c == 't')
			spec.theme = optarg;
		else if (c == 'r')
			spec.read_only = true;
		else if (c == '?')
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	spec.state = argv[optind];
	if (ui_main(&spec, &e) < 0) {
		fprintf(stderr, "screen: %s\n", e.msg);
		return 1;
	}
	return 0;
}
