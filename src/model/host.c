#include "config.h"

#include "model/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/names.h"

static const char *const transports[TRANSPORT_KIND_COUNT] = {
	[TRANSPORT_LIBSSH2] = "libssh2",
	[TRANSPORT_LOCAL] = "local",
	[TRANSPORT_REPLAY] = "replay",
	[TRANSPORT_OPENSSH] = "openssh",
};

static const char *const identities[IDENTITY_COUNT] = {
	[IDENTITY_LOOK] = "look",
	[IDENTITY_APPLY] = "apply",
};

void host_finish(struct host *h)
{
	free(h->name);
	free(h->address);
	strs_finish(&h->tags);
	strs_finish(&h->groups);
	for (int i = 0; i < IDENTITY_COUNT; i++)
		free(h->user[i]);
	free(h->sandbox);
	free(h->params);
	free(h->replay);
	for (size_t i = 0; i < h->managed_count; i++) {
		free(h->managed[i].path);
		free(h->managed[i].owner);
		free(h->managed[i].group);
		free(h->managed[i].check);
	}
	free(h->managed);
	for (size_t i = 0; i < h->service_count; i++)
		free(h->services[i].unit);
	free(h->services);
	strs_finish(&h->without);
	*h = (struct host){0};
}

void fleet_free(struct fleet *f)
{
	if (!f)
		return;
	free(f->estate);
	for (size_t i = 0; i < f->host_count; i++)
		host_finish(&f->hosts[i]);
	free(f->hosts);
	strs_finish(&f->groups);
	free(f);
}

const struct host *fleet_host(const struct fleet *f, const char *name)
{
	for (size_t i = 0; f && name && i < f->host_count; i++) {
		if (str_eq(f->hosts[i].name, name))
			return &f->hosts[i];
	}
	return NULL;
}

const struct managed *host_managed(const struct host *h, const char *path)
{
	for (size_t i = 0; path && i < h->managed_count; i++) {
		if (str_eq(h->managed[i].path, path))
			return &h->managed[i];
	}
	return NULL;
}

const struct managed_service *host_service(const struct host *h, const char *unit)
{
	for (size_t i = 0; unit && i < h->service_count; i++) {
		if (str_eq(h->services[i].unit, unit))
			return &h->services[i];
	}
	return NULL;
}

bool host_in_group(const struct host *h, const char *group)
{
	return strs_has(&h->groups, group);
}

bool host_in_sandbox(const struct host *h, const char *path)
{
	size_t n;

	if (h->transport != TRANSPORT_LOCAL || !h->sandbox || !path ||
		!path_is_clean_absolute(path))
		return false;
	n = strlen(h->sandbox);
	return !strncmp(path, h->sandbox, n) && path[n] == '/' && path[n + 1];
}

const char *transport_kind_name(enum transport_kind k)
{
	return transports[k];
}

bool transport_kind_parse(const char *s, enum transport_kind *out)
{
	int i;

	if (!names_find(transports, TRANSPORT_KIND_COUNT, s, &i))
		return false;
	*out = (enum transport_kind)i;
	return true;
}

const char *identity_name(enum identity id)
{
	return identities[id];
}

bool identity_parse(const char *s, enum identity *out)
{
	int i;

	if (!names_find(identities, IDENTITY_COUNT, s, &i))
		return false;
	*out = (enum identity)i;
	return true;
}
