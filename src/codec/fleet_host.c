#include "config.h"

#include "codec/fleet_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/sudoword.h"

static const char *const transports[] = {
	[TRANSPORT_LIBSSH2] = "libssh2",
	[TRANSPORT_LOCAL] = "local",
	[TRANSPORT_REPLAY] = "replay",
	[TRANSPORT_OPENSSH] = "openssh",
	[TRANSPORT_KIND_COUNT] = NULL,
};

bool fleet_is_address(const char *s)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:%_-";
	size_t n = strlen(s);

	return n && n <= 255 && *s != '-' && strspn(s, chars) == n;
}

/* Where content can be replaced by rename, by commands that sudo and sudo-rs take. */
static bool is_managed_path(const char *s)
{
	const char *base = path_base(s);

	return path_is_clean_absolute(s) && sudo_word_ok(s) && *base != '-' && strlen(base) < 200;
}

static int read_managed_one(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	static const char *const keys[] = {
		"path", "owner", "group", "mode", "secret", "check", NULL};
	const struct load *l = &r->l;
	struct managed *m;
	struct load_text path = {.key = "path",
		.required = true,
		.max = 1024,
		.ok = is_managed_path,
		.want = "an absolute path without \"..\", blanks or special characters"};
	struct load_text owner = {.key = "owner",
		.required = false,
		.max = 32,
		.ok = load_is_owner,
		.want = "a user or group name or number"};
	struct load_text check = {
		.key = "check", .max = 64, .ok = name_is_valid, .want = FLEET_NAME_WANT};

	if (doc_only_keys(d, l->name, what, keys, l->e))
		return -1;
	m = ARR_ADD(h->managed, h->managed_count, h->managed_cap);
	m->owner = xstrdup("root");
	m->group = xstrdup("root");
	m->mode = 0644;
	if (load_text(l, d, what, &path, &m->path) || load_text(l, d, what, &owner, &m->owner))
		return -1;
	owner.key = "group";
	if (load_text(l, d, what, &owner, &m->group) || load_mode(l, d, what, &m->mode) ||
		load_bool(l, d, what, "secret", &m->secret) ||
		load_text(l, d, what, &check, &m->check))
		return -1;
	for (size_t i = 0; i + 1 < h->managed_count; i++) {
		if (str_eq(h->managed[i].path, m->path))
			return doc_err(l->e, l->name, load_place(d, "path"),
				"%.200s stands twice in %s: remove one", m->path, what);
	}
	return 0;
}

static int read_managed(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	const struct doc *list;
	char inner[128];

	if (load_list(&r->l, d, what, "managed", &list))
		return -1;
	snprintf(inner, sizeof inner, "managed of %s", what);
	for (size_t i = 0; i < doc_len(list); i++) {
		if (read_managed_one(r, doc_at(list, i), inner, h))
			return -1;
	}
	return 0;
}

static int read_service_one(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	static const char *const keys[] = {"unit", "may", NULL};
	const struct load *l = &r->l;
	struct load_text unit = {.key = "unit",
		.required = true,
		.max = 200,
		.ok = load_is_unit,
		.want = "a systemd unit, like nginx.service"};
	struct load_text may = {
		.key = "may", .required = true, .max = 16, .want = "a list of restart, reload"};
	struct strs verbs = {0};
	struct managed_service *s;
	int rc = -1;

	if (doc_only_keys(d, l->name, what, keys, l->e))
		return -1;
	s = ARR_ADD(h->services, h->service_count, h->service_cap);
	if (load_text(l, d, what, &unit, &s->unit) || load_texts(l, d, what, &may, true, &verbs))
		goto out;
	for (size_t i = 0; i < verbs.n; i++) {
		if (!str_eq(verbs.v[i], "restart") && !str_eq(verbs.v[i], "reload")) {
			doc_err(l->e, l->name, doc_get(d, "may"),
				"may in %s can hold restart and reload, not \"%.32s\"", what,
				verbs.v[i]);
			goto out;
		}
	}
	s->restart = strs_has(&verbs, "restart");
	s->reload = strs_has(&verbs, "reload");
	rc = 0;
	for (size_t i = 0; i + 1 < h->service_count; i++) {
		if (str_eq(h->services[i].unit, s->unit))
			rc = doc_err(l->e, l->name, load_place(d, "unit"),
				"%.100s stands twice in %s: remove one", s->unit, what);
	}
out:
	strs_finish(&verbs);
	return rc;
}

static int read_services(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	const struct doc *list;
	char inner[128];

	if (load_list(&r->l, d, what, "services", &list))
		return -1;
	snprintf(inner, sizeof inner, "services of %s", what);
	for (size_t i = 0; i < doc_len(list); i++) {
		if (read_service_one(r, doc_at(list, i), inner, h))
			return -1;
	}
	return 0;
}

