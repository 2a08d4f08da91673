#include "config.h"

#include "model/check.h"

#include <stdlib.h>

#include "model/host.h"
#include "model/names.h"

static const char *const read_kinds[READ_KIND_COUNT] = {
	[READ_FIELDS] = "fields",
	[READ_TABLE] = "table",
	[READ_LINES] = "lines",
	[READ_JSON] = "json",
	[READ_JSON_LINES] = "json-lines",
	[READ_NAGIOS] = "nagios",
	[READ_TAR] = "tar",
	[READ_EXIT] = "exit",
	[READ_DIG] = "dig",
	[READ_HTTP] = "http",
	[READ_LOG] = "log",
	[READ_SECTIONS] = "sections",
	[READ_INI] = "ini",
	[READ_XML] = "xml",
	[READ_YAML] = "yaml",
	[READ_OPENMETRICS] = "openmetrics",
	[READ_SUDOERS] = "sudoers",
};

static const char *const panes[PANE_COUNT] = {
	[PANE_NONE] = "none",
	[PANE_QUORUM] = "quorum",
	[PANE_BACKUPS] = "backups",
	[PANE_CONTAINERS] = "containers",
};

static void command_finish(struct check_command *c)
{
	free(c->name);
	strs_finish(&c->argv);
	free(c->present);
	free(c->each);
	strs_finish(&c->reads);
	free(c->script);
}

void check_finish(struct check *c)
{
	free(c->name);
	free(c->title);
	free(c->about);
	free(c->runbook);
	free(c->system);
	free(c->facts_as);
	strs_finish(&c->tags);
	strs_finish(&c->groups);
	for (size_t i = 0; i < c->command_count; i++)
		command_finish(&c->commands[i]);
	free(c->commands);
	free(c->body);
	free(c->source);
	free(c->digest);
	*c = (struct check){0};
}

void catalogue_free(struct catalogue *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->check_count; i++)
		check_finish(&c->checks[i]);
	free(c->checks);
	free(c);
}

const struct check *catalogue_check(const struct catalogue *c, const char *name)
{
	for (size_t i = 0; c && name && i < c->check_count; i++) {
		if (str_eq(c->checks[i].name, name))
			return &c->checks[i];
	}
	return NULL;
}

static bool share_one(const struct strs *a, const struct strs *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strs_has(b, a->v[i]))
			return true;
	}
	return false;
}

bool check_applies(const struct check *c, const struct host *h)
{
	if (strs_has(&h->without, c->name))
		return false;
	return c->everywhere || share_one(&c->tags, &h->tags) || share_one(&c->groups, &h->groups);
}

const char *read_kind_name(enum read_kind k)
{
	return read_kinds[k];
}

bool read_kind_parse(const char *s, enum read_kind *out)
{
	int i;

	if (!names_find(read_kinds, READ_KIND_COUNT, s, &i))
		return false;
	*out = (enum read_kind)i;
	return true;
}

const char *pane_name(enum pane p)
{
	return panes[p];
}

bool pane_parse(const char *s, enum pane *out)
{
	int i;

	if (!names_find(panes, PANE_COUNT, s, &i))
		return false;
	*out = (enum pane)i;
	return true;
}
