#include "config.h"

#include "codec/check_keys.h"

#include <stddef.h>

const char *const check_keys_top[] = {"title", "about", "system", "list", "applies", "from",
	"every", "pane", "commands", "needs", "facts", "facts_as", "rules", "ok", "items",
	"metrics", "baseline", "valid_until", "fail_after", "recover_after", "runbook", "builtin",
	"detect", NULL};

const char *const check_keys_applies[] = {"tags", "groups", NULL};

const char *const check_keys_command[] = {"argv", "script", "sudo", "present", "each", "reads",
	"read", "exits", "optional", "timeout", "cap", NULL};

const char *const check_keys_rule[] = {"when", "state", "say", NULL};

const char *const check_keys_metric[] = {"name", "unit", "value", "full", NULL};

const char *const check_keys_baseline[] = {"kind", "from", "root", NULL};

const char *const check_keys_detect[] = {"paths", "params", NULL};

const char *const check_keys_detect_param[] = {"argv", "read", "value", NULL};

static const char *const plain[] = {"kind", NULL};
static const char *const may_be_empty[] = {"kind", "empty", NULL};

static const char *const fields[] = {"kind", "separator", "blocks", "empty", NULL};
static const char *const table[] = {"kind", "columns", "header", "separator", "empty", NULL};

static const char *const json[] = {"kind", "noise", "empty", NULL};
static const char *const sections[] = {"kind", "start", "end", "empty", NULL};
static const char *const openmetrics[] = {"kind", "names", "empty", NULL};
static const char *const tar[] = {"kind", "yaml", NULL};

static const char *const *const of_kind[READ_KIND_COUNT] = {
	[READ_FIELDS] = fields,
	[READ_TABLE] = table,
	[READ_LINES] = may_be_empty,
	[READ_JSON] = json,
	[READ_JSON_LINES] = json,
	[READ_NAGIOS] = plain,
	[READ_TAR] = tar,
	[READ_EXIT] = plain,
	[READ_DIG] = may_be_empty,
	[READ_HTTP] = plain,
	[READ_LOG] = may_be_empty,
	[READ_SECTIONS] = sections,
	[READ_INI] = may_be_empty,
	[READ_XML] = plain,
	[READ_YAML] = may_be_empty,
	[READ_OPENMETRICS] = openmetrics,
	[READ_SUDOERS] = may_be_empty,
};

const char *const *check_keys_read(enum read_kind k)
{
	return of_kind[k];
}