static int read_params(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	const struct doc *params = doc_get(d, "params");
	struct buf b = {0};

	if (params && doc_kind(params) != DOC_MAP)
		return doc_err(r->l.e, r->l.name, params,
			"params of %s must be a map of names and values", what);
	if (params)
		json_write(&b, params);
	else
		buf_adds(&b, "{}");
	h->params = buf_take(&b);
	return 0;
}

/* What only goes with one transport. */
static int check_transport(
	const struct fleet_reading *r, const struct doc *d, const char *what, const struct host *h)
{
	const struct load *l = &r->l;
	bool local = h->transport == TRANSPORT_LOCAL, replay = h->transport == TRANSPORT_REPLAY;

	if (!local && !replay && !h->address)
		return doc_err(l->e, l->name, d,
			"%s has no address: add \"address:\", or \"transport: local\" for this "
			"machine",
			what);
	if (local && h->address)
		return doc_err(l->e, l->name, doc_get(d, "address"),
			"%s is local: remove its address", what);
	if (h->sandbox && !local)
		return doc_err(l->e, l->name, doc_get(d, "sandbox"),
			"sandbox in %s goes only with \"transport: local\"", what);
	if (h->replay && !replay)
		return doc_err(l->e, l->name, doc_get(d, "replay"),
			"replay in %s goes only with \"transport: replay\"", what);
	if (replay && !h->replay)
		return doc_err(l->e, l->name, d,
			"%s has no replay: add \"replay:\" with the folder of its recorded samples",
			what);
	return 0;
}

static int read_logins(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	struct load_text login = {.max = 32, .ok = load_is_login, .want = "a login name"};

	for (int i = 0; i < IDENTITY_COUNT; i++) {
		login.key = identity_name((enum identity)i);
		h->user[i] = xstrdup(r->user[i]);
		if (load_text(&r->l, d, what, &login, &h->user[i]))
			return -1;
	}
	return 0;
}

static int read_host_fields(
	const struct fleet_reading *r, const struct doc *d, const char *what, struct host *h)
{
	const struct load *l = &r->l;
	struct load_text address = {.key = "address",
		.required = true,
		.max = 255,
		.ok = fleet_is_address,
		.want = "a name or address"};
	struct load_text tags = {
		.key = "tags", .max = 64, .ok = name_is_valid, .want = FLEET_NAME_WANT};
	struct load_text without = {
		.key = "without", .max = 64, .ok = name_is_valid, .want = "the name of a check"};
	struct load_text sandbox = {.key = "sandbox",
		.required = true,
		.max = 1024,
		.ok = path_is_clean_absolute,
		.want = "a clean absolute path"};
	struct load_text replay = {
		.key = "replay", .required = true, .max = 1024, .want = "a folder"};
	int64_t port = 22;
	int transport = TRANSPORT_LIBSSH2;

	if ((doc_get(d, "address") && load_text(l, d, what, &address, &h->address)) ||
		load_int(l, d, what, "port", 1, 65535, &port) ||
		load_choice(l, d, what, "transport", transports, &transport) ||
		load_texts(l, d, what, &tags, true, &h->tags) ||
		load_texts(l, d, what, &without, true, &h->without) ||
		(doc_get(d, "sandbox") && load_text(l, d, what, &sandbox, &h->sandbox)) ||
		(doc_get(d, "replay") && load_text(l, d, what, &replay, &h->replay)) ||
		load_duration(l, d, what, "deadline", 1, 3600, &h->deadline_ms))
		return -1;
	h->port = (int)port;
	h->transport = (enum transport_kind)transport;
	return 0;
}

int fleet_read_host(struct fleet_reading *r, const char *name, const struct doc *d)
{
	static const char *const keys[] = {"address", "port", "transport", "tags", "params",
		"managed", "services", "without", "look", "apply", "deadline", "sandbox", "replay",
		NULL};
	const struct load *l = &r->l;
	struct host *h;
	char what[80];

	snprintf(what, sizeof what, "host %s", name);
	if (doc_only_keys(d, l->name, what, keys, l->e))
		return -1;
	h = ARR_ADD(r->f->hosts, r->f->host_count, r->f->host_cap);
	h->name = xstrdup(name);
	h->deadline_ms = r->f->deadline_ms;
	if (read_host_fields(r, d, what, h) || check_transport(r, d, what, h) ||
		read_params(r, d, what, h) || read_logins(r, d, what, h) ||
		read_managed(r, d, what, h) || read_services(r, d, what, h))
		return -1;
	if (!h->address)
		h->address = xstrdup("");
	return 0;
}
