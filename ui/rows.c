#include "config.h"

#include "ui/rows.h"

#include <string.h>

#include "base/strs.h"

const struct rows_source *const rows_sources[] = {&rows_fleet, &rows_drift, &rows_quorum,
	&rows_backups, &rows_containers, &rows_proposals, &rows_findings, &rows_checks,
	&rows_runbooks, &rows_memory, &rows_references, &rows_log, &rows_audit, &rows_history,
	NULL};

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (*words) {
		size_t len = strcspn(words, " ");

		if (len == n && memcmp(words, word, n) == 0)
			return true;
		words += len;
		words += strspn(words, " ");
	}
	return false;
}

const struct rows_source *rows_source_find(const char *name)
{
	for (size_t i = 0; rows_sources[i]; i++) {
		if (strcmp(rows_sources[i]->name, name) == 0 ||
			has_word(rows_sources[i]->aliases, name))
			return rows_sources[i];
	}
	return NULL;
}

enum finding_state rows_state(const struct finding *f, enum finding_state state, int64_t now_ms)
{
	if (state == FINDING_OK && f->at_ms && finding_is_stale(f, now_ms))
		return FINDING_UNKNOWN;
	return state;
}

const char *rows_words(const struct finding *f, int64_t now_ms)
{
	if (f->condition == CONDITION_NOT_LOOKED)
		return "not looked at yet";
	if (f->state == FINDING_OK && rows_state(f, f->state, now_ms) != FINDING_OK)
		return "last seen ok";
	return str_empty(f->summary) ? finding_state_name(f->state) : f->summary;
}

void rows_fill(struct list *l, const struct rows_source *source, const struct rows_from *from)
{
	list_clear(l);
	l->empty = source->empty;
	source->rows(l, from);
	list_settle(l);
}
