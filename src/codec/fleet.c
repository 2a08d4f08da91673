#include "config.h"

#include "codec/fleet.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/fleet_host.h"
#include "codec/load.h"
#include "codec/yaml.h"

#define HOSTS_MAX 20000

static int read_hosts(struct fleet_reading *r, const struct doc *top)
{
	const struct doc *hosts = doc_get(top, "hosts");

	if (doc_kind(hosts) != DOC_MAP || !doc_len(hosts))
		return doc_err(r->l.e, r->l.name, load_place(top, "hosts"),
			"hosts must be a map of host names, like \"hosts: {web1: {address: "
			"web1}}\"");
	if (doc_len(hosts) > HOSTS_MAX)
		return doc_err(r->l.e, r->l.name, hosts, "more than %d hosts", HOSTS_MAX);
	for (size_t i = 0; i < doc_len(hosts); i++) {
		if (!name_is_valid(doc_key(hosts, i)))
			return doc_key_err(r->l.e, r->l.name, hosts, i,
				"\"%.64s\" cannot be a host's name: use " FLEET_NAME_WANT,
				doc_key(hosts, i));
		if (fleet_read_host(r, doc_key(hosts, i), doc_value(hosts, i)))
			return -1;
	}
	return 0;
}

/* `hosts` is the map that r->f->hosts was read from, in the same order. */
static struct host *host_at(
	const struct fleet_reading *r, const struct doc *hosts, const char *name)
{
	const struct doc *d = doc_get(hosts, name);

	for (size_t i = 0; d && i < r->f->host_count; i++) {
		if (doc_value(hosts, i) == d)
			return &r->f->hosts[i];
	}
	return NULL;
}

static int read_group(struct fleet_reading *r, const struct doc *top, const char *group)
{
	const struct doc *groups = doc_get(top, "groups");
	struct load_text members = {.key = group, .max = 64, .want = "a list of host names"};
	struct strs names = {0};
	int rc = 0;

	strs_add(&r->f->groups, group);
	if (load_texts(&r->l, groups, "groups", &members, true, &names))
		rc = -1;
	for (size_t i = 0; !rc && i < names.n; i++) {
		struct host *h = host_at(r, doc_get(top, "hosts"), names.v[i]);
		const struct doc *at = doc_at(doc_get(groups, group), i);

		if (h)
			strs_add(&h->groups, group);
		else
			rc = doc_err(r->l.e, r->l.name, at ? at : doc_get(groups, group),
				"group %s names \"%.64s\", which is no host here", group,
				names.v[i]);
	}
	strs_finish(&names);
	return rc;
}

static int read_groups(struct fleet_reading *r, const struct doc *top)
{
	const struct doc *groups = doc_get(top, "groups");

	if (!groups)
		return 0;
	if (doc_kind(groups) != DOC_MAP)
		return doc_err(r->l.e, r->l.name, groups,
			"groups must be a map of names and lists of hosts");
	for (size_t i = 0; i < doc_len(groups); i++) {
		if (!name_is_valid(doc_key(groups, i)))
			return doc_key_err(r->l.e, r->l.name, groups, i,
				"\"%.64s\" cannot be a group's name: use " FLEET_NAME_WANT,
				doc_key(groups, i));
		if (read_group(r, top, doc_key(groups, i)))
			return -1;
	}
	strs_sort(&r->f->groups);
	return 0;
}

static int read_sweep(struct fleet_reading *r, const struct doc *top)
{
	static const char *const keys[] = {"every", "width", "deadline", NULL};
	const struct doc *d = doc_get(top, "sweep");
	int64_t width = r->f->width;

	if (!d)
		return 0;
	if (doc_only_keys(d, r->l.name, "sweep", keys, r->l.e) ||
		load_duration(&r->l, d, "sweep", "every", 5, 86400, &r->f->sweep_every_ms) ||
		load_int(&r->l, d, "sweep", "width", 1, 1024, &width) ||
		load_duration(&r->l, d, "sweep", "deadline", 1, 3600, &r->f->deadline_ms))
		return -1;
	r->f->width = (int)width;
	return 0;
}

