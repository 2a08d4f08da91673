#include "config.h"

#include "cmd/init_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/knownhosts.h"
#include "flow/fleet.h"

#define FILE_MAX ((size_t)8 << 20)

static int load(struct known_hosts **out, const char *path, struct err *e)
{
	struct buf text = {.max = FILE_MAX};
	struct strs complaints = {0};
	int rc = file_read(&text, path, FILE_MAX, e);

	if (!rc) {
		*out = known_hosts_new();
		known_hosts_read(*out, buf_str(&text), text.len, path, &complaints);
	}
	for (size_t i = 0; i < complaints.n; i++)
		out_note("left out: %s", complaints.v[i]);
	strs_finish(&complaints);
	buf_finish(&text);
	return rc;
}

/* Lines of hosts that our own file does not know yet. */
static size_t collect(struct buf *out, const struct fleet *fleet, const struct known_hosts *from,
	const struct buf *ours)
{
	struct known_hosts *own = known_hosts_new();
	size_t hosts = 0;

	known_hosts_read(own, buf_str(ours), ours->len, "known_hosts", NULL);
	for (size_t i = 0; i < fleet->host_count; i++) {
		const struct host *h = &fleet->hosts[i];
		struct strs known = {0};

		if (h->transport != TRANSPORT_LIBSSH2)
			continue;
		known_hosts_algorithms(&known, own, h->address, h->port);
		if (!known.n)
			hosts += known_hosts_take(out, from, h->address, h->port) > 0;
		strs_finish(&known);
	}
	known_hosts_free(own);
	return hosts;
}

static int agreed(struct cmd *c, const struct buf *lines, size_t hosts, struct err *e)
{
	out_text(buf_str(lines), lines->len);
	if (c->option[OPTION_YES])
		return 0;
	if (!ask_possible())
		return err_set(
			e, ERR_INPUT, "without a terminal say --yes, once you have read them");
	out_printf("keys of %zu hosts; ", hosts);
	if (ask_word("type yes to trust them:", "yes"))
		return 0;
	return err_set(e, ERR_REFUSED, "no key was taken over");
}

static int take(struct cmd *c, const struct fleet *fleet, const struct known_hosts *from,
	const char *path, struct err *e)
{
	struct buf ours = {.max = FILE_MAX}, lines = {.max = FILE_MAX};
	size_t hosts;
	int rc = file_exists(path) ? file_read(&ours, path, FILE_MAX, e) : 0;

	if (!rc) {
		hosts = collect(&lines, fleet, from, &ours);
		if (!hosts)
			out_printf("no key to take over\n");
		else if (!(rc = agreed(c, &lines, hosts, e))) {
			buf_add(&ours, lines.data, lines.len);
			rc = file_write(path, ours.data, ours.len, 0600, e);
		}
	}
	buf_finish(&ours);
	buf_finish(&lines);
	return rc;
}

int init_take_keys(struct cmd *c, const char *repo, struct err *e)
{
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)repo,
		.datadir = intent_datadir()};
	char *state =
		c->option[OPTION_STATE] ? xstrdup(c->option[OPTION_STATE]) : place_state(repo);
	char *path = path_join(state, "known_hosts");
	struct known_hosts *from = NULL;
	struct intent *in = NULL;
	int rc = -1;

	if (!intent_load(&in, &src, NULL, e) && !load(&from, c->option[OPTION_KNOWN_HOSTS], e) &&
		!dir_make(state, 0750, e))
		rc = take(c, in->fleet, from, path, e);
	known_hosts_free(from);
	intent_free(in);
	free(path);
	free(state);
	return rc;
}
