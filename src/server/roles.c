#include "config.h"

#include "server/roles.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sock.h"
#include "base/strs.h"
#include "port/repo/repo.h"
#include "server/core.h"

static bool user_uid(const char *name, uid_t *uid)
{
	const struct passwd *pw;
	long long number;

	if (str_int(name, 0, (long long)(uid_t)-2, &number)) {
		*uid = (uid_t)number;
		return true;
	}
	pw = getpwnam(name);
	if (pw)
		*uid = pw->pw_uid;
	return pw;
}

static bool group_gid(const char *name, gid_t *gid)
{
	const struct group *gr;
	long long number;

	if (str_int(name, 0, (long long)(gid_t)-2, &number)) {
		*gid = (gid_t)number;
		return true;
	}
	gr = getgrnam(name);
	if (gr)
		*gid = gr->gr_gid;
	return gr;
}

static bool names_peer(const char *entry, const struct sock_peer *peer)
{
	uid_t uid;
	gid_t gid;

	if (*entry != '@')
		return user_uid(entry, &uid) && uid == peer->uid;
	if (!group_gid(entry + 1, &gid))
		return false;
	for (size_t i = 0; i < peer->group_count; i++)
		if (peer->groups[i] == gid)
			return true;
	return false;
}

static bool lists_peer(const struct strs *list, const struct sock_peer *peer)
{
	for (size_t i = 0; i < list->n; i++)
		if (names_peer(list->v[i], peer))
			return true;
	return false;
}

enum role role_of_peer(const struct server_config *config, bool on_demand, uid_t self,
	const struct sock_peer *peer)
{
	static const enum role from_highest[] = {ROLE_OPERATOR, ROLE_AGENT, ROLE_VIEWER};

	if (on_demand && peer->uid == self)
		return ROLE_OPERATOR;
	for (size_t i = 0; i < sizeof from_highest / sizeof *from_highest; i++)
		if (lists_peer(&config->roles[from_highest[i]], peer))
			return from_highest[i];
	return ROLE_NONE;
}

/* The user as a peer: its uid and all groups it would log in with. */
static bool as_peer(struct sock_peer *out, const char *entry)
{
	const struct passwd *pw;
	uid_t uid;
	int n = 64;

	*out = (struct sock_peer){0};
	if (*entry == '@' || !user_uid(entry, &uid))
		return false;
	out->uid = uid;
	pw = getpwuid(uid);
	if (!pw)
		return true;
	out->groups = xcalloc((size_t)n, sizeof *out->groups);
	if (getgrouplist(pw->pw_name, pw->pw_gid, out->groups, &n) < 0)
		n = 64;
	out->group_count = (size_t)n;
	return true;
}

bool roles_agent_separated(const struct server_config *config, bool on_demand, uid_t self)
{
	const struct strs *agents = &config->roles[ROLE_AGENT];
	bool separated = true;

	for (size_t i = 0; i < agents->n; i++) {
		struct sock_peer peer;

		if (!as_peer(&peer, agents->v[i])) {
			separated =
				separated && !strs_has(&config->roles[ROLE_OPERATOR], agents->v[i]);
			continue;
		}
		if (peer.uid == 0 || (on_demand && peer.uid == self) ||
			lists_peer(&config->roles[ROLE_OPERATOR], &peer))
			separated = false;
		free(peer.groups);
	}
	return separated;
}

char *user_name(uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw ? xstrdup(pw->pw_name) : xasprintf("%lu", (unsigned long)uid);
}

bool user_person(struct repo_person *out, const char *user, uid_t uid)
{
	struct utsname u;

	*out = (struct repo_person){0};
	if (uid == geteuid() || str_empty(user))
		return false;
	out->name = xstrdup(user);
	out->email = xasprintf("%s@%s", user, uname(&u) == 0 ? u.nodename : "localhost");
	return true;
}