static int read_identities(struct fleet_reading *r, const struct doc *top)
{
	static const char *const keys[] = {"look", "apply", NULL};
	const struct doc *d = doc_get(top, "identities");
	struct load_text login = {.max = 32, .ok = load_is_login, .want = "a login name"};

	r->user[IDENTITY_LOOK] = xstrdup("opsdeck-look");
	r->user[IDENTITY_APPLY] = xstrdup("opsdeck-apply");
	if (!d)
		return 0;
	if (doc_only_keys(d, r->l.name, "identities", keys, r->l.e))
		return -1;
	for (int i = 0; i < IDENTITY_COUNT; i++) {
		login.key = identity_name((enum identity)i);
		if (load_text(&r->l, d, "identities", &login, &r->user[i]))
			return -1;
	}
	return 0;
}

static int read_top(struct fleet_reading *r, const struct doc *top)
{
	static const char *const keys[] = {
		"estate", "sweep", "identities", "groups", "hosts", NULL};
	struct load_text estate = {.key = "estate",
		.required = true,
		.max = 64,
		.want = "the name of what is watched, like homelab"};

	r->f->sweep_every_ms = 60 * 1000;
	r->f->deadline_ms = 30 * 1000;
	r->f->width = 32;
	if (doc_only_keys(top, r->l.name, "the fleet", keys, r->l.e) ||
		load_text(&r->l, top, "the fleet", &estate, &r->f->estate) || read_sweep(r, top) ||
		read_identities(r, top) || read_hosts(r, top))
		return -1;
	return read_groups(r, top);
}

int fleet_read(struct fleet **out, const char *text, size_t n, const char *name, struct err *e)
{
	struct fleet_reading r = {.l = {.name = name, .e = e}};
	struct doc *top;
	int rc;

	*out = NULL;
	if (yaml_read(&top, text, n, name, e))
		return -1;
	r.f = xcalloc(1, sizeof *r.f);
	rc = read_top(&r, top);
	for (int i = 0; i < IDENTITY_COUNT; i++)
		free(r.user[i]);
	doc_free(top);
	if (rc) {
		fleet_free(r.f);
		return -1;
	}
	*out = r.f;
	return 0;
}

static int known_check(const struct doc *at, const char *what, const char *check, const char *name,
	const struct catalogue *c, struct err *e)
{
	if (!check || catalogue_check(c, check))
		return 0;
	return doc_err(e, name, at,
		"%s names the check \"%.64s\", which is neither in checks/ nor shipped", what,
		check);
}

static int host_checks(const struct doc *host, const char *what, const char *name,
	const struct catalogue *c, struct err *e)
{
	const struct doc *without = doc_get(host, "without"), *managed = doc_get(host, "managed");

	if (known_check(without, what, doc_str(without), name, c, e))
		return -1;
	for (size_t i = 0; i < doc_len(without); i++) {
		if (known_check(doc_at(without, i), what, doc_str(doc_at(without, i)), name, c, e))
			return -1;
	}
	for (size_t i = 0; i < doc_len(managed); i++) {
		const struct doc *check = doc_get(doc_at(managed, i), "check");

		if (known_check(check, what, doc_str(check), name, c, e))
			return -1;
	}
	return 0;
}

int fleet_read_checks(
	const char *text, size_t n, const char *name, const struct catalogue *c, struct err *e)
{
	const struct doc *hosts;
	struct doc *top;
	int rc = 0;

	if (yaml_read(&top, text, n, name, e))
		return -1;
	hosts = doc_get(top, "hosts");
	for (size_t i = 0; !rc && i < doc_len(hosts); i++) {
		char what[80];

		snprintf(what, sizeof what, "host %.64s", doc_key(hosts, i));
		rc = host_checks(doc_value(hosts, i), what, name, c, e);
	}
	doc_free(top);
	return rc;
}
