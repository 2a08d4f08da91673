/*
 * Hosts and the fleet, as fleet.yml says they are. Plain data; knows no file and no network.
 */
#ifndef OPSDECK_MODEL_HOST_H
#define OPSDECK_MODEL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strs.h"

enum transport_kind {
	TRANSPORT_LIBSSH2,
	TRANSPORT_LOCAL,
	TRANSPORT_REPLAY,
	TRANSPORT_OPENSSH, /* named in fleet.yml, not built in: such a host says so as unreachable
			    */
	TRANSPORT_KIND_COUNT
};

/* SSH logins; what each may do stands in the host's sudoers reference. */
enum identity { IDENTITY_LOOK, IDENTITY_APPLY, IDENTITY_COUNT };

/* A path that opsdeck may replace on a host, through the lines that `opsdeck sudoers` prints. */
struct managed {
	char *path;  /* clean absolute */
	char *owner; /* user name or number */
	char *group;
	unsigned mode; /* permission bits */
	bool secret;   /* content never shown, stored or made a reference */
	char *check;   /* check that watches it, NULL = none: verified by reading back only */
};

/* A service the host's apply login may restart or reload. */
struct managed_service {
	char *unit;
	bool restart, reload;
};

struct host {
	char *name;
	char *address; /* what is connected to; for local the empty string */
	int port;
	enum transport_kind transport;
	struct strs tags;
	struct strs groups; /* names of the groups in fleet.yml that list it */
	char *user[IDENTITY_COUNT];
	char *sandbox; /* local only: folder whose files are changed with the server's own uid, no
			  sudo; or NULL */
	char *params;  /* JSON object: values for {name} in checks' argv and for their $params */
	char *replay;  /* replay only: folder with the recorded samples */
	int64_t deadline_ms; /* wall-clock limit for one sweep of the host */
	struct managed *managed;
	size_t managed_count, managed_cap;
	struct managed_service *services;
	size_t service_count, service_cap;
	struct strs without; /* checks that are not wanted here */
};

struct fleet {
	char *estate;
	struct host *hosts; /* in the order of the file */
	size_t host_count, host_cap;
	struct strs groups; /* all group names, sorted */
	int64_t sweep_every_ms;
	int64_t deadline_ms; /* of a host that does not say its own */
	int width;	     /* hosts worked on at once */
};

void host_finish(struct host *h);
void fleet_free(struct fleet *f);
/* Borrowed, NULL when there is none. */
const struct host *fleet_host(const struct fleet *f, const char *name);
const struct managed *host_managed(const struct host *h, const char *path);
/* True when path lies inside the host's sandbox folder (clean absolute, below it, no ".."). */
bool host_in_sandbox(const struct host *h, const char *path);

/*
 * The commands that a managed path needs (design.md, "A managed path has these lines"): exactly
 * these argv stand in sudoers and are run. NEW is DIR/.NAME.opsdeck, WAS is DIR/.NAME.was.
 */
enum managed_act {
	MANAGED_READ,	 /* tar --numeric-owner -cf - -C DIR NAME: content, owner, mode, link */
	MANAGED_PUT,	 /* install -o OWNER -g GROUP -m MODE -T /dev/stdin NEW: stdin is a pipe */
	MANAGED_SUM_NEW, /* sha256sum NEW */
	MANAGED_KEEP,	 /* ln -T PATH WAS */
	MANAGED_SWAP,	 /* mv -T NEW PATH */
	MANAGED_SUM_WAS, /* sha256sum WAS */
	MANAGED_UNDO,	 /* mv -T WAS PATH */
	MANAGED_RM,	 /* rm -f PATH */
	MANAGED_RM_NEW,	 /* rm -f NEW */
	MANAGED_RM_WAS,	 /* rm -f WAS */
	MANAGED_ACT_COUNT
};
void managed_argv(struct strs *out, const struct managed *m, enum managed_act act);
/* Who runs it: IDENTITY_APPLY, but for reading what is not secret. */
enum identity managed_identity(const struct managed *m, enum managed_act act);
/* systemctl VERB UNIT; verb is "restart" or "reload". */
void service_argv(struct strs *out, const char *unit, const char *verb);

const char *transport_kind_name(enum transport_kind k);
bool transport_kind_parse(const char *s, enum transport_kind *out);
const char *identity_name(enum identity id);
bool identity_parse(const char *s, enum identity *out);
const struct managed_service *host_service(const struct host *h, const char *unit);
bool host_in_group(const struct host *h, const char *group);

#endif
