#include "config.h"

#include "ui/action.h"

#include <string.h>

const struct action_row action_table[DO_COUNT] = {
#define X(id, name_, keys_, contexts_, role_, hint_, help_)                                        \
	[DO_##id] = {.name = name_,                                                                \
		.keys = keys_,                                                                     \
		.contexts = contexts_,                                                             \
		.role = ROLE_##role_,                                                              \
		.hint = hint_,                                                                     \
		.help = help_},
	ACTIONS(X)
#undef X
};

enum action_id action_parse_name(const char *name)
{
	for (int i = 0; i < DO_COUNT; i++) {
		if (strcmp(action_table[i].name, name) == 0)
			return (enum action_id)i;
	}
	return DO_COUNT;
}

bool action_allowed(enum action_id a, enum role role)
{
	if (action_table[a].role == ROLE_VIEWER)
		return true;
	return role == ROLE_OPERATOR;
}
