/*
 * An Ansible inventory while it is read: groups, their parents, hosts and the few variables that
 * matter. Only for codec/ansible*.c; knows no syntax but that of a host's name.
 */
#ifndef OPSDECK_CODEC_INVENTORY_H
#define OPSDECK_CODEC_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"

enum inv_var { VAR_HOST, VAR_PORT, VAR_USER, VAR_CONNECTION, VAR_SSH_ARGS, VAR_COUNT };

struct inv_vars {
	char *v[VAR_COUNT];
};

struct inv_place {
	int line, col;
};

struct inv_links {
	size_t *v;
	size_t n, cap;
};

struct inv_group {
	char *name;
	struct inv_vars vars;
	struct inv_links parents;
};

struct inv_host {
	char *name;
	unsigned hash; /* of the name: thousands are compared for each line */
	struct inv_place at;
	struct inv_vars vars;
	struct inv_links groups;
};

#define INV_ALL 0 /* the group that every other is in */

struct inventory {
	const char *file; /* for messages */
	struct inv_group *groups;
	size_t group_count, group_cap;
	struct inv_host *hosts;
	size_t host_count, host_cap;
	size_t mentions;       /* of hosts and of groups as children */
	struct strs *left_out; /* "FILE:LINE:COL: why" */
	struct err *e;
};

void inv_init(struct inventory *inv);
void inv_finish(struct inventory *inv);

/* "FILE:LINE:COL: text", -1. */
int inv_err(const struct inventory *inv, struct inv_place at, enum err_code code, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

/* The group of that name, made when it is new. */
int inv_group(
	struct inventory *inv, const char *name, struct inv_place at, size_t *out) WARN_UNUSED;
/* Refuses what would make a group its own ancestor. */
int inv_child(struct inventory *inv, size_t parent, size_t child, struct inv_place at) WARN_UNUSED;
/* Each host that "web[01:10]:2222" stands for is in the group and has these variables. */
int inv_hosts(struct inventory *inv, const char *pattern, struct inv_place at, size_t group,
	const struct inv_vars *vars) WARN_UNUSED;
/* A host by its plain name; NULL when there is none. */
struct inv_host *inv_host(struct inventory *inv, const char *name);

/* Keeps the value when the variable matters. */
void inv_set(struct inv_vars *vars, const char *key, const char *value);
void inv_vars_finish(struct inv_vars *vars);

/* Every name that the ranges of `pattern` give, at most `max`; *bad then is the offset of what is
 * wrong. */
int inv_range(
	struct strs *out, const char *pattern, size_t max, size_t *bad, struct err *e) WARN_UNUSED;

/* The two forms. */
int inv_read_ini(struct inventory *inv, const char *text, size_t n) WARN_UNUSED;
int inv_read_yaml(struct inventory *inv, const char *text, size_t n) WARN_UNUSED;

#endif
