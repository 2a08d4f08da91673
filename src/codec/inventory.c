#include "config.h"

#include "codec/inventory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/found.h"

#define GROUPS_MAX 1000
#define MENTIONS_MAX 20000
#define PATTERN_MAX 1024 /* bytes */

void inv_init(struct inventory *inv)
{
	struct inv_group *all = ARR_ADD(inv->groups, inv->group_count, inv->group_cap);

	all->name = xstrdup("all");
}

void inv_vars_finish(struct inv_vars *vars)
{
	for (int i = 0; i < VAR_COUNT; i++)
		free(vars->v[i]);
	*vars = (struct inv_vars){0};
}

void inv_finish(struct inventory *inv)
{
	for (size_t i = 0; i < inv->group_count; i++) {
		free(inv->groups[i].name);
		free(inv->groups[i].parents.v);
		inv_vars_finish(&inv->groups[i].vars);
	}
	for (size_t i = 0; i < inv->host_count; i++) {
		free(inv->hosts[i].name);
		free(inv->hosts[i].groups.v);
		inv_vars_finish(&inv->hosts[i].vars);
	}
	free(inv->groups);
	free(inv->hosts);
}

int inv_err(
	const struct inventory *inv, struct inv_place at, enum err_code code, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	err_set(inv->e, code, "%s:%d:%d: %s", inv->file, at.line, at.col, text);
	free(text);
	return -1;
}

void inv_set(struct inv_vars *vars, const char *key, const char *value)
{
	static const struct {
		const char *key;
		enum inv_var var;
	} known[] = {{"ansible_host", VAR_HOST}, {"ansible_ssh_host", VAR_HOST},
		{"ansible_port", VAR_PORT}, {"ansible_ssh_port", VAR_PORT},
		{"ansible_user", VAR_USER}, {"ansible_ssh_user", VAR_USER},
		{"ansible_connection", VAR_CONNECTION}, {"ansible_ssh_common_args", VAR_SSH_ARGS},
		{"ansible_ssh_extra_args", VAR_SSH_ARGS}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(known[i].key, key)) {
			free(vars->v[known[i].var]);
			vars->v[known[i].var] = xstrdup(value);
		}
}

static void link_to(struct inv_links *l, size_t to)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == to)
			return;
	*ARR_ADD(l->v, l->n, l->cap) = to;
}

static int count_mention(struct inventory *inv, struct inv_place at)
{
	if (++inv->mentions > MENTIONS_MAX)
		return inv_err(inv, at, ERR_LIMIT, "more than %d lines with hosts and groups",
			MENTIONS_MAX);
	return 0;
}

int inv_group(struct inventory *inv, const char *name, struct inv_place at, size_t *out)
{
	for (*out = 0; *out < inv->group_count; ++*out)
		if (str_eq(inv->groups[*out].name, name))
			return 0;
	if (inv->group_count >= GROUPS_MAX)
		return inv_err(inv, at, ERR_LIMIT, "more than %d groups", GROUPS_MAX);
	ARR_ADD(inv->groups, inv->group_count, inv->group_cap)->name = xstrdup(name);
	return 0;
}

/* Whether `group` is `wanted` or below it; `seen` has a byte for each group. */
static bool is_below(const struct inventory *inv, size_t group, size_t wanted, char *seen)
{
	const struct inv_links *up = &inv->groups[group].parents;

	if (group == wanted)
		return true;
	seen[group] = 1;
	for (size_t i = 0; i < up->n; i++)
		if (!seen[up->v[i]] && is_below(inv, up->v[i], wanted, seen))
			return true;
	return false;
}

int inv_child(struct inventory *inv, size_t parent, size_t child, struct inv_place at)
{
	char *seen;
	bool loop;

	if (count_mention(inv, at))
		return -1;
	if (parent == INV_ALL && child != INV_ALL)
		return 0; /* it is in any case */
	seen = xcalloc(inv->group_count, 1);
	loop = child == INV_ALL || is_below(inv, parent, child, seen);
	free(seen);
	if (loop)
		return inv_err(inv, at, ERR_INPUT,
			"the group %.64s would be a child of itself through %.64s",
			inv->groups[child].name, inv->groups[parent].name);
	link_to(&inv->groups[child].parents, parent);
	return 0;
}

static unsigned hash_of(const char *s)
{
	unsigned h = 5381;

	for (; *s; s++)
		h = h * 33 + (unsigned char)*s;
	return h;
}

struct inv_host *inv_host(struct inventory *inv, const char *name)
{
	unsigned hash = hash_of(name);

	for (size_t i = 0; i < inv->host_count; i++)
		if (inv->hosts[i].hash == hash && str_eq(inv->hosts[i].name, name))
			return &inv->hosts[i];
	return NULL;
}

static int add_host(struct inventory *inv, const char *name, struct inv_place at, size_t group,
	const struct inv_vars *vars, const char *port)
{
	struct inv_host *h = inv_host(inv, name);

	if (count_mention(inv, at))
		return -1;
	if (!h && inv->host_count >= FOUND_HOSTS_MAX)
		return inv_err(inv, at, ERR_LIMIT, "more than %d hosts", FOUND_HOSTS_MAX);
	if (!h) {
		h = ARR_ADD(inv->hosts, inv->host_count, inv->host_cap);
		*h = (struct inv_host){.name = xstrdup(name), .hash = hash_of(name), .at = at};
	}
	link_to(&h->groups, group);
	if (port)
		inv_set(&h->vars, "ansible_port", port);
	for (int i = 0; i < VAR_COUNT; i++)
		if (vars->v[i]) {
			free(h->vars.v[i]);
			h->vars.v[i] = xstrdup(vars->v[i]);
		}
	return 0;
}

/* "web1:2222" or "[2001:db8::1]:22"; a bare address of version 6 has many colons and no port. */
static const char *port_of(const char *name)
{
	const char *close = strchr(name, ']'), *colon = strchr(close ? close : name, ':');

	if (!colon || (close && colon != close + 1) || strchr(colon + 1, ':'))
		return NULL;
	return colon + 1;
}

int inv_hosts(struct inventory *inv, const char *pattern, struct inv_place at, size_t group,
	const struct inv_vars *vars)
{
	struct strs names = {0};
	struct err why = {0};
	size_t bad = 0;
	int rc = 0;

	if (strlen(pattern) > PATTERN_MAX)
		return inv_err(inv, at, ERR_LIMIT, "a name of more than %d bytes", PATTERN_MAX);
	if (inv_range(&names, pattern, FOUND_HOSTS_MAX, &bad, &why)) {
		at.col += (int)bad;
		rc = inv_err(inv, at, why.code, "%s", why.msg);
	}
	for (size_t i = 0; !rc && i < names.n; i++) {
		const char *port = port_of(names.v[i]);
		size_t n = port ? (size_t)(port - names.v[i]) - 1 : strlen(names.v[i]);
		char *name = xstrndup(names.v[i], n);

		rc = add_host(inv, name, at, group, vars, port);
		free(name);
	}
	strs_finish(&names);
	return rc;
}
