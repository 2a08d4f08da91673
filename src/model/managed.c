#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "model/host.h"

/* Longest argv of the table below, with its NULL. */
#define WORDS_MAX 11

void managed_argv(struct strs *out, const struct managed *m, enum managed_act act)
{
	char *dir = path_dir(m->path);
	const char *slash = str_eq(dir, "/") ? "" : "/";
	const char *name = path_base(m->path);
	char *fresh = xasprintf("%s%s.%s.opsdeck", dir, slash, name);
	char *was = xasprintf("%s%s.%s.was", dir, slash, name);
	char mode[8];
	const char *const words[MANAGED_ACT_COUNT][WORDS_MAX] = {
		[MANAGED_READ] = {"/usr/bin/tar", "--numeric-owner", "-cf", "-", "-C", dir, name},
		[MANAGED_PUT] = {"/usr/bin/install", "-o", m->owner, "-g", m->group, "-m", mode,
			"-T", "/dev/stdin", fresh},
		[MANAGED_SUM_NEW] = {"/usr/bin/sha256sum", fresh},
		[MANAGED_KEEP] = {"/usr/bin/ln", "-T", m->path, was},
		[MANAGED_SWAP] = {"/usr/bin/mv", "-T", fresh, m->path},
		[MANAGED_SUM_WAS] = {"/usr/bin/sha256sum", was},
		[MANAGED_UNDO] = {"/usr/bin/mv", "-T", was, m->path},
		[MANAGED_RM] = {"/usr/bin/rm", "-f", m->path},
		[MANAGED_RM_NEW] = {"/usr/bin/rm", "-f", fresh},
		[MANAGED_RM_WAS] = {"/usr/bin/rm", "-f", was},
	};

	snprintf(mode, sizeof mode, "%04o", m->mode & 07777u);
	for (size_t i = 0; words[act][i]; i++)
		strs_add(out, words[act][i]);
	free(dir);
	free(fresh);
	free(was);
}

enum identity managed_identity(const struct managed *m, enum managed_act act)
{
	return act == MANAGED_READ && !m->secret ? IDENTITY_LOOK : IDENTITY_APPLY;
}

void service_argv(struct strs *out, const char *unit, const char *verb)
{
	strs_add(out, "/usr/bin/systemctl");
	strs_add(out, verb);
	strs_add(out, unit);
}
