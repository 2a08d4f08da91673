#include "config.h"

#include "model/request.h"

#include "base/strs.h"
#include "model/names.h"

const struct request_row request_table[REQUEST_COUNT] = {
#define X(id, wire, who, what) [REQUEST_##id] = {.name = wire, .roles = who, .help = what},
	REQUESTS(X)
#undef X
};

static const char *const roles[ROLE_COUNT] = {
	[ROLE_NONE] = "none",
	[ROLE_VIEWER] = "viewer",
	[ROLE_AGENT] = "agent",
	[ROLE_OPERATOR] = "operator",
};

enum request request_parse(const char *name)
{
	for (int i = 0; name && i < REQUEST_COUNT; i++) {
		if (str_eq(request_table[i].name, name))
			return (enum request)i;
	}
	return REQUEST_COUNT;
}

bool request_allowed(enum request r, enum role role)
{
	if ((int)r < 0 || r >= REQUEST_COUNT || role <= ROLE_NONE || role >= ROLE_COUNT)
		return false;
	return request_table[r].roles & 1u << role;
}

const char *role_name(enum role r)
{
	return roles[r];
}

bool role_parse(const char *s, enum role *out)
{
	int i;

	if (!names_find(roles, ROLE_COUNT, s, &i))
		return false;
	*out = (enum role)i;
	return true;
}
