/*
 * serve.yml: what the server itself needs. It stands beside the store or in /etc/opsdeck, never in
 * the ops repo, so that nobody who may write there can give himself a role. Knows no socket.
 */
#ifndef OPSDECK_SERVER_SERVE_FILE_H
#define OPSDECK_SERVER_SERVE_FILE_H

#include <stddef.h>

#include "base/err.h"
#include "server/core.h"

#define SERVE_FILE_SYSTEM "/etc/opsdeck/serve.yml"

/* The whole file; NULL where a key is not given. */
struct serve_file {
	char *repo, *state, *socket, *known_hosts;
	struct server_config config;
};

/*
 * repo: /srv/ops.git
 * state: /var/lib/opsdeck
 * socket: /run/opsdeck/sock
 * roles: {operators: [max, "@adm"], viewers: ["@viewers"], agents: [luna]}
 * keys: {look: /path, apply: /path, agent: /path/of/an/agent's/socket}
 * known_hosts: /path
 * notify: [/usr/local/bin/tell, --estate]
 *
 * Relative paths, unknown keys and lists of other things are refused with line and column.
 */
int serve_file_read(struct serve_file *out, const char *text, size_t n, const char *name,
	struct err *e) WARN_UNUSED;
/* The same from a file, which nobody but its owner (this user or root) may write. */
int serve_file_load(struct serve_file *out, const char *path, struct err *e) WARN_UNUSED;
void config_finish(struct server_config *c);
void serve_file_finish(struct serve_file *f);

#endif
