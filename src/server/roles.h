/*
 * Which role a peer has, by uid and groups against serve.yml. Knows no request and no socket.
 */
#ifndef OPSDECK_SERVER_ROLES_H
#define OPSDECK_SERVER_ROLES_H

#include <stdbool.h>
#include <sys/types.h>

#include "model/request.h"

struct repo_person;
struct server_config;
struct sock_peer;

/* The highest role that names the peer: operator, agent, viewer, else ROLE_NONE. On demand the
 * server's own uid (`self`) is an operator. Names are looked up at each call, so that a group edit
 * counts. */
enum role role_of_peer(const struct server_config *config, bool on_demand, uid_t self,
	const struct sock_peer *peer);

/* True unless somebody has both the agent's and an operator's uid: then no gate can hold between
 * them. */
bool roles_agent_separated(const struct server_config *config, bool on_demand, uid_t self);

/* The login name, or the decimal uid where it has none; heap. */
char *user_name(uid_t uid);

/* Whom a commit of this login names, who is known by nothing else: max <max@bastion>. False, and
 * nothing filled in, for the server's own user: the git config knows that one. */
bool user_person(struct repo_person *out, const char *user, uid_t uid);

#endif
